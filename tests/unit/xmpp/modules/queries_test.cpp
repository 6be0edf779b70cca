// Discovery, version, time and ping: what is asked and what comes back.
#include "tests/support/xmpp_fixture.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace meerkat;
using namespace meerkat::test;
using namespace std::chrono_literals;
using storage::subscription;

namespace {

constexpr std::string_view orchard = "romeo@example.org/orchard";

std::string iq(std::string_view type, std::string_view to, std::string_view payload) {
    return "<iq type='" + std::string(type) + "' id='q' to='" + std::string(to) + "'>" +
           std::string(payload) + "</iq>";
}

xml::document answer(test_client& client, std::string_view request) {
    client.skip();
    client.send(request);
    REQUIRE(client.waiting().size() == 1);
    xml::document got = parsed(client.waiting().front());
    client.skip();
    return got;
}

// "result", or the condition of the error.
std::string outcome(test_client& client, std::string_view request) {
    const xml::document got = answer(client, request);
    const xml::element* const error = got.root().child("error", "jabber:client");
    return std::string(error == nullptr ? got.root().attr("type") : error->first_child()->name());
}

constexpr std::string_view info = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
constexpr std::string_view items = "<query xmlns='http://jabber.org/protocol/disco#items'/>";
constexpr std::string_view info_node = "<query xmlns='http://jabber.org/protocol/disco#info' node='n'/>";
constexpr std::string_view items_node = "<query xmlns='http://jabber.org/protocol/disco#items' node='n'/>";

std::set<std::string> features_in(const xml::document& answer) {
    std::set<std::string> features;
    for (const xml::element& each : xml::elements(*answer.root().first_child())) {
        if (each.name() == "feature") CHECK(features.emplace(each.attr("var")).second);
    }
    return features;
}

modules_options with_disco() {
    modules_options options;
    options.mod_disco.emplace();
    options.mod_version.emplace();
    options.mod_ping.emplace();
    return options;
}

}  // namespace

TEST_CASE("the server tells what it is and what it can") {
    xmpp_fixture server(with_disco());
    auto& romeo = server.online(orchard);
    const xml::document got = answer(romeo, iq("get", "example.org", info));
    const xml::element* const identity =
        got.root().first_child()->child("identity", "http://jabber.org/protocol/disco#info");
    REQUIRE(identity != nullptr);
    CHECK(identity->attr("category") == "server");
    CHECK(identity->attr("type") == "im");
    CHECK(identity->attr("name") == "Meerkat");
    const auto features = features_in(got);
    for (const auto* feature :
         {"iq", "presence", "jabber:iq:roster", "jabber:iq:version", "urn:xmpp:ping",
          "http://jabber.org/protocol/disco#info", "http://jabber.org/protocol/disco#items"})
        CHECK(features.contains(feature));
    CHECK_FALSE(features.contains("urn:xmpp:time"));
    CHECK(got.root().first_child()->child("x", "jabber:x:data") == nullptr);
}

TEST_CASE("contact addresses are told in a form, those of this module or of all") {
    auto options = with_disco();
    options.mod_disco->server_info = {
        {"abuse-addresses", {"mailto:abuse@example.org", "xmpp:a@example.org"}, {}},
        {"admin-addresses", {"mailto:admin@example.org"}, {{"mod_disco"}}},
        {"sales-addresses", {"mailto:sales@example.org"}, {{"mod_muc"}}}};
    xmpp_fixture server(options);
    auto& romeo = server.online(orchard);
    const xml::document got = answer(romeo, iq("get", "example.org", info));
    const xml::element* const form = got.root().first_child()->child("x", "jabber:x:data");
    REQUIRE(form != nullptr);
    const xml::document wanted = parsed(
        "<x xmlns='jabber:x:data' type='result'>"
        "<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/network/serverinfo</value></field>"
        "<field var='abuse-addresses' type='list-multi'><value>mailto:abuse@example.org</value>"
        "<value>xmpp:a@example.org</value></field>"
        "<field var='admin-addresses' type='list-multi'><value>mailto:admin@example.org</value></field></x>");
    CHECK(same(wanted.root(), *form));
}

TEST_CASE("the server lists the domains it was told of, and has no nodes") {
    auto options = with_disco();
    options.mod_disco->extra_domains = {"rooms.example.net"};
    xmpp_fixture server(options);
    auto& romeo = server.online(orchard);
    romeo.send(iq("get", "example.org", items));
    romeo.receives(
        "<iq type='result' id='q' from='example.org' to='romeo@example.org/orchard'>"
        "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='rooms.example.net'/></query></iq>");
    CHECK(outcome(romeo, iq("get", "example.org", info_node)) == "item-not-found");
    CHECK(outcome(romeo, iq("get", "example.org", items_node)) == "item-not-found");
    CHECK(outcome(romeo, iq("set", "example.org", info)) == "not-allowed");
    CHECK(outcome(romeo, iq("set", "example.org", items)) == "not-allowed");
}

TEST_CASE("an account answers itself and those it has a subscription with, and no stranger") {
    xmpp_fixture server(with_disco());
    server.rosters.keep("juliet@example.org", contact("romeo@example.org", subscription::from));
    auto& romeo = server.online(orchard);
    server.online("juliet@example.org/balcony");
    server.online("nurse@example.org/kitchen");

    for (const auto* account : {"romeo@example.org", "juliet@example.org"}) {
        const xml::document got = answer(romeo, iq("get", account, info));
        const xml::element* const identity =
            got.root().first_child()->child("identity", "http://jabber.org/protocol/disco#info");
        REQUIRE(identity != nullptr);
        CHECK(identity->attr("category") == "account");
        CHECK(identity->attr("type") == "registered");
        CHECK(features_in(got).contains("http://jabber.org/protocol/disco#info"));
        CHECK(outcome(romeo, iq("get", account, info_node)) == "item-not-found");
    }
    romeo.send(iq("get", "juliet@example.org", items));
    romeo.receives(
        "<iq type='result' id='q' from='juliet@example.org' to='romeo@example.org/orchard'>"
        "<query xmlns='http://jabber.org/protocol/disco#items'><item "
        "jid='juliet@example.org/balcony'/></query></iq>");

    for (const auto* account : {"nurse@example.org", "ghost@example.org"}) {
        CHECK(outcome(romeo, iq("get", account, info)) == "service-unavailable");
        CHECK(outcome(romeo, iq("get", account, info_node)) == "service-unavailable");
        const xml::document got = answer(romeo, iq("get", account, items));
        CHECK(got.root().attr("type") == "result");
        CHECK(got.root().first_child()->child_count() == 0);
    }
    CHECK(outcome(romeo, iq("set", "juliet@example.org", info)) == "not-allowed");
}

TEST_CASE("the version is told, the system only where that is wanted") {
    modules_options options;
    options.mod_version = mod_version_options{GENERATE(false, true)};
    xmpp_fixture server(options);
    auto& romeo = server.online(orchard);
    const xml::document got = answer(romeo, iq("get", "example.org", "<query xmlns='jabber:iq:version'/>"));
    const xml::element& query = *got.root().first_child();
    CHECK(query.child_text("name", "jabber:iq:version") == "Meerkat");
    CHECK(query.child_text("version", "jabber:iq:version") == "1.2.3");
    CHECK((query.child("os", "jabber:iq:version") != nullptr) == options.mod_version->os_info);
    CHECK(outcome(romeo, iq("set", "example.org", "<query xmlns='jabber:iq:version'/>")) == "not-allowed");
}

TEST_CASE("the time is told in UTC with the offset of the server's zone") {
    modules_options options;
    options.mod_time.emplace();
    xmpp_fixture server(options);
    auto& romeo = server.online(orchard);
    const xml::document got = answer(romeo, iq("get", "example.org", "<time xmlns='urn:xmpp:time'/>"));
    const xml::element& time = *got.root().first_child();
    const std::string_view offset = time.child_text("tzo", "urn:xmpp:time");
    REQUIRE(offset.size() == 6);
    CHECK((offset[0] == '+' || offset[0] == '-'));
    CHECK(offset[3] == ':');
    const std::string_view utc = time.child_text("utc", "urn:xmpp:time");
    REQUIRE(utc.size() == 24);
    CHECK(utc[10] == 'T');
    CHECK(utc[19] == '.');
    CHECK(utc[23] == 'Z');
    CHECK(outcome(romeo, iq("set", "example.org", "<time xmlns='urn:xmpp:time'/>")) == "not-allowed");
}

TEST_CASE("a ping of the server or the own account is answered by an empty result") {
    modules_options options;
    options.mod_ping.emplace();
    xmpp_fixture server(options);
    auto& romeo = server.online(orchard);
    for (const auto* to : {"example.org", "romeo@example.org"}) {
        const xml::document got = answer(romeo, iq("get", to, "<ping xmlns='urn:xmpp:ping'/>"));
        CHECK(got.root().attr("type") == "result");
        CHECK(got.root().child_count() == 0);
        CHECK(outcome(romeo, iq("set", to, "<ping xmlns='urn:xmpp:ping'/>")) == "feature-not-implemented");
        CHECK(outcome(romeo, iq("get", to, "<pong xmlns='urn:xmpp:ping'/>")) == "feature-not-implemented");
    }
}

namespace {

modules_options pinging(ping_timeout_action action) {
    modules_options options;
    options.mod_ping = mod_ping_options{true, 60s, action, 32s};
    return options;
}

constexpr std::string_view the_ping =
    "<iq type='get' id='*' from='example.org' to='romeo@example.org/orchard'><ping "
    "xmlns='urn:xmpp:ping'/></iq>";

// The id of the ping that has just arrived.
std::string pinged(test_client& client) {
    REQUIRE(client.waiting().size() == 1);
    const xml::document got = parsed(client.waiting().front());
    client.receives(the_ping);
    return std::string(got.root().attr("id"));
}

}  // namespace

TEST_CASE("a silent client is pinged, and stays if it answers") {
    xmpp_fixture server(pinging(ping_timeout_action::kill));
    auto& romeo = server.connect(orchard);
    server.pass(59s);
    romeo.receives_nothing();
    server.pass(1s);
    for (int round = 0; round < 3; ++round) {
        const std::string id = pinged(romeo);
        romeo.send("<iq type='result' id='" + id + "' to='example.org'/>");
        server.pass(33s);
        CHECK_FALSE(romeo.ended());
        romeo.receives_nothing();
        server.pass(27s);
    }
}

TEST_CASE("clients are pinged where that is asked for, after the silence and with the patience given") {
    const bool wanted = GENERATE(false, true);
    modules_options options;
    options.mod_ping = mod_ping_options{wanted, 10s, ping_timeout_action::kill, 5s};
    xmpp_fixture server(options);
    auto& romeo = server.connect(orchard);
    server.pass(9s);
    romeo.receives_nothing();
    server.pass(1s);
    if (wanted) romeo.receives(the_ping);
    server.pass(4s);
    CHECK_FALSE(romeo.ended());
    server.pass(1s);
    CHECK(romeo.ended().has_value() == wanted);
    romeo.receives_nothing();
}

TEST_CASE("any stanza puts the ping off") {
    xmpp_fixture server(pinging(ping_timeout_action::kill));
    auto& romeo = server.connect(orchard);
    for (const auto* stanza :
         {"<message to='juliet@example.org' type='error'/>", "<presence type='unavailable'/>",
          "<iq type='result' id='1' to='example.org'/>"}) {
        server.pass(50s);
        romeo.send(stanza);
        romeo.receives_nothing();
    }
    server.pass(60s);
    romeo.receives(the_ping);
}

TEST_CASE("a client that does not answer is ended where that is configured") {
    const auto action = GENERATE(ping_timeout_action::kill, ping_timeout_action::none);
    xmpp_fixture server(pinging(action));
    auto& romeo = server.connect(orchard);
    server.pass(60s);
    romeo.receives(the_ping);
    server.pass(30s);
    CHECK_FALSE(romeo.ended());
    server.pass(2s);
    REQUIRE(romeo.ended().has_value() == (action == ping_timeout_action::kill));
    if (romeo.ended()) CHECK(romeo.ended()->condition == stream_condition::connection_timeout);
    server.pass(61s);
    if (!romeo.ended()) romeo.receives(the_ping);
    romeo.receives_nothing();
}

TEST_CASE("an error in answer to a ping counts as none") {
    xmpp_fixture server(pinging(ping_timeout_action::kill));
    auto& romeo = server.connect(orchard);
    server.pass(60s);
    const std::string id = pinged(romeo);
    romeo.send("<iq type='error' id='" + id +
               "' to='example.org'><error type='cancel'>"
               "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
    CHECK(romeo.ended().has_value());
}

TEST_CASE("a session that has ended is pinged no more") {
    xmpp_fixture server(pinging(ping_timeout_action::kill));
    auto& romeo = server.connect(orchard);
    romeo.disconnect();
    server.pass(200s);
    romeo.receives_nothing();
    CHECK(server.here->here().deadlines().armed() == 0);
}
