// The stream inside a BOSH session: what the attributes of a body say of it, and what they cannot change.

#include "gateway/base/encoding.hpp"
#include "tests/scenarios/runner/bosh_by_hand.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::string_literals;

namespace {

const std::string login = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" +
                          to_base64("\0juliet\0correct horse"s) + "</auth>";
const std::string restart = "xmpp:restart='true' xmlns:xmpp='urn:xmpp:xbosh' ";
const std::string bind_request =
    "<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
    "<resource>balcony</resource></bind></iq>";

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::unique_ptr<test_server> server_with_juliet() {
    auto made = std::make_unique<test_server>();
    made->make_accounts({{std::string(test_user), std::string(test_password)}});
    return made;
}

}  // namespace

TEST_CASE("a BOSH session that is created in one name cannot be used under another") {
    const auto server = server_with_juliet();
    const by_hand other(*server, "from='romeo@localhost'");
    CHECK(other.ask(101, {}, login)->answer().body ==
          "<body xmlns='http://jabber.org/protocol/httpbind' type='terminate' "
          "condition='remote-stream-error' xmlns:stream='http://etherx.jabber.org/streams'><stream:error>"
          "<invalid-from xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></body>");
    CHECK(attribute_of(other.ask(102)->answer().body, "condition") == "item-not-found");
    const by_hand own(*server, "from='juliet@localhost/anything'");
    CHECK(has(own.ask(101, {}, login)->answer().body, "<success"));
}

TEST_CASE("a restart stays in the domain and the name that its session was created for") {
    const auto server = server_with_juliet();
    const by_hand session(*server);
    REQUIRE(has(session.ask(101, {}, login)->answer().body, "<success"));
    const std::string features =
        session.ask(102, restart + "to='other.example' from='romeo@localhost'")->answer().body;
    INFO(features);
    CHECK(has(features, "<stream:features>"));
    CHECK(has(features, "<bind "));
    CHECK(has(session.ask(103, {}, bind_request)->answer().body, "<jid>juliet@localhost/balcony</jid>"));
}

TEST_CASE("attributes that the server has no use for change nothing") {
    test_server server;
    const by_hand session(server,
                          "route='xmpp:elsewhere.example:5222' secure='true' charsets='ISO-8859-1' "
                          "xml:lang='pl' ack='0'");
    INFO(session.created);
    CHECK(is_like(
        "<body xmlns='http://jabber.org/protocol/httpbind' sid='{*}' wait='55' requests='2' hold='1' "
        "from='localhost' inactivity='30' maxpause='120' ver='1.6' xmpp:restartlogic='true' "
        "xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh' "
        "xmlns:stream='http://etherx.jabber.org/streams'><stream:features>{*}</stream:features></body>",
        session.created));
}

TEST_CASE("a body in another namespace ends the session that it names") {
    test_server server;
    const by_hand session(server);
    const std::string other = "<body xmlns='urn:example:other' rid='101' sid='" + session.sid + "'/>";
    CHECK(attribute_of(ask_once(server.port(transport::bosh), other).body, "condition") == "bad-request");
    CHECK(attribute_of(session.ask(101)->answer().body, "condition") == "item-not-found");
}

TEST_CASE("bodies that overtake each other on the network are taken in order") {
    const auto server = server_with_juliet();
    const by_hand session(*server);
    REQUIRE(has(session.ask(101, {}, login)->answer().body, "<success"));
    REQUIRE(has(session.ask(102, restart)->answer().body, "<bind "));
    REQUIRE(has(session.ask(103, {}, bind_request)->answer().body, "<jid>"));
    const auto second = session.ask(105, {}, "<message xmlns='jabber:client' id='2'/>");
    const auto first = session.ask(104, {}, "<message xmlns='jabber:client' id='1'/>");
    std::string all = first->answer().body + second->answer().body;
    for (std::uint64_t rid = 106; !has(all, "id='2'"); ++rid) all += session.ask(rid)->answer().body;
    INFO(all);
    CHECK(all.find("id='1'") < all.find("id='2'"));
}
