// BOSH sessions and the connections their requests come by: shared, closed, lost.

#include "tests/scenarios/runner/bosh_by_hand.hpp"
#include "tests/scenarios/runner/stages.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

const std::string user(test_user);
const std::string password(test_password);

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a request that is dropped leaves its stanzas to the next one") {
    for (const unsigned shards : {1U, 4U}) {
        test_server server({.shards = shards});
        server.make_accounts({{user, password}});
        const auto client = client_at(server, transport::bosh, stage::established);
        const auto sender = client_at(server, transport::tcp, stage::authenticated);
        sender->bind("sender");
        sender->open_session();
        client->bosh().forget_requests();
        sender->send(
            "<message to='juliet@localhost/balcony' id='1'/><message to='juliet@localhost/balcony' "
            "id='2'/>");
        CHECK(client->element().root().attr("id") == "1");
        CHECK(client->element().root().attr("id") == "2");
    }
}

TEST_CASE("an answer that ends its connection has been given, and is not given once more") {
    test_server server;
    const by_hand session(server);
    http_exchange line(server.port(transport::bosh));
    const std::string refused = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='NONE'/>";
    line.ask(session.text(101, {}, refused), "POST", {"Connection: close"});
    CHECK(has(line.answer().body, "<failure"));
    line.socket().reset();
    const auto next = session.ask(102, {}, refused);
    const std::string body = next->answer().body;
    INFO(body);
    CHECK(body.find("<failure") == body.rfind("<failure"));
}

TEST_CASE("requests of many sessions share a connection, and those of one come over many") {
    test_server server({.shards = 4});
    std::vector<by_hand> sessions;
    for (int i = 0; i < 6; ++i) sessions.emplace_back(server);
    http_exchange line(server.port(transport::bosh));
    std::uint64_t rid = 101;
    for (int round = 0; round < 3; ++round, ++rid) {
        for (const by_hand& each : sessions) {
            line.ask(each.text(rid, {}, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='NONE'/>"));
            CHECK(has(line.answer().body, "<failure"));
        }
    }
}

TEST_CASE("requests behind a long poll on the same connection wait for it and are no disconnect") {
    test_server server;
    const by_hand session(server);
    http_exchange line(server.port(transport::bosh));
    line.ask(session.text(101));
    line.ask(session.text(102));
    CHECK_FALSE(line.answered());
    const auto other =
        session.ask(103, {}, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='NONE'/>");
    // The second on the line is not read before the first is answered, and the third not taken before it.
    line.socket().finish_writing();
    CHECK(has(other->answer().body, "<failure"));
}
