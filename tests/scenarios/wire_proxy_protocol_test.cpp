// The PROXY protocol: whom the proxy names is the client, for limits, logs and sessions; who names nobody
// gets not a byte.

#include "gateway/base/log.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/support/captured_log.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::string_literals;

namespace {

const std::string user(test_user);
const std::string password(test_password);

std::string line_from(const std::string& ip) { return "PROXY TCP4 " + ip + " 127.0.0.1 4711 5222\r\n"; }

// Version 2, from 198.51.100.7 port 4711.
const std::string binary_header =
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x07\x7f\0\0\1\x12\x67\x14\x66"s;

// Listeners of all kinds behind a proxy.
server_settings behind_a_proxy(const std::string& general = {}) {
    server_settings settings;
    settings.general = general;
    settings.socket = "proxy_protocol = true\n";
    return settings;
}

connection announced(const test_server& server, transport how, const std::string& header) {
    connection made(server.port(how));
    made.write(header);
    return made;
}

// Whether the server lets somebody from there begin a stream.
bool welcome(const test_server& server, transport how, const std::string& header) {
    connection made = announced(server, how, header);
    std::string answer;
    if (how == transport::tls) return made.start_tls("xmpp-client");
    made.write(
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client' to='localhost' version='1.0' "
        "xmlns:stream='http://etherx.jabber.org/streams'>");
    return made.read(answer);
}

}  // namespace

TEST_CASE("behind a proxy that speaks its protocol a client is who the header says") {
    captured_log log;
    test_server server(behind_a_proxy());
    server.make_accounts({{user, password}});
    log::set_level(log::level::info);
    for (const transport how : all_transports) {
        const auto with = [&server, how](const std::string& header) {
            return [&server, how, header] { return begin_transport(announced(server, how, header), how); };
        };
        xmpp_client by_line(with(line_from("198.51.100.7")), how);
        by_line.log_in(user, password, "line");
        xmpp_client by_binary(with(binary_header), how);
        by_binary.log_in(user, password, "binary");
    }
    log::set_level(log::level::error);
    const std::string said = log.text();
    for (const std::string transport : {"tcp", "tls", "websocket", "bosh"}) {
        INFO(said);
        CHECK(said.find("ip=198.51.100.7 port=4711 transport=" + transport) != std::string::npos);
    }
    CHECK(said.find("ip=127.0.0.1") == std::string::npos);
}

TEST_CASE("limits by address count whom the header names") {
    test_server server(behind_a_proxy("limits.unauthenticated_per_address = 2\n"));
    for (const transport how : {transport::tcp, transport::starttls}) {
        const std::string network = how == transport::tcp ? "192.0.2." : "203.0.113.";
        const connection first = announced(server, how, line_from(network + "1"));
        const connection second = announced(server, how, line_from(network + "1"));
        // When this is answered, the two before have been counted.
        CHECK(welcome(server, how, line_from(network + "3")));
        CHECK_FALSE(welcome(server, how, line_from(network + "1")));
        CHECK(welcome(server, how, line_from(network + "2")));
        // The proxy speaking for itself is its own peer, which is loopback here.
        for (int i = 0; i < 3; ++i) CHECK(welcome(server, how, "PROXY UNKNOWN\r\n"));
    }
    CHECK(welcome(server, transport::tls, line_from("192.0.2.4")));
}

TEST_CASE("a header in pieces is a header") {
    test_server server(behind_a_proxy());
    for (const std::string& header : {line_from("198.51.100.7"), binary_header}) {
        connection slow(server.port(transport::tcp));
        for (const char byte : header) slow.write(std::string(1, byte));
        xmpp_client client(std::move(slow), transport::tcp);
        client.open();
    }
}

TEST_CASE("without a header, or with a malformed one, nothing is said") {
    test_server server(behind_a_proxy());
    for (const transport how : all_transports) {
        for (const std::string& wrong :
             {"<?xml version='1.0'?>"s, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"s, "\x16\x03\x01\x02"s,
              "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n"s, "PROXY "s + std::string(200, 'x')}) {
            INFO(to_string(how) << ": " << wrong);
            connection client = announced(server, how, wrong);
            CHECK(client.read_all().empty());
        }
        connection gone = announced(server, how, "PROXY TCP4 ");
        gone.finish_writing();
        CHECK(gone.read_all().empty());
    }
}

TEST_CASE("a header that does not come within a second is not waited for") {
    test_server server(behind_a_proxy());
    connection silent(server.port(transport::tcp));
    connection torn = announced(server, transport::websocket, "PROXY TCP4 192.0.2.1 ");
    const auto begin = std::chrono::steady_clock::now();
    CHECK(silent.read_all().empty());
    CHECK(torn.read_all().empty());
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(took > std::chrono::milliseconds(800));
    CHECK(took < std::chrono::seconds(10));
}

TEST_CASE("where no header is expected it is not well-formed XML, and bad HTTP") {
    test_server server;
    connection client = announced(server, transport::tcp, line_from("198.51.100.7"));
    CHECK(client.read_all().find("<xml-not-well-formed") != std::string::npos);
    connection web = announced(server, transport::websocket, line_from("198.51.100.7"));
    CHECK(web.read_all().starts_with("HTTP/1.1 400 "));
}
