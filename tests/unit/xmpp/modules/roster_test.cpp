#include "tests/support/xmpp_fixture.hpp"
#include "xmpp/modules/roster/roster_xml.hpp"
#include "xmpp/xml/writer.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::test;
using storage::pending;
using storage::subscription;

namespace {

constexpr std::string_view get_roster = "<iq type='get' id='g'><query xmlns='jabber:iq:roster'/></iq>";

// Online, and asked for the roster.
test_client& interested(xmpp_fixture& server, std::string_view full) {
    test_client& client = server.online(full);
    client.send(get_roster).skip();
    return client;
}

std::string set(std::string_view item) {
    return "<iq type='set' id='s'><query xmlns='jabber:iq:roster'>" + std::string(item) + "</query></iq>";
}

std::string answered(std::string_view id, std::string_view full) {
    return "<iq type='result' id='" + std::string(id) + "' to='" + std::string(full) + "'/>";
}

std::string push(std::string_view item, std::string_view full) {
    const std::string to(full);
    return "<iq type='set' id='*' from='" + to.substr(0, to.find('/')) + "' to='" + to +
           "'><query xmlns='jabber:iq:roster'>" + std::string(item) + "</query></iq>";
}

std::string refusal(std::string_view condition, std::string_view type, std::string_view code) {
    return "<error xmlns='jabber:client' type='" + std::string(type) + "' code='" + std::string(code) +
           "'><" + std::string(condition) + " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>*</error>";
}

// The condition of the error that answers the roster set.
std::string refused_with(test_client& client, std::string_view item) {
    client.send(set(item));
    REQUIRE(client.waiting().size() == 1);
    const std::string answer = client.waiting().front();
    client.skip();
    const auto start = answer.find("<error");
    REQUIRE(start != std::string::npos);
    const auto name = answer.find('<', start + 1) + 1;
    return answer.substr(name, answer.find_first_of(" />", name) - name);
}

}  // namespace

TEST_CASE("an empty roster is an empty query") {
    xmpp_fixture server;
    auto& romeo = server.connect("romeo@example.org/orchard");
    romeo.send(get_roster);
    romeo.receives(
        "<iq type='result' id='g' to='romeo@example.org/orchard'><query xmlns='jabber:iq:roster'/></iq>");
}

TEST_CASE("a roster lists its items without requests nobody answered yet") {
    xmpp_fixture server;
    auto juliet = contact("juliet@example.org", subscription::both);
    juliet.name = "Juliet";
    juliet.groups = {"Friends", "Verona"};
    server.rosters.keep("romeo@example.org", juliet);
    server.rosters.keep("romeo@example.org",
                        contact("mercutio@example.org", subscription::from, pending::out));
    server.rosters.keep("romeo@example.org", contact("paris@example.org", subscription::none, pending::in));
    auto& romeo = server.connect("romeo@example.org/orchard");
    romeo.send(get_roster);
    romeo.receives(
        "<iq type='result' id='g' to='romeo@example.org/orchard'><query xmlns='jabber:iq:roster'>"
        "<item jid='juliet@example.org' subscription='both' name='Juliet'><group>Friends</group>"
        "<group>Verona</group></item>"
        "<item jid='mercutio@example.org' subscription='from' ask='subscribe'/></query></iq>");
}

TEST_CASE("a change is pushed to the resources that have asked for the roster, and answered") {
    xmpp_fixture server;
    auto& orchard = interested(server, "romeo@example.org/orchard");
    auto& street = interested(server, "romeo@example.org/street");
    auto& cell = server.online("romeo@example.org/cell");
    orchard.skip();
    street.skip();
    const auto item = "<item jid='nurse@example.org' name='Nurse'><group>Servants</group></item>";
    const auto pushed =
        "<item jid='nurse@example.org' name='Nurse' subscription='none'><group>Servants</group></item>";
    orchard.send(set(item));
    orchard.receives(push(pushed, "romeo@example.org/orchard"));
    orchard.receives(answered("s", "romeo@example.org/orchard"));
    street.receives(push(pushed, "romeo@example.org/street"));
    cell.receives_nothing();
    const auto* kept = server.rosters.find("romeo@example.org", "nurse@example.org");
    REQUIRE(kept != nullptr);
    CHECK(kept->name == "Nurse");
    CHECK(kept->groups == std::vector<std::string>{"Servants"});
}

TEST_CASE("a client changes name and groups, never the subscription") {
    xmpp_fixture server;
    server.rosters.keep("romeo@example.org", contact("juliet@example.org", subscription::to, pending::in));
    auto& romeo = interested(server, "romeo@example.org/orchard");
    romeo.send(set("<item jid='juliet@example.org' name='J' subscription='both' ask='subscribe'/>"));
    romeo.receives(
        push("<item jid='juliet@example.org' name='J' subscription='to'/>", "romeo@example.org/orchard"));
    romeo.receives(answered("s", "romeo@example.org/orchard"));
    CHECK(server.rosters.find("romeo@example.org", "juliet@example.org")->pending == pending::in);
}

TEST_CASE("nothing is answered or pushed before the change is on the disk") {
    xmpp_fixture server;
    auto& romeo = interested(server, "romeo@example.org/orchard");
    server.rosters.mode = store_mode::holds;
    romeo.send(set("<item jid='nurse@example.org'/>"));
    romeo.receives_nothing();
    server.rosters.release();
    server.settle();
    romeo.receives_all(
        {push("<item jid='nurse@example.org' subscription='none'/>", "romeo@example.org/orchard"),
         answered("s", "romeo@example.org/orchard")});
}

TEST_CASE("a change that cannot be kept is refused and told to nobody") {
    xmpp_fixture server;
    auto& romeo = interested(server, "romeo@example.org/orchard");
    server.rosters.mode = store_mode::fails;
    CHECK(refused_with(romeo, "<item jid='nurse@example.org'/>") == "internal-server-error");
    server.rosters.mode = store_mode::answers;
    romeo.send(get_roster);
    romeo.receives(
        "<iq type='result' id='g' to='romeo@example.org/orchard'><query xmlns='jabber:iq:roster'/></iq>");
}

TEST_CASE("a roster set that is none is refused") {
    xmpp_fixture server;
    auto& romeo = interested(server, "romeo@example.org/orchard");
    const std::string long_name(1024, 'x');
    CHECK(refused_with(romeo, "") == "bad-request");
    CHECK(refused_with(romeo, "<item jid='a@b'/><item jid='c@d'/>") == "bad-request");
    CHECK(refused_with(romeo, "<item name='nobody'/>") == "bad-request");
    CHECK(refused_with(romeo, "<item jid='@'/>") == "jid-malformed");
    CHECK(refused_with(romeo, "<item jid='romeo@example.org'/>") == "not-allowed");
    CHECK(refused_with(romeo, "<item jid='a@b' name='" + long_name + "'/>") == "not-acceptable");
    CHECK(refused_with(romeo, "<item jid='a@b'><group/></item>") == "not-acceptable");
    CHECK(refused_with(romeo, "<item jid='a@b'><group>" + long_name + "</group></item>") == "not-acceptable");
    CHECK(refused_with(romeo, "<item jid='a@b'><group>g</group><group>g</group></item>") == "bad-request");
    CHECK(refused_with(romeo, "<item jid='a@b' subscription='remove'/>") == "item-not-found");
    CHECK(server.rosters.size_of("romeo@example.org") == 0);
}

TEST_CASE("a full roster takes no more contacts but lets them be renamed") {
    xmpp_fixture server;
    for (std::size_t i = 0; i < roster_limits::items; ++i)
        server.rosters.keep("romeo@example.org", contact("c" + std::to_string(i) + "@b", subscription::none));
    auto& romeo = interested(server, "romeo@example.org/orchard");
    CHECK(refused_with(romeo, "<item jid='one@more'/>") == "resource-constraint");
    romeo.send(set("<item jid='c1@b' name='n'/>"));
    CHECK(romeo.waiting().size() == 2);
    romeo.skip();
    romeo.send("<presence type='subscribe' to='one@more'/>");
    romeo.receives("<presence type='error' from='one@more' to='romeo@example.org/orchard'>" +
                   refusal("resource-constraint", "wait", "500") + "</presence>");
}

TEST_CASE("nobody gets at another's roster") {
    xmpp_fixture server;
    auto& romeo = server.online("romeo@example.org/orchard");
    server.online("juliet@example.org/balcony");
    romeo.send("<iq type='get' id='g' to='juliet@example.org'><query xmlns='jabber:iq:roster'/></iq>");
    romeo.receives(
        "<iq type='error' id='g' from='juliet@example.org' to='romeo@example.org/orchard'>"
        "<error code='403' type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
        "<text xml:lang='en' xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>It is forbidden to query the roster "
        "of "
        "another user</text></error><query xmlns='jabber:iq:roster'/></iq>");
}

TEST_CASE("a removed contact is told that both subscriptions have ended") {
    xmpp_fixture server;
    server.rosters.keep("romeo@example.org", contact("juliet@example.org", subscription::both));
    server.rosters.keep("juliet@example.org", contact("romeo@example.org", subscription::both));
    auto& romeo = interested(server, "romeo@example.org/orchard");
    auto& juliet = interested(server, "juliet@example.org/balcony");
    romeo.skip();
    romeo.send(set("<item jid='juliet@example.org' subscription='remove'/>"));
    romeo.receives(
        push("<item jid='juliet@example.org' subscription='remove'/>", "romeo@example.org/orchard"));
    romeo.receives_all(
        {answered("s", "romeo@example.org/orchard"),
         "<presence type='unavailable' from='juliet@example.org/balcony' to='romeo@example.org'/>"});
    juliet.receives_all(
        {"<presence type='unsubscribe' from='romeo@example.org' to='juliet@example.org'/>",
         push("<item jid='romeo@example.org' subscription='to'/>", "juliet@example.org/balcony"),
         "<presence type='unavailable' from='romeo@example.org/orchard' to='juliet@example.org'/>",
         "<presence type='unsubscribed' from='romeo@example.org' to='juliet@example.org'/>",
         push("<item jid='romeo@example.org' subscription='none'/>", "juliet@example.org/balcony")});
    CHECK(server.rosters.find("romeo@example.org", "juliet@example.org") == nullptr);
    CHECK(server.rosters.find("juliet@example.org", "romeo@example.org")->subscription == subscription::none);
}

TEST_CASE("requests that wait for an answer end with a removed contact") {
    xmpp_fixture server;
    server.rosters.keep("romeo@example.org", contact("juliet@example.org", subscription::none, pending::out));
    server.rosters.keep("juliet@example.org", contact("romeo@example.org", subscription::none, pending::in));
    server.accounts.keep("juliet@example.org");
    auto& romeo = interested(server, "romeo@example.org/orchard");
    romeo.send(set("<item jid='juliet@example.org' subscription='remove'/>"));
    CHECK(server.rosters.find("juliet@example.org", "romeo@example.org") == nullptr);
}

TEST_CASE("a roster is read once for all of a user's sessions and dropped with the last") {
    xmpp_fixture server;
    auto& orchard = server.online("romeo@example.org/orchard");
    auto& street = server.online("romeo@example.org/street");
    CHECK(server.rosters.reads == 1);
    orchard.disconnect();
    street.send(get_roster);
    CHECK(server.rosters.reads == 1);
    street.disconnect();
    server.online("romeo@example.org/cell");
    CHECK(server.rosters.reads == 2);
}

TEST_CASE("a client that knows the current version gets no roster") {
    const bool stored = GENERATE(false, true);
    modules_options options;
    options.mod_roster = mod_roster_options{true, stored, storage_backend::mnesia};
    xmpp_fixture server(options);
    auto& romeo = server.online("romeo@example.org/orchard");
    const auto get = [](std::string_view version) {
        return "<iq type='get' id='v'><query xmlns='jabber:iq:roster' ver='" + std::string(version) +
               "'/></iq>";
    };
    const auto version_in = [](test_client& client) {
        const xml::document last = parsed(client.waiting().back());
        client.skip();
        return std::string(last.root().first_child()->attr("ver"));
    };
    romeo.send(get(""));
    const std::string before = version_in(romeo);
    CHECK_FALSE(before.empty());
    romeo.send(get(before));
    romeo.receives("<iq type='result' id='v' to='romeo@example.org/orchard'/>");

    romeo.send(set("<item jid='nurse@example.org'/>"));
    romeo.receives(
        "<iq type='set' id='*' from='romeo@example.org' to='romeo@example.org/orchard'><query ver='*' "
        "xmlns='jabber:iq:roster'><item jid='nurse@example.org' subscription='none'/></query></iq>");
    romeo.skip();
    romeo.send(get(before));
    const std::string after = version_in(romeo);
    CHECK(after != before);
    romeo.send(get(after));
    romeo.receives("<iq type='result' id='v' to='romeo@example.org/orchard'/>");
}

TEST_CASE("a kept version is never told again, a computed one whenever the contacts are the same") {
    const bool kept = GENERATE(false, true);
    modules_options options;
    options.mod_roster = mod_roster_options{true, kept, storage_backend::mnesia};
    xmpp_fixture server(options);
    auto& romeo = server.online("romeo@example.org/orchard");
    const auto version = [&romeo] {
        romeo.skip();
        romeo.send("<iq type='get' id='v'><query xmlns='jabber:iq:roster' ver=''/></iq>");
        const xml::document last = parsed(romeo.waiting().back());
        return std::string(last.root().first_child()->attr("ver"));
    };
    const std::string without = version();
    romeo.send(set("<item jid='nurse@example.org'/>"));
    const std::string with = version();
    CHECK(with != without);
    romeo.send(set("<item jid='nurse@example.org' subscription='remove'/>"));
    const std::string again = version();
    CHECK((again == without) == !kept);
}

TEST_CASE("roster versions are announced after authentication where they are on") {
    modules_options options;
    options.mod_roster = mod_roster_options{true, false, storage_backend::mnesia};
    xmpp_fixture server(options);
    xml::document features("features", "http://etherx.jabber.org/streams");
    server.at->hooks.stream_features.run_now(feature_offer{features.root(), false, true, "example.org"});
    CHECK(features.root().child_count() == 0);
    server.at->hooks.stream_features.run_now(feature_offer{features.root(), true, true, "example.org"});
    CHECK(features.root().child("ver", "urn:xmpp:features:rosterver") != nullptr);
}

TEST_CASE("a long text is cut between characters") {
    CHECK(cut_text("abc", 3) == "abc");
    CHECK(cut_text("abcd", 3) == "abc");
    CHECK(cut_text("ab\xC3\xA9", 3) == "ab");
    CHECK(cut_text("\xC3\xA9", 1).empty());
}
