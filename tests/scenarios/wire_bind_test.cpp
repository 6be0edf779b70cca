// Resource binding, sessions, who may open one and how many: RFC 6120, 7.

#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::string_literals;

namespace {

std::string bind_request(const std::string& inside, const std::string& type = "set") {
    return "<iq xmlns='jabber:client' type='" + type +
           "' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>" + inside + "</bind></iq>";
}

std::string resource(const std::string& name) { return "<resource>" + name + "</resource>"; }

const std::string session_request =
    "<iq xmlns='jabber:client' type='set' id='s'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>";

std::string bound(const std::string& full) {
    return "<iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>" + full +
           "</jid></bind></iq>";
}

void expect_element(xmpp_client& client, const std::string& wanted) {
    const xml::document found = client.element();
    INFO("wanted " << wanted);
    INFO("found  " << describe(found));
    CHECK(matches(wanted, found.root()));
}

void expect_end(xmpp_client& client) {
    CHECK(client.receive().what == received::kind::closed);
    CHECK(client.receive().what == received::kind::ended);
}

std::unique_ptr<test_server> server_with_juliet(const server_settings& settings = {}) {
    auto made = std::make_unique<test_server>(settings);
    made->make_accounts({{std::string(test_user), std::string(test_password)}});
    return made;
}

constexpr std::string_view bad_request_inside =
    "<error code='400' type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
constexpr std::string_view not_allowed =
    "<iq type='error' id='{*}'><error code='405' type='cancel'>"
    "<not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";

}  // namespace

TEST_CASE("a resource is bound as asked, prepared, or made by the server") {
    const auto server = server_with_juliet();
    for (const transport how : all_transports) {
        INFO(to_string(how));
        auto client = client_at(*server, how, stage::authenticated);
        client->send(bind_request(resource("balcony:1 ü")));
        expect_element(*client, bound("juliet@localhost/balcony:1 ü"));
        std::string made[2];
        for (std::string& each : made) {
            client = client_at(*server, how, stage::authenticated);
            client->send(bind_request(&each == made ? "" : resource("")));
            const xml::document answer = client->element();
            each = answer.root()
                       .child("bind", "urn:ietf:params:xml:ns:xmpp-bind")
                       ->child_text("jid", "urn:ietf:params:xml:ns:xmpp-bind");
            CHECK(each.starts_with("juliet@localhost/"));
            CHECK(each.size() > "juliet@localhost/"s.size() + 8);
        }
        CHECK(made[0] != made[1]);
    }
}

TEST_CASE("a resource that cannot be is refused, and another may be asked for") {
    const auto server = server_with_juliet();
    const auto client = client_at(*server, transport::tcp, stage::authenticated);
    client->send(bind_request(resource(std::string(1024, 'a'))));
    const xml::document answer = client->element();
    INFO(describe(answer));
    CHECK(answer.root().attr("type") == "error");
    CHECK(answer.root().attr("id") == "b");
    CHECK(client->bind("balcony") == "juliet@localhost/balcony");
}

TEST_CASE("after five requests that do not bind the sixth ends the stream") {
    const auto server = server_with_juliet();
    const std::string request =
        "<iq xmlns='jabber:client' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>";
    const std::string refused =
        "<iq type='error' id='1'>" + std::string(bad_request_inside) + "<ping xmlns='urn:xmpp:ping'/></iq>";
    for (const transport how : all_transports) {
        INFO(to_string(how));
        auto client = client_at(*server, how, stage::authenticated);
        for (int i = 0; i < 5; ++i) {
            client->send(request);
            expect_element(*client, refused);
        }
        CHECK(client->bind("balcony") == "juliet@localhost/balcony");
        client = client_at(*server, how, stage::authenticated);
        for (int i = 0; i < 6; ++i) {
            client->send(request);
            expect_element(*client, refused);
        }
        expect_end(*client);
    }
}

TEST_CASE("a session opens by the request for it, and without one by the first stanza") {
    const auto server = server_with_juliet();
    for (const transport how : all_transports) {
        INFO(to_string(how));
        auto client = client_at(*server, how, stage::bound);
        client->send(session_request);
        expect_element(
            *client, "<iq type='result' id='s'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>");
        client = client_at(*server, how, stage::bound);
        client->send("<message xmlns='jabber:client' id='1'/>");
        expect_element(*client, "<message id='1' from='juliet@localhost/balcony' to='juliet@localhost'/>");
    }
}

TEST_CASE("without backwards_compatible_session binding opens the session") {
    const auto server = server_with_juliet({.client = "backwards_compatible_session = false\n"});
    for (const transport how : all_transports) {
        INFO(to_string(how));
        const auto client = client_at(*server, how, stage::authenticated);
        CHECK(client->features().root().child("session", "urn:ietf:params:xml:ns:xmpp-session") == nullptr);
        CHECK(client->bind("balcony") == "juliet@localhost/balcony");
        CHECK(server->counters().sessions_opened > 0);
        client->send("<message xmlns='jabber:client' id='1'/>");
        expect_element(*client, "<message id='1' from='juliet@localhost/balcony' to='juliet@localhost'/>");
        // An ordinary request now, in a namespace that nobody serves.
        client->send(session_request);
        CHECK(client->element().root().attr("type") == "error");
    }
}

TEST_CASE("whom the access rule denies gets no session") {
    for (const std::string rule : {"none", "closed", "missing"}) {
        INFO(rule);
        server_settings settings;
        settings.client = "access = \"" + rule + "\"\n";
        settings.sections = "[access]\nclosed = [{acl = \"all\", value = \"deny\"}]\n";
        if (rule == "missing") settings.sections += "missing = []\n";
        const auto server = server_with_juliet(settings);
        for (const transport how : all_transports) {
            INFO(to_string(how));
            const auto client = client_at(*server, how, stage::bound);
            client->send(session_request);
            expect_element(*client, std::string(not_allowed));
            expect_end(*client);
        }
        CHECK(server->counters().sessions_opened == 0);
    }
}

TEST_CASE("without the session request the refusal stands on the bind") {
    const auto server =
        server_with_juliet({.client = "access = \"none\"\nbackwards_compatible_session = false\n"});
    for (const transport how : all_transports) {
        INFO(to_string(how));
        const auto client = client_at(*server, how, stage::authenticated);
        client->send(bind_request(resource("balcony")));
        expect_element(*client, std::string(not_allowed));
        expect_end(*client);
    }
}

TEST_CASE("beyond max_user_sessions the oldest session goes") {
    const auto server = server_with_juliet(
        {.shards = 2, .sections = "[access]\nmax_user_sessions = [{acl = \"all\", value = 3}]\n"});
    for (const transport how : all_transports) {
        INFO(to_string(how));
        std::vector<std::unique_ptr<xmpp_client>> clients;
        for (int i = 0; i < 4; ++i) {
            clients.push_back(std::make_unique<xmpp_client>(*server, how));
            clients.back()->log_in(test_user, test_password, "r" + std::to_string(i));
        }
        expect_element(*clients[0],
                       "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                       "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>Replaced by new "
                       "connection</text></stream:error>");
        expect_end(*clients[0]);
        for (int i = 1; i < 4; ++i) {
            const auto& client = clients[static_cast<std::size_t>(i)];
            client->send("<iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>");
            expect_element(*client,
                           "<iq type='result' id='p' to='juliet@localhost/r" + std::to_string(i) + "'/>");
            client->close_stream();
            expect_end(*client);
        }
    }
}

TEST_CASE("a second bind is a request like any other") {
    const auto server = server_with_juliet();
    const auto client = client_at(*server, transport::tcp, stage::established);
    client->send(bind_request(resource("other")));
    const xml::document answer = client->element();
    INFO(describe(answer));
    CHECK(answer.root().attr("type") == "error");
    CHECK(answer.root().attr("to") == "juliet@localhost/balcony");
}
