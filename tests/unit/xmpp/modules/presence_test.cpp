#include "tests/support/xmpp_fixture.hpp"
#include "xmpp/modules/presence/mod_presence.hpp"
#include "xmpp/modules/presence/presence_values.hpp"
#include "xmpp/stanza/timestamp.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::test;
using storage::pending;
using storage::subscription;

namespace {

// Romeo and Juliet see each other.
void befriend(xmpp_fixture& server) {
    server.rosters.keep("romeo@example.org", contact("juliet@example.org", subscription::both));
    server.rosters.keep("juliet@example.org", contact("romeo@example.org", subscription::both));
}

std::string presence(std::string_view from, std::string_view to, std::string_view type = {},
                     std::string_view content = {}) {
    std::string text = "<presence from='" + std::string(from) + "' to='" + std::string(to) + "'";
    if (!type.empty()) text += " type='" + std::string(type) + "'";
    return text + ">" + std::string(content) + "</presence>";
}

std::string delay(std::string_view from) {
    return "<delay xmlns='urn:xmpp:delay' from='" + std::string(from) + "' stamp='*'/>";
}

constexpr std::string_view orchard = "romeo@example.org/orchard";
constexpr std::string_view street = "romeo@example.org/street";
constexpr std::string_view balcony = "juliet@example.org/balcony";

}  // namespace

TEST_CASE("initial presence reaches the contacts, and theirs comes back with the time it was sent") {
    xmpp_fixture server;
    befriend(server);
    auto& juliet = server.connect(balcony);
    juliet.send("<presence><show>away</show></presence>");
    juliet.receives(presence(balcony, balcony, {}, "<show>away</show>"));
    auto& romeo = server.connect(orchard);
    romeo.send("<presence/>");
    juliet.receives(presence(orchard, "juliet@example.org"));
    juliet.receives_nothing();
    romeo.receives(presence(orchard, orchard));
    romeo.receives(presence(balcony, orchard, {}, "<show>away</show>" + delay(balcony)));
    romeo.receives_nothing();
}

TEST_CASE("presence goes by the direction of the subscription") {
    xmpp_fixture server;
    server.rosters.keep("romeo@example.org", contact("juliet@example.org", subscription::to));
    server.rosters.keep("juliet@example.org", contact("romeo@example.org", subscription::from));
    auto& romeo = server.online(orchard);
    auto& juliet = server.online(balcony);
    romeo.receives(presence(balcony, "romeo@example.org"));
    romeo.send("<presence><show>dnd</show></presence>");
    juliet.receives_nothing();
}

TEST_CASE("further presence is broadcast and asks for nothing") {
    xmpp_fixture server;
    befriend(server);
    auto& romeo = server.online(orchard);
    auto& juliet = server.online(balcony);
    romeo.skip();
    romeo.send("<presence><status>thinking</status></presence>");
    juliet.receives(presence(orchard, "juliet@example.org", {}, "<status>thinking</status>"));
    romeo.receives(presence(orchard, orchard, {}, "<status>thinking</status>"));
    romeo.receives_nothing();
}

TEST_CASE("resources of one user see each other") {
    xmpp_fixture server;
    auto& first = server.online(orchard);
    auto& second = server.connect(street);
    second.send("<presence><priority>5</priority></presence>");
    first.receives(presence(street, orchard, {}, "<priority>5</priority>"));
    second.receives(presence(street, street, {}, "<priority>5</priority>"));
    second.receives(presence(orchard, street));
    second.send("<presence type='unavailable'/>");
    first.receives(presence(street, orchard, "unavailable"));
    second.receives_nothing();
}

TEST_CASE("a session without presence is seen by nobody and hears no broadcasts of its own resources") {
    xmpp_fixture server;
    auto& silent = server.connect(street);
    auto& romeo = server.connect(orchard);
    romeo.send("<presence/>");
    romeo.receives(presence(orchard, orchard));
    romeo.receives_nothing();
    silent.receives_nothing();
}

TEST_CASE("unavailable presence reaches everybody who saw the user, each once") {
    xmpp_fixture server;
    befriend(server);
    auto& romeo = server.online(orchard);
    auto& juliet = server.online(balcony);
    auto& nurse = server.online("nurse@example.org/kitchen");
    romeo.send("<presence to='nurse@example.org'/>");
    romeo.send("<presence to='juliet@example.org/balcony'/>");
    nurse.skip();
    juliet.skip();
    romeo.send("<presence type='unavailable'><status>gone</status></presence>");
    const auto status = "<status>gone</status>";
    nurse.receives(presence(orchard, "nurse@example.org", "unavailable", status));
    juliet.receives(presence(orchard, "juliet@example.org", "unavailable", status));
    juliet.receives_nothing();
    CHECK_FALSE(romeo.as_session().priority);
    romeo.send("<presence type='unavailable'/>");
    nurse.receives_nothing();
    juliet.receives_nothing();
}

TEST_CASE("a session that ends becomes unavailable with the reason as status") {
    xmpp_fixture server;
    befriend(server);
    auto& romeo = server.online(orchard);
    auto& juliet = server.online(balcony);
    auto& nurse = server.online("nurse@example.org/kitchen");
    romeo.send("<presence to='nurse@example.org/kitchen'/>");
    nurse.skip();
    romeo.disconnect("Too many attempts");
    const auto status = "<status>Too many attempts</status>";
    juliet.receives(presence(orchard, "juliet@example.org", "unavailable", status));
    nurse.receives(presence(orchard, "nurse@example.org/kitchen", "unavailable", status));
}

TEST_CASE("a session that never was available ends in silence") {
    xmpp_fixture server;
    befriend(server);
    auto& juliet = server.online(balcony);
    server.connect(orchard).disconnect();
    juliet.receives_nothing();
}

TEST_CASE("a replaced session leaves no ghost") {
    xmpp_fixture server;
    befriend(server);
    auto& juliet = server.online(balcony);
    auto& old_one = server.online(orchard);
    juliet.skip();
    auto& new_one = server.connect(orchard);

    SECTION("gone, as long as its successor has sent no presence") {
        old_one.disconnect("Replaced by new connection", true);
        juliet.receives(presence(orchard, "juliet@example.org", "unavailable",
                                 "<status>Replaced by new connection</status>"));
        new_one.receives_nothing();
    }
    SECTION("still there, once its successor is available") {
        new_one.send("<presence/>");
        juliet.skip();
        old_one.disconnect("Replaced by new connection", true);
        juliet.receives_nothing();
    }
}

TEST_CASE("directed presence needs no subscription, and taken back it is not repeated") {
    xmpp_fixture server;
    auto& romeo = server.connect(orchard);
    auto& nurse = server.online("nurse@example.org/kitchen");
    romeo.send("<presence to='nurse@example.org/kitchen'><status>psst</status></presence>");
    nurse.receives(presence(orchard, "nurse@example.org/kitchen", {}, "<status>psst</status>"));
    romeo.send("<presence to='nurse@example.org/kitchen' type='unavailable'/>");
    nurse.receives(presence(orchard, "nurse@example.org/kitchen", "unavailable"));
    romeo.disconnect();
    nurse.receives_nothing();
}

TEST_CASE("directed presence is remembered for so many addresses and refused beyond") {
    xmpp_fixture server;
    auto& romeo = server.online(orchard);
    for (std::size_t i = 0; i < mod_presence::most_directed; ++i)
        romeo.as_session().directed_to.insert(*jid::parse("c" + std::to_string(i) + "@b"));
    romeo.send("<presence to='nurse@example.org'/>");
    REQUIRE(romeo.waiting().size() == 1);
    CHECK(romeo.waiting().front().find("resource-constraint") != std::string::npos);
}

TEST_CASE("a probe is answered to those who may see the user") {
    xmpp_fixture server;
    befriend(server);
    auto& romeo = server.online(orchard);
    server.online(street);
    auto& juliet = server.connect(balcony);
    auto& nurse = server.online("nurse@example.org/kitchen");
    romeo.skip();

    juliet.send("<presence type='probe' to='romeo@example.org'/>");
    juliet.receives(presence(orchard, balcony, {}, delay(orchard)));
    juliet.receives(presence(street, balcony, {}, delay(street)));
    juliet.send("<presence type='probe' to='romeo@example.org/street'/>");
    juliet.receives(presence(street, balcony, {}, delay(street)));
    juliet.receives_nothing();

    nurse.send("<presence type='probe' to='romeo@example.org'/>");
    nurse.receives_nothing();
    romeo.send("<presence to='nurse@example.org'/>");
    nurse.skip();
    nurse.send("<presence type='probe' to='romeo@example.org'/>");
    nurse.receives(presence(orchard, "nurse@example.org/kitchen"));
    romeo.receives_nothing();
}

TEST_CASE("a probe of oneself, or of somebody offline, is answered by nothing") {
    xmpp_fixture server;
    befriend(server);
    auto& romeo = server.online(orchard);
    romeo.send("<presence type='probe' to='romeo@example.org'/>");
    romeo.send("<presence type='probe' to='juliet@example.org'/>");
    romeo.receives_nothing();
    CHECK(server.rosters.reads == 1);
}

TEST_CASE("a request nobody answered is delivered whenever a resource becomes available") {
    xmpp_fixture server;
    auto& juliet = server.online(balcony);
    server.accounts.keep("romeo@example.org");
    juliet.send("<presence type='subscribe' to='romeo@example.org'><status>It is I</status></presence>");
    juliet.disconnect();
    const auto request =
        presence("juliet@example.org", "romeo@example.org", "subscribe", "<status>It is I</status>");
    for (const auto resource : {orchard, street}) {
        auto& romeo = server.connect(resource);
        romeo.send("<presence/>");
        romeo.receives(presence(resource, resource));
        romeo.receives(request);
        romeo.receives_nothing();
        romeo.disconnect();
    }
}

TEST_CASE("two users become friends and see each other, then part") {
    xmpp_fixture server;
    auto& romeo = server.online(orchard);
    auto& juliet = server.online(balcony);
    romeo.send("<presence type='subscribe' to='juliet@example.org'/>");
    juliet.receives(presence("romeo@example.org", "juliet@example.org", "subscribe"));
    juliet.send("<presence type='subscribed' to='romeo@example.org'/>");
    romeo.receives(presence("juliet@example.org", "romeo@example.org", "subscribed"));
    romeo.receives(presence(balcony, "romeo@example.org"));
    juliet.send("<presence type='subscribe' to='romeo@example.org'/>");
    romeo.receives(presence("juliet@example.org", "romeo@example.org", "subscribe"));
    romeo.send("<presence type='subscribed' to='juliet@example.org'/>");
    juliet.receives(presence("romeo@example.org", "juliet@example.org", "subscribed"));
    juliet.receives(presence(orchard, "juliet@example.org"));
    CHECK(server.rosters.find("romeo@example.org", "juliet@example.org")->subscription == subscription::both);
    CHECK(server.rosters.find("juliet@example.org", "romeo@example.org")->subscription == subscription::both);

    juliet.send("<presence type='unsubscribed' to='romeo@example.org'/>");
    romeo.receives_all({presence("juliet@example.org", "romeo@example.org", "unsubscribed"),
                        presence(balcony, "romeo@example.org", "unavailable")});
    CHECK(server.rosters.find("romeo@example.org", "juliet@example.org")->subscription == subscription::from);
}

TEST_CASE("requests of one user are done in order although each waits for the disk") {
    xmpp_fixture server;
    auto& romeo = server.online(orchard);
    auto& juliet = server.online(balcony);
    server.rosters.mode = store_mode::holds;
    romeo.send("<presence type='subscribe' to='juliet@example.org'/>");
    romeo.send("<presence type='unsubscribe' to='juliet@example.org'/>");
    CHECK(server.rosters.held() == 1);
    juliet.receives_nothing();
    server.rosters.mode = store_mode::answers;
    server.rosters.release();
    server.settle();
    juliet.receives(presence("romeo@example.org", "juliet@example.org", "subscribe"));
    juliet.receives(presence("romeo@example.org", "juliet@example.org", "unsubscribe"));
    CHECK(server.rosters.find("romeo@example.org", "juliet@example.org")->pending == pending::none);
    CHECK(server.rosters.find("juliet@example.org", "romeo@example.org") == nullptr);
}

TEST_CASE("a subscription to oneself or to nobody's account leads nowhere") {
    xmpp_fixture server;
    auto& romeo = server.online(orchard);
    romeo.send("<presence type='subscribe' to='romeo@example.org'/>");
    romeo.send("<presence type='subscribe'/>");
    CHECK(server.rosters.size_of("romeo@example.org") == 0);
    romeo.send("<presence type='subscribe' to='ghost@example.org'/>");
    CHECK(server.rosters.size_of("ghost@example.org") == 0);
    romeo.receives_nothing();
}

TEST_CASE("an unknown type of presence is refused, sent or received") {
    xmpp_fixture server;
    auto& romeo = server.online(orchard);
    auto& juliet = server.online(balcony);
    romeo.send("<presence type='hello' to='juliet@example.org'/>");
    juliet.receives_nothing();
    romeo.receives(
        presence("juliet@example.org", orchard, "error",
                 "<error code='400' type='modify'>"
                 "<bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                 "<text xml:lang='en' xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Invalid presence "
                 "type</text></error>"));
    stanza odd(stanza_kind::presence, "hello");
    odd.set_from(*jid::parse(orchard));
    odd.set_to(*jid::parse("juliet@example.org"));
    server.here->route_stanza(std::move(odd));
    server.settle();
    juliet.receives_nothing();
    CHECK(romeo.waiting().size() == 1);
}

TEST_CASE("the type available means none") {
    xmpp_fixture server;
    auto& romeo = server.connect(orchard);
    romeo.send("<presence type='available'/>");
    romeo.receives(presence(orchard, orchard));
    CHECK(romeo.as_session().available());
}

TEST_CASE("presence works for the own resources when the roster cannot be read") {
    xmpp_fixture server;
    server.rosters.mode = store_mode::fails;
    auto& romeo = server.connect(orchard);
    romeo.send("<presence/>");
    romeo.receives(presence(orchard, orchard));
    CHECK(romeo.as_session().available());
}

TEST_CASE("priorities are integers from -128 to 127, and all else is 0") {
    const auto priority = [](std::string_view text) {
        stanza s(stanza_kind::presence);
        s.root().add("priority").add_text(text);
        return static_cast<int>(priority_of(s));
    };
    CHECK(priority("5") == 5);
    CHECK(priority(" -1\n") == -1);
    CHECK(priority("+7") == 7);
    CHECK(priority("-128") == -128);
    CHECK(priority("127") == 127);
    CHECK(priority("128") == 0);
    CHECK(priority("-129") == 0);
    CHECK(priority("9999999999999") == 0);
    CHECK(priority("1.5") == 0);
    CHECK(priority("+-1") == 0);
    CHECK(priority("") == 0);
    CHECK(priority_of(stanza(stanza_kind::presence)) == 0);
}

TEST_CASE("points in time are written in UTC with milliseconds") {
    using namespace std::chrono;
    CHECK(utc_timestamp(system_clock::time_point(milliseconds(1'767'323'045'678))) ==
          "2026-01-02T03:04:05.678Z");
    CHECK(utc_timestamp(system_clock::time_point(milliseconds(0))) == "1970-01-01T00:00:00.000Z");
}
