#include "handlers/discovery/discovery.hpp"

#include "handlers/health/health.hpp"
#include "tests/support/shard_runner.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;

namespace {

http::request asking(const std::string& path, bool encrypted = false) {
    http::request asked;
    asked.method = "GET";
    asked.path = path;
    asked.host = "chat.example";
    asked.fields.add("Host", "chat.example:5280");
    asked.encrypted = encrypted;
    return asked;
}

task<> ask_into(http::handler& handler, http::request asked, http::response& given) {
    auto answer = co_await handler.handle(asked);
    given = std::move(answer);
}

http::response ask(http::handler& handler, const http::request& asked) {
    http::response given;
    testing::shard_runner runner;
    runner.run(ask_into(handler, asked, given));
    return given;
}

}  // namespace

TEST_CASE("host-meta leads to the websocket of the host that was asked, encrypted as the question was") {
    discovery handler({"/ws-xmpp", ""});
    auto given = ask(handler, asking("/.well-known/host-meta"));
    REQUIRE(given.status == 200);
    REQUIRE(given.fields.get("Content-Type") == "application/xrd+xml");
    REQUIRE(given.fields.get("Access-Control-Allow-Origin") == "*");
    REQUIRE(given.body ==
            "<?xml version='1.0' encoding='utf-8'?>\n"
            "<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>\n"
            "  <Link rel='urn:xmpp:alt-connections:websocket' href='ws://chat.example:5280/ws-xmpp'/>\n"
            "</XRD>\n");
    given = ask(handler, asking("/.well-known/host-meta.json", true));
    REQUIRE(given.fields.get("Content-Type") == "application/json");
    REQUIRE(
        given.body ==
        R"({"links":[{"rel":"urn:xmpp:alt-connections:websocket","href":"wss://chat.example:5280/ws-xmpp"}]})");
}

TEST_CASE("host-meta names BOSH where it is mounted, and nothing that is not") {
    discovery both({"/ws", "/http-bind"});
    REQUIRE(ask(both, asking("/.well-known/host-meta.json", true)).body ==
            R"({"links":[{"rel":"urn:xmpp:alt-connections:websocket","href":"wss://chat.example:5280/ws"},)"
            R"({"rel":"urn:xmpp:alt-connections:xbosh","href":"https://chat.example:5280/http-bind"}]})");
    discovery none({"", ""});
    REQUIRE(ask(none, asking("/.well-known/host-meta.json")).body == R"({"links":[]})");
    REQUIRE(ask(none, asking("/.well-known/other")).status == 404);
    auto asked = asking("/.well-known/host-meta");
    asked.method = "POST";
    REQUIRE(ask(none, asked).status == 405);
}

TEST_CASE("health says that the process runs and whether it is ready, uncached") {
    bool ready = false;
    health handler([&ready] { return ready; });
    REQUIRE(ask(handler, asking("/healthz")).status == 200);
    REQUIRE(ask(handler, asking("/readyz")).status == 503);
    ready = true;
    const auto given = ask(handler, asking("/readyz"));
    REQUIRE(given.status == 200);
    REQUIRE(given.fields.get("Cache-Control") == "no-store");
    REQUIRE(ask(handler, asking("/other")).status == 404);
}
