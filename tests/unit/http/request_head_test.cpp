#include "gateway/http/request_head.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace meerkat::http;
using namespace std::string_literals;
using state = head_reader::state;

namespace {

// What becomes of the head: 0 when it is accepted.
unsigned status_of(const std::string& bytes) {
    head_reader reader;
    const state whole = reader.read(bytes);
    CAPTURE(bytes.substr(0, 400));
    REQUIRE(whole != state::incomplete);
    // Byte by byte the answer is the same.
    head_reader slow;
    state piecewise = state::incomplete;
    for (std::size_t size = 1; size <= bytes.size() && piecewise == state::incomplete; ++size)
        piecewise = slow.read(std::string_view(bytes).substr(0, size));
    REQUIRE(piecewise == whole);
    REQUIRE(slow.status() == reader.status());
    return whole == state::complete ? 0 : reader.status();
}

request_head accepted(const std::string& bytes) {
    head_reader reader;
    const state came = reader.read(bytes);
    CAPTURE(bytes);
    REQUIRE(came == state::complete);
    REQUIRE(reader.size() == bytes.size());
    return std::move(reader.head());
}

std::string with(const std::string& fields) { return "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n\r\n"; }

}  // namespace

TEST_CASE("every ambiguous framing of a body is refused") {
    const std::pair<std::string, unsigned> forms[] = {
        {"Content-Length: 5\r\nTransfer-Encoding: chunked", 400},
        {"Transfer-Encoding: chunked\r\nContent-Length: 5", 400},
        {"Content-Length: 5\r\nContent-Length: 5", 400},
        {"Content-Length: 5\r\nContent-Length: 6", 400},
        {"Content-Length: 5\r\ncontent-length: 5", 400},
        {"Content-Length: 5, 5", 400},
        {"Content-Length: +5", 400},
        {"Content-Length: -5", 400},
        {"Content-Length: 0x5", 400},
        {"Content-Length: 5 5", 400},
        {"Content-Length: 5a", 400},
        {"Content-Length:", 400},
        {"Content-Length: \xd9\xa5", 400},
        {"Content-Length: 18446744073709551616", 400},
        {"Content-Length: 99999999999999999999999999", 400},
        {"Transfer-Encoding:", 400},
        {"Transfer-Encoding: chunked, chunked", 400},
        {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400},
        {"Transfer-Encoding: chunked, gzip", 400},
        {"Transfer-Encoding: chunked;q=1", 400},
        {"Transfer-Encoding: chunked,", 400},
        {"Transfer-Encoding: ,chunked", 400},
        {"Transfer-Encoding: \"chunked\"", 400},
        {"Transfer-Encoding: \x0b"
         "chunked",
         400},
        {"Transfer-Encoding: gzip", 501},
        {"Transfer-Encoding: identity", 501},
        {"Transfer-Encoding: xchunked", 501},
        {"Transfer-Encoding: gzip, chunked", 501},
        {"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", 501},
    };
    for (const auto& [fields, status] : forms) REQUIRE(status_of(with(fields)) == status);
    REQUIRE(status_of("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
}

TEST_CASE("lines and fields that readers understand differently are refused") {
    const std::string forms[] = {
        with("A : b"),
        with("A\t: b"),
        with(" A: b"),
        with("A: b\r\n c"),
        with("A: b\r\n\tc"),
        with("Transfer-Encoding : chunked"),
        with("Transfer-Encoding:\r\n chunked"),
        with("A: b\nB: c"),
        with("A: b\rB: c"),
        with("A: b\r\r\nB: c"),
        with("A: \0b"s),
        with("A: \x01"
             "b"),
        with("A: \x7f"
             "b"),
        with("A\x80: b"),
        with("A(b): c"),
        with(": b"),
        with("no colon"),
        with("Connection: \xa0"
             "close"),
        with("Connection: close;x"),
        "GET / HTTP/1.1\nHost: h\n\n",
        "GET / HTTP/1.1\r\nHost: h\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n\n",
        "GET / HTTP/1.1\rHost: h\r\n\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /  HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
        "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / b HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /\r\nHost: h\r\n\r\n",
        "GET HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / http/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1x\r\nHost: h\r\n\r\n",
        "GET / HTTP/11\r\nHost: h\r\n\r\n",
        "GET / HTTP/1,1\r\nHost: h\r\n\r\n",
        "G@T / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /\x80 HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /#part HTTP/1.1\r\nHost: h\r\n\r\n",
    };
    for (const std::string& form : forms) REQUIRE(status_of(form) == 400);
    for (const char* version : {"HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "HTTP/3.0"})
        REQUIRE(status_of("GET / "s + version + "\r\nHost: h\r\n\r\n") == 505);
    REQUIRE(status_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 505);
}

TEST_CASE("a request names exactly one well-formed host, and the same everywhere") {
    const auto named = [](const std::string& host) { return "GET / HTTP/1.1\r\n" + host + "\r\n\r\n"; };
    for (const char* bad :
         {"A: b",           "Host: a\r\nHost: a", "Host: a\r\nHost: b", "Host:",      "Host: a b",
          "Host: a,b",      "Host: a/b",          "Host: user@a",       "Host: a:b",  "Host: a:70000",
          "Host: a:123456", "Host: a:1:2",        "Host: [::1",         "Host: []",   "Host: [::1]x",
          "Host: [g::1]",   "Host: ::1",          "Host: a%20b",        "Host: a\"b", "Host: a'b"})
        REQUIRE(status_of(named(bad)) == 400);
    REQUIRE(accepted(named("Host: Example.COM:5280")).host == "example.com");
    REQUIRE(accepted(named("Host: [2001:DB8::1]:80")).host == "[2001:db8::1]");
    REQUIRE(accepted(named("Host: a:")).host == "a");
    REQUIRE(accepted("GET / HTTP/1.0\r\n\r\n").host.empty());
    REQUIRE(status_of("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n") == 400);

    const auto absolute = [](const std::string& target, const std::string& host) {
        return "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    };
    const request_head head = accepted(absolute("http://Example.com:80/a?b", "example.com:80"));
    REQUIRE(head.host == "example.com");
    REQUIRE(head.path == "/a");
    REQUIRE(head.query == "b");
    REQUIRE(accepted(absolute("HTTPS://a", "a")).path == "/");
    REQUIRE(accepted(absolute("http://a?q", "a")).query == "q");
    for (const char* target :
         {"http://b/", "http://a:81/", "http://u@a/", "ftp://a/", "http:///", "://a/", "a/b", "a", "h:443"})
        REQUIRE(status_of(absolute(target, "a")) == 400);
    REQUIRE(status_of("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n") == 400);
    REQUIRE(status_of("GET * HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
    REQUIRE(accepted("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").path == "*");
}

TEST_CASE("paths are decoded by segment, and dot segments cannot leave the root") {
    const auto segments = [](const std::string& target) {
        return accepted("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n").segments;
    };
    using list = std::vector<std::string>;
    REQUIRE(segments("/").empty());
    REQUIRE(segments("/a/b") == list{"a", "b"});
    REQUIRE(segments("/a/b/") == list{"a", "b"});
    REQUIRE(segments("/a//b") == list{"a", "", "b"});
    REQUIRE(segments("/%61%2Fb/c") == list{"a/b", "c"});
    REQUIRE(segments("/a/./b/../c") == list{"a", "c"});
    REQUIRE(segments("/../../a/%2e%2E/b") == list{"b"});
    REQUIRE(segments("/a%20b?c/../d") == list{"a b"});
    for (const char* bad : {"/%", "/%4", "/%zz", "/a%0/b", "/%00"})
        REQUIRE(status_of("GET "s + bad + " HTTP/1.1\r\nHost: h\r\n\r\n") == 400);
}

TEST_CASE("limits admit what they say and refuse one more") {
    const auto request_line = [](std::size_t size) {
        return "GET /" + std::string(size - 14, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n";
    };
    REQUIRE(status_of(request_line(8'000)) == 0);
    REQUIRE(status_of(request_line(8'001)) == 414);
    REQUIRE(status_of("GET /" + std::string(9'000, 'a')) == 414);

    const auto field_bytes = [](std::size_t size) {
        return "GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(size - 9 - 5, 'a') + "\r\n\r\n";
    };
    REQUIRE(status_of(field_bytes(32 * 1024)) == 0);
    REQUIRE(status_of(field_bytes(32 * 1024 + 1)) == 431);
    REQUIRE(status_of("GET / HTTP/1.1\r\nA: " + std::string(33 * 1024, 'a')) == 431);

    const auto field_count = [](int count) {
        std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n";
        for (int i = 1; i < count; ++i) bytes += "A: b\r\n";
        return bytes + "\r\n";
    };
    REQUIRE(status_of(field_count(100)) == 0);
    REQUIRE(status_of(field_count(101)) == 431);

    const auto method = [](std::size_t size) {
        return std::string(size, 'M') + " / HTTP/1.1\r\nHost: h\r\n\r\n";
    };
    REQUIRE(status_of(method(32)) == 0);
    REQUIRE(status_of(method(33)) == 501);
}

TEST_CASE("what a request says of its body and connection is understood") {
    REQUIRE(accepted(with("A: b")).framing == body_framing::none);
    REQUIRE(accepted(with("Content-Length: 0")).framing == body_framing::none);
    REQUIRE(accepted(with("Content-Length:\t 007 ")).content_length == 7);
    REQUIRE(accepted(with("TRANSFER-ENCODING: CHUNKED")).framing == body_framing::chunked);
    REQUIRE(accepted(with("Expect: 100-Continue")).expects_continue);
    REQUIRE_FALSE(accepted("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expects_continue);
    REQUIRE(status_of(with("Expect: miracles")) == 417);
    REQUIRE(accepted(with("A: b")).keep_alive);
    REQUIRE_FALSE(accepted(with("Connection: x ,\tCLOSE")).keep_alive);
    REQUIRE_FALSE(accepted("GET / HTTP/1.0\r\n\r\n").keep_alive);
    REQUIRE(accepted("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
    REQUIRE(accepted("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n").method == "GET");
    const request_head head = accepted(with("Accept: \xc3\xa4 b\t\r\nX-Empty:"));
    REQUIRE(head.fields.get("accept") == "\xc3\xa4 b");
    REQUIRE(head.fields.get("x-empty") == "");
}
