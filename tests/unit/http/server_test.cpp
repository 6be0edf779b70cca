#include "gateway/http/websocket_handshake.hpp"
#include "tests/support/http_peer.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::http;
using namespace meerkat::testing;

namespace {

response echo(const request& asked) {
    return plain_response(200, asked.method + ' ' + asked.path + '?' + asked.query + ' ' + asked.body);
}

// A server with one handler for everything.
struct served {
    explicit served(shard& home, std::size_t body_limit = 0, server_settings settings = {})
        : all(std::make_shared<recording_handler>(echo, body_limit)),
          server(home, make_site({{"_", "_", all}}, std::move(settings))) {}
    std::shared_ptr<recording_handler> all;
    http::server server;
};

std::string ok(std::string_view body, std::string_view connection = {}) {
    return "HTTP/1.1 200 OK\r\nServer: Meerkat\r\nDate: D\r\nContent-Type: text/plain; charset=utf-8\r\n"
           "Content-Length: " +
           std::to_string(body.size()) + "\r\n" + std::string(connection) + "\r\n" + std::string(body);
}

std::string refusal(std::string_view status) {
    return "HTTP/1.1 " + std::string(status) +
           "\r\nServer: Meerkat\r\nDate: D\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
}

task<> keeps_alive(shard& home) {
    served s(home);
    http_peer peer(s.server, home);
    peer.send("GET /a?x=1 HTTP/1.1\r\nHost: h\r\n\r\n");
    auto answer = co_await peer.read_answer();
    REQUIRE(answer == ok("GET /a?x=1 "));
    peer.send("GET /b HTTP/1.1\r\nHost: h\r\nConnection: Foo, Close\r\n\r\n");
    answer = co_await peer.read_answer();
    REQUIRE(answer == ok("GET /b? ", "Connection: close\r\n"));
    const bool ended = co_await peer.read_end();
    REQUIRE(ended);
    peer.close();
    co_await s.server.drain(milliseconds(1000));
}

task<> old_version(shard& home) {
    served s(home);
    http_peer plain(s.server, home);
    plain.send("GET /a HTTP/1.0\r\n\r\n");
    auto answer = co_await plain.read_answer();
    REQUIRE(answer == ok("GET /a? ", "Connection: close\r\n"));
    http_peer kept(s.server, home);
    kept.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    answer = co_await kept.read_answer();
    REQUIRE(answer == ok("GET /a? ", "Connection: keep-alive\r\n"));
    kept.send("GET /b HTTP/1.0\r\n\r\n");
    answer = co_await kept.read_answer();
    REQUIRE(answer == ok("GET /b? ", "Connection: close\r\n"));
    plain.close();
    kept.close();
    co_await s.server.drain(milliseconds(1000));
}

task<> pipelines(shard& home) {
    served s(home, 100);
    http_peer peer(s.server, home);
    peer.send(
        "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
        "\r\nHEAD /2 HTTP/1.1\r\nHost: h\r\n\r\n"
        "POST /3 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nde\r\n1\r\nf\r\n0\r\nX-A: "
        "b\r\n\r\n"
        "GET /4 HTTP/1.1\r\nHost: h\r\n\r\n");
    auto answer = co_await peer.read_answer();
    REQUIRE(answer == ok("POST /1? abc"));
    answer = co_await peer.read_answer(true);
    REQUIRE(answer + "GET /2? " == ok("GET /2? "));
    answer = co_await peer.read_answer();
    REQUIRE(answer == ok("POST /3? def"));
    REQUIRE_FALSE(s.all->seen.back().fields.get("X-A"));
    answer = co_await peer.read_answer();
    REQUIRE(answer == ok("GET /4? "));
    co_await s.server.drain(milliseconds(1000));
}

task<> torn(shard& home, std::string bytes, std::size_t cut) {
    served s(home, 100);
    http_peer peer(s.server, home);
    peer.send(std::string_view(bytes).substr(0, cut));
    co_await turns(3);
    peer.send(std::string_view(bytes).substr(cut));
    const auto answer = co_await peer.read_answer();
    REQUIRE(answer == ok("POST /x? hello"));
    co_await s.server.drain(milliseconds(1000));
}

task<> continues(shard& home) {
    served s(home, 5);
    http_peer peer(s.server, home);
    peer.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    auto answer = co_await peer.read_answer();
    REQUIRE(answer == "HTTP/1.1 100 Continue\r\n\r\n");
    peer.send("hello");
    answer = co_await peer.read_answer();
    REQUIRE(answer == ok("POST /x? hello"));
    peer.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n");
    answer = co_await peer.read_answer();
    REQUIRE(answer == refusal("413 Content Too Large"));
    peer.close();
    co_await s.server.drain(milliseconds(1000));
}

task<> refuses(shard& home, std::string bytes, std::string status, std::size_t body_limit) {
    served s(home, body_limit);
    http_peer peer(s.server, home);
    peer.send(bytes);
    const auto answer = co_await peer.read_answer();
    CAPTURE(bytes.substr(0, 300));
    REQUIRE(answer == refusal(status));
    REQUIRE(s.all->seen.empty());
    const bool ended = co_await peer.read_end();
    REQUIRE(ended);
    peer.close();
    co_await s.server.drain(milliseconds(1000));
}

task<> times_out(shard& home, std::vector<std::string> sent, milliseconds patience, std::string expected) {
    served s(home, 100'000);
    http_peer peer(s.server, home);
    for (const std::string& bytes : sent) {
        peer.send(bytes);
        co_await turns(3);
    }
    pass(patience - milliseconds{1000});
    co_await turns(2);
    REQUIRE(s.server.connections() == 1);
    pass(milliseconds{1000});
    const auto answer = co_await peer.read_answer();
    REQUIRE(answer == expected);
    const bool ended = co_await peer.read_end();
    REQUIRE(ended);
    peer.close();
    co_await s.server.drain(milliseconds(1000));
}

task<> idles(shard& home) {
    served s(home);
    http_peer peer(s.server, home);
    peer.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto answer = co_await peer.read_answer();
    REQUIRE(answer == ok("GET /? "));
    co_await turns(3);
    pass(milliseconds{59'000});
    co_await turns(3);
    REQUIRE(s.server.connections() == 1);
    pass(milliseconds{1000});
    const bool ended = co_await peer.read_end();
    REQUIRE(ended);
    REQUIRE(s.server.connections() == 0);
}

task<> counts_requests(shard& home) {
    server_settings settings;
    settings.requests_per_connection = 2;
    served s(home, 0, settings);
    http_peer peer(s.server, home);
    peer.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    auto answer = co_await peer.read_answer();
    REQUIRE(answer == ok("GET /1? "));
    answer = co_await peer.read_answer();
    REQUIRE(answer == ok("GET /2? ", "Connection: close\r\n"));
    peer.close();
    co_await s.server.drain(milliseconds(1000));
}

task<> drains(shard& home) {
    served s(home);
    event go_on;
    s.all->wait_for = &go_on;
    http_peer idle(s.server, home);
    http_peer busy(s.server, home);
    busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    while (s.all->seen.empty()) co_await turns();
    task_group group(home);
    group.spawn_closable(s.server.drain(milliseconds{10'000}));
    const bool idle_ended = co_await idle.read_end();
    REQUIRE(idle_ended);
    REQUIRE(group.size() == 1);
    go_on.notify();
    const auto answer = co_await busy.read_answer();
    REQUIRE(answer == ok("GET /? ", "Connection: close\r\n"));
    busy.close();
    co_await group.join();
    http_peer late(s.server, home);
    const bool refused = co_await late.read_end();
    REQUIRE(refused);
}

task<> survives_handlers(shard& home) {
    auto throwing = std::make_shared<recording_handler>(
        [](const request&) -> response { throw std::runtime_error("broken"); });
    auto forging = std::make_shared<recording_handler>([](const request&) {
        auto made = plain_response(200, "x");
        made.fields.add("X-Forged", "a\r\nSet-Cookie: b");
        return made;
    });
    http::server server(home, make_site({{"_", "/throws", throwing}, {"_", "/forges", forging}}));
    http_peer peer(server, home);
    peer.send("GET /throws HTTP/1.1\r\nHost: h\r\n\r\n");
    auto answer = co_await peer.read_answer();
    REQUIRE(answer ==
            "HTTP/1.1 500 Internal Server Error\r\nServer: Meerkat\r\nDate: D\r\nContent-Length: 0\r\n\r\n");
    peer.send("GET /forges HTTP/1.1\r\nHost: h\r\n\r\n");
    answer = co_await peer.read_answer();
    REQUIRE(answer == ok("x"));
    peer.send("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n");
    answer = co_await peer.read_answer();
    REQUIRE(answer == "HTTP/1.1 404 Not Found\r\nServer: Meerkat\r\nDate: D\r\nContent-Length: 0\r\n\r\n");
    co_await server.drain(milliseconds(1000));
}

task<> hands_over(shard& home) {
    upgraded taken;
    auto socket = std::make_shared<recording_handler>([&taken](const request& asked) {
        return websocket_handshake(asked, "xmpp", [&taken](upgraded u) { taken = std::move(u); });
    });
    http::server server(home, make_site({{"_", "_", socket}}));
    http_peer peer(server, home);
    peer.send(
        "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: chat, XMPP\r\n\r\nfirst frame");
    const auto answer = co_await peer.read_answer();
    REQUIRE(answer ==
            "HTTP/1.1 101 Switching Protocols\r\nServer: Meerkat\r\nDate: D\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
            "Sec-WebSocket-Protocol: XMPP\r\n\r\n");
    co_await server.drain(milliseconds(1000));
    REQUIRE(taken.stream);
    REQUIRE(taken.unread == "first frame");
    const std::string_view frame = "from the new owner";
    taken.stream->write({&frame, 1});
    const auto got = co_await peer.read(frame.size());
    REQUIRE(got == frame);
}

task<> slow_reader(shard& home) {
    const std::string page(8 << 20, 'p');
    auto large = std::make_shared<recording_handler>([&page](const request&) {
        response made;
        made.static_body = page;
        return made;
    });
    http::server server(home, make_site({{"_", "_", large}}));
    http_peer stuck(server, home);
    stuck.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    http_peer reading(server, home);
    reading.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto answer = co_await reading.read_answer();
    REQUIRE(answer.ends_with(page));
    reading.close();
    pass(milliseconds{15'000});
    co_await turns(4);
    REQUIRE(server.connections() == 0);
}

}  // namespace

TEST_CASE("HTTP/1.1 connections stay open until the client says otherwise") {
    shard_runner runner;
    runner.run(keeps_alive(runner.home()));
}

TEST_CASE("HTTP/1.0 connections stay open on request only") {
    shard_runner runner;
    runner.run(old_version(runner.home()));
}

TEST_CASE("pipelined requests are answered in order, with bodies, chunks and HEAD between them") {
    shard_runner runner;
    runner.run(pipelines(runner.home()));
}

TEST_CASE("a request may be torn anywhere") {
    const std::string sized = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
    const std::string chunked =
        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
        "Chunked\r\n\r\n3;a=b\r\nhel\r\n02\r\nlo\r\n0\r\nA: b\r\n\r\n";
    for (const std::string& bytes : {sized, chunked}) {
        for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
            shard_runner runner;
            runner.run(torn(runner.home(), bytes, cut));
        }
    }
}

TEST_CASE("a client that expects 100 gets it before the body, or the refusal instead") {
    shard_runner runner;
    runner.run(continues(runner.home()));
}

TEST_CASE("bodies above the handler's limit are refused before they are read") {
    const std::tuple<std::string, std::string, std::size_t> refused[] = {
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n", "413 Content Too Large", 10},
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n", "413 Content Too Large", 0},
        {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n", "413 Content Too Large",
         10},
        {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n1\r\n",
         "413 Content Too Large", 10},
        {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", "413 Content Too Large", 0},
    };
    for (const auto& [bytes, status, limit] : refused) {
        shard_runner runner;
        runner.run(refuses(runner.home(), bytes, status, limit));
    }
}

TEST_CASE("a malformed head is answered and the connection closed") {
    shard_runner runner;
    runner.run(refuses(runner.home(),
                       "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\nGET /smuggled HTTP/1.1\r\n",
                       "400 Bad Request", 0));
}

TEST_CASE("slow clients are cut off in every phase") {
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10000\r\n\r\n";
    const std::tuple<std::vector<std::string>, int, std::string> slow[] = {
        {{}, 5, ""},
        {{"GET / HT"}, 5, refusal("408 Request Timeout")},
        {{"GET / HTTP/1.1\r\n", "Host: h\r\n"}, 5, refusal("408 Request Timeout")},
        {{head, "a", "b"}, 15, refusal("408 Request Timeout")},
        {{head + "some", std::string(4096, 'x'), "y"}, 15, refusal("408 Request Timeout")},
    };
    for (const auto& [sent, seconds, expected] : slow) {
        shard_runner runner;
        runner.run(times_out(runner.home(), sent, std::chrono::seconds(seconds), expected));
    }
}

TEST_CASE("an idle connection is closed without a word") {
    shard_runner runner;
    runner.run(idles(runner.home()));
}

TEST_CASE("a connection ends after its last allowed request") {
    shard_runner runner;
    runner.run(counts_requests(runner.home()));
}

TEST_CASE("draining closes idle connections, finishes running requests and takes no new ones") {
    shard_runner runner;
    runner.run(drains(runner.home()));
}

TEST_CASE("a handler that throws is answered for with 500, and none can forge a field") {
    shard_runner runner;
    runner.run(survives_handlers(runner.home()));
}

TEST_CASE("an upgraded connection goes to its new owner with what the client sent ahead") {
    shard_runner runner;
    runner.run(hands_over(runner.home()));
}

TEST_CASE("a client that does not read its answer is cut off, one that does gets all of it") {
    shard_runner runner;
    runner.run(slow_reader(runner.home()));
}
