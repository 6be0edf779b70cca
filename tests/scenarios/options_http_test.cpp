// What options of HTTP listeners and their handlers change on the wire.

#include "tests/scenarios/runner/served_text.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/websocket_client.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <future>

using namespace meerkat::testing;

namespace {

std::string handler(const std::string& type, const std::string& host, const std::string& path) {
    return "[[listen.http.handlers." + type + "]]\nhost = \"" + host + "\"\npath = \"" + path + "\"\n";
}

}  // namespace

TEST_CASE("the HTTP server calls itself by its configured name") {
    const std::string health = listener("http") + handler("meerkat_health", "_", "/");
    const served_text named("http_server_name = \"Burrow\"\n" + health);
    CHECK(http_get(named.port(), "localhost", "/healthz").find("\r\nServer: Burrow\r\n") !=
          std::string::npos);
    const served_text unnamed(health);
    CHECK(http_get(unnamed.port(), "localhost", "/healthz").find("\r\nServer: Meerkat\r\n") !=
          std::string::npos);
}

TEST_CASE("each handler answers at its own host and path") {
    const temporary_directory pages;
    std::ofstream(pages / "page.txt") << "a page of the folder";
    const served_text server(
        listener("http") + handler("mongoose_websocket_handler", "a.example", "/socket") +
        handler("meerkat_static", "b.example", "/files/[...]") + "directory = \"" + pages.path().string() +
        "\"\n" + handler("meerkat_discovery", "c.example", "/find") +
        handler("meerkat_health", "d.example", "/state"));
    const auto status = [&](const std::string& host, const std::string& path) {
        return http_status(server.port(), host, path);
    };
    CHECK(status("a.example", "/socket") == "426");
    CHECK(status("a.example", "/ws-xmpp") == "404");
    CHECK(status("b.example", "/socket") == "404");
    CHECK(http_get(server.port(), "b.example", "/files/page.txt").ends_with("\r\n\r\na page of the folder"));
    CHECK(status("b.example", "/page.txt") == "404");
    CHECK(status("a.example", "/files/page.txt") == "404");
    CHECK(status("c.example", "/find/host-meta") == "200");
    CHECK(status("c.example", "/.well-known/host-meta") == "404");
    CHECK(status("d.example", "/find/host-meta") == "404");
    CHECK(status("d.example", "/state/healthz") == "200");
    CHECK(status("d.example", "/healthz") == "404");
    CHECK(status("c.example", "/state/healthz") == "404");
}

TEST_CASE("a page of another origin than the allowed ones gets no WebSocket") {
    const test_server server({.websocket = "allowed_origins = [\"https://chat.example.org\"]\n"});
    const auto status = [&](const std::vector<std::string>& fields) {
        websocket_client client{connection(server.port(transport::websocket))};
        return client.handshake("/ws-xmpp", fields).substr(9, 3);
    };
    const std::string xmpp = "Sec-WebSocket-Protocol: xmpp";
    CHECK(status({xmpp, "Origin: https://chat.example.org"}) == "101");
    CHECK(status({xmpp, "Origin: https://elsewhere.example"}) == "403");
    CHECK(status({xmpp, "Origin: null"}) == "403");
    CHECK(status({xmpp}) == "101");  // no browser
}

TEST_CASE("a WebSocket of a server that stops is told where to go instead, where the site says so") {
    for (const std::string uri : {"", "wss://other.example.org/ws-xmpp?a=1&b=2"}) {
        test_server server({.websocket = uri.empty() ? "" : "see_other_uri = \"" + uri + "\"\n"});
        const auto client = client_at(server, transport::websocket, stage::opened);
        auto stopped = std::async(std::launch::async, [&] { server.stop(); });
        const auto first = client->websocket().receive();
        REQUIRE(first);
        if (uri.empty()) {
            CHECK(first->payload.find("<system-shutdown ") != std::string::npos);
        } else {
            CHECK(first->payload ==
                  "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing' "
                  "see-other-uri='wss://other.example.org/ws-xmpp?a=1&amp;b=2'/>");
        }
        while (const auto frame = client->websocket().receive()) {
            if (frame->opcode != 8) continue;
            CHECK(frame->close_code() == 1001);
            client->websocket().send(frame->payload, {.opcode = 8});
        }
        stopped.get();
    }
}

TEST_CASE("a listener for HTTP that is full serves the next when one leaves") {
    const served_text server(listener("http") + "[listen.http.transport]\nmax_connections = 1\n" +
                             handler("meerkat_health", "_", "/"));
    const std::string request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    connection first(server.port());
    std::string answers;
    first.write(request);
    first.read(answers);
    CHECK(answers.starts_with("HTTP/1.1 200 "));
    // The one shard that there is takes new connections in between, if it does at all: it may serve the first
    // a hundred times before it looks for another.
    connection second(server.port());
    second.write(request);
    for (int i = 0; i < 1000 && !second.readable(); ++i) {
        first.write(request);
        first.read(answers);
    }
    CHECK_FALSE(second.readable());
    first.reset();
    std::string answer;
    second.read(answer);
    CHECK(answer.starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a listener with protocol.compress compresses its pages, and files once for all") {
    const temporary_directory pages;
    std::string text;
    for (int i = 0; i < 200; ++i) text += "line " + std::to_string(i) + "\n";
    std::ofstream(pages / "page.txt") << text;
    std::ofstream(pages / "short.txt") << "short";
    std::ofstream(pages / "picture.png") << text;
    const auto site = [&](const std::string& protocol) {
        return listener("http") + protocol + handler("meerkat_static", "_", "/[...]") + "directory = \"" +
               pages.path().string() + "\"\n" + handler("meerkat_discovery", "_", "/.well-known") +
               handler("mongoose_websocket_handler", "_", "/socket");
    };
    const std::string gzip = "Accept-Encoding: gzip\r\n";
    const std::string coded = "\r\nContent-Encoding: gzip\r\n";
    const auto has = [](const std::string& answer, const std::string& part) {
        return answer.find(part) != std::string::npos;
    };
    const served_text server(site("[listen.http.protocol]\ncompress = true\n"));
    const auto get = [&](const std::string& path, const std::string& fields) {
        return http_get(server.port(), "localhost", path, fields);
    };
    const std::string page = get("/page.txt", gzip);
    INFO(page);
    CHECK(has(page, coded));
    CHECK(has(page, "\r\nVary: Accept-Encoding\r\n"));
    CHECK(page.size() < text.size());
    const std::size_t at = page.find("ETag: ");
    const std::string etag = page.substr(at + 6, page.find("\r\n", at) - at - 6);
    CHECK(etag.ends_with("-gzip\""));
    CHECK(get("/page.txt", gzip + "If-None-Match: " + etag + "\r\n").starts_with("HTTP/1.1 304 "));
    CHECK(get("/page.txt", "If-None-Match: " + etag + "\r\n").starts_with("HTTP/1.1 200 "));
    const std::string plain = get("/page.txt", "");
    CHECK(plain.ends_with(text));
    CHECK(has(plain, "\r\nVary: Accept-Encoding\r\n"));
    CHECK_FALSE(has(get("/short.txt", gzip), coded));
    CHECK_FALSE(has(get("/picture.png", gzip), coded));
    CHECK(has(get("/page.txt", "Accept-Encoding: deflate\r\n"), "\r\nContent-Encoding: deflate\r\n"));

    const served_text without(site(""));
    CHECK(http_get(without.port(), "localhost", "/page.txt", gzip).ends_with(text));
}
