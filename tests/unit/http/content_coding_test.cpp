#include "gateway/http/content_coding.hpp"

#include "gateway/net/deflate.hpp"
#include "tests/support/http_peer.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::http;
using namespace meerkat::testing;

namespace {

coding preferred(std::string_view accept) {
    fields asked;
    asked.add("Accept-Encoding", accept);
    return preferred_coding(asked);
}

std::string inflated(std::string_view body, net::deflate_form form) {
    net::inflater inflater(form);
    std::string out(1 << 20, '\0');
    const auto got = inflater.inflate(body, out);
    REQUIRE(got.what == net::inflater::state::ended);
    REQUIRE(body.empty());
    out.resize(got.bytes);
    return out;
}

std::string page(std::size_t size) {
    std::string text;
    for (int i = 0; text.size() < size; ++i) text += "{\"item\": " + std::to_string(i) + "}\n";
    text.resize(size);
    return text;
}

response json(std::size_t size) {
    response given;
    given.fields.add("Content-Type", "application/json; charset=utf-8");
    given.fields.add("ETag", "\"v1\"");
    given.body = page(size);
    return given;
}

// The server's answer to a GET with these fields.
task<std::string> answer_of(shard& home, bool compress, response given, std::string asking,
                            bool head = false) {
    server_settings settings;
    settings.compress = compress;
    auto all = std::make_shared<recording_handler>([&given](const request&) { return std::move(given); });
    http::server server(home, make_site({{"_", "_", all}}, std::move(settings)));
    http_peer peer(server, home);
    peer.send(std::string(head ? "HEAD" : "GET") + " / HTTP/1.1\r\nHost: h\r\n" + asking + "\r\n");
    std::string answer = co_await peer.read_answer(head);
    peer.close();
    co_await server.drain(milliseconds(1000));
    co_return answer;
}

std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }
bool says(const std::string& answer, const std::string& field) {
    return answer.find("\r\n" + field + "\r\n") != std::string::npos;
}

task<> compresses(shard& home) {
    const std::string gzip = "Accept-Encoding: deflate;q=0.5, gzip\r\n";
    const std::string sent = page(2000);
    std::string answer = co_await answer_of(home, true, json(2000), gzip);
    INFO(answer);
    REQUIRE(says(answer, "Content-Encoding: gzip"));
    REQUIRE(says(answer, "Vary: Accept-Encoding"));
    REQUIRE(says(answer, "ETag: W/\"v1\""));
    REQUIRE(body_of(answer).size() < 1000);
    REQUIRE(inflated(body_of(answer), net::deflate_form::gzip) == sent);
    const std::string length = "Content-Length: " + std::to_string(body_of(answer).size());
    REQUIRE(says(answer, length));

    // HEAD says what GET would have said.
    answer = co_await answer_of(home, true, json(2000), gzip, true);
    REQUIRE(says(answer, length));
    REQUIRE(says(answer, "Content-Encoding: gzip"));

    answer = co_await answer_of(home, true, json(2000), "Accept-Encoding: gzip;q=0, deflate\r\n");
    REQUIRE(says(answer, "Content-Encoding: deflate"));
    REQUIRE(inflated(body_of(answer), net::deflate_form::zlib) == sent);

    // Whoever accepts nothing gets it as it is, and caches are told that others would not.
    answer = co_await answer_of(home, true, json(2000), "");
    REQUIRE(body_of(answer) == sent);
    REQUIRE(says(answer, "Vary: Accept-Encoding"));
    REQUIRE(says(answer, "ETag: \"v1\""));
}

task<> leaves_alone(shard& home) {
    const std::string gzip = "Accept-Encoding: gzip\r\n";
    std::string answer = co_await answer_of(home, false, json(2000), gzip);
    REQUIRE(body_of(answer) == page(2000));
    REQUIRE_FALSE(says(answer, "Vary: Accept-Encoding"));

    std::vector<response> kept;
    kept.push_back(json(299));
    kept.push_back(json(600'000));
    kept.push_back(json(2000));
    kept.back().fields.add("Content-Encoding", "br");
    kept.push_back(json(2000));
    kept.back().fields.add("Cache-Control", "public, no-transform");
    kept.push_back(json(2000));
    kept.back().status = 206;
    kept.push_back(json(2000));
    kept.back().may_be_coded = false;
    for (const std::string type :
         {"image/png", "text/event-stream", "application/octet-stream", "font/woff2"}) {
        kept.push_back(json(2000));
        kept.back().fields.set("Content-Type", type);
    }
    for (response& each : kept) {
        const std::string body = each.body;
        const std::string type(each.fields.get("Content-Type").value_or(""));
        answer = co_await answer_of(home, true, std::move(each), gzip);
        INFO(type << " of " << body.size());
        REQUIRE(body_of(answer) == body);
        REQUIRE_FALSE(says(answer, "Content-Encoding: gzip"));
        REQUIRE(says(answer, "ETag: \"v1\""));
    }
}

}  // namespace

TEST_CASE("the client's weights decide how an answer is coded") {
    const struct {
        std::string_view accept;
        coding expected;
    } rows[] = {
        {"gzip", coding::gzip},
        {"GZip", coding::gzip},
        {"x-gzip", coding::gzip},
        {"deflate", coding::deflate},
        {"gzip, deflate, br, zstd", coding::gzip},
        {"deflate, gzip", coding::gzip},
        {"gzip;q=0.5, deflate;q=0.8", coding::deflate},
        {"gzip ; q=0.25 , deflate;q=0.2", coding::gzip},
        {"*", coding::gzip},
        {"gzip;q=0, *", coding::deflate},
        {"*;q=0", coding::identity},
        {"br", coding::identity},
        {"", coding::identity},
        {"identity", coding::identity},
        {"identity;q=0.5, gzip;q=0.4", coding::identity},
        {"identity;q=0.5, gzip;q=1.000", coding::gzip},
        {"gzip;q=0", coding::identity},
        {"gzip;q=0.000", coding::identity},
        {"gzip;q=2", coding::identity},
        {"gzip;q=nonsense", coding::identity},
        {"gzip;q=0.0001", coding::identity},
        {",,;,gzip", coding::gzip},
    };
    for (const auto& each : rows) {
        INFO(each.accept);
        CHECK(preferred(each.accept) == each.expected);
    }
    CHECK(preferred_coding({}) == coding::identity);
}

TEST_CASE("answers of text are compressed for clients that allow it") {
    shard_runner runner;
    runner.run(compresses(runner.home()));
}

TEST_CASE("what is short, long, coded, transformed by nobody or no text is not compressed") {
    shard_runner runner;
    runner.run(leaves_alone(runner.home()));
}
