// Two domains on one server, each with options of its own: who may log in, by what, and what is answered.

#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

constexpr std::string_view other = "other.example";

std::unique_ptr<test_server> server_with(const std::string& own_sections) {
    server_settings settings;
    settings.sections = "[[host_config]]\nhost = \"other.example\"\n" + own_sections;
    auto made = std::make_unique<test_server>(settings);
    made->make_accounts({{std::string(test_user), std::string(test_password)}});
    return made;
}

std::set<std::string> mechanisms(const xmpp_client& client) {
    std::set<std::string> offered;
    const xml::element* const list = client.features().root().child("mechanisms", ns::sasl);
    if (list == nullptr) return offered;
    for (const xml::element& each : xml::elements(*list)) offered.emplace(each.text());
    return offered;
}

std::unique_ptr<xmpp_client> opened(const test_server& server, transport how, std::string_view domain) {
    auto client = std::make_unique<xmpp_client>(server, how);
    client->open(domain);
    return client;
}

// A session of a user without an account.
std::unique_ptr<xmpp_client> guest(const test_server& server, transport how) {
    auto client = opened(server, how, other);
    client->send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>");
    REQUIRE(client->element().root().name() == "success");
    client->start_over();
    client->expect_new_stream();
    return client;
}

void expect(xmpp_client& client, const std::string& wanted) {
    const xml::document found = client.element();
    INFO("wanted " << wanted);
    INFO("found  " << describe(found));
    CHECK(matches(wanted, found.root()));
}

std::string version_request(std::string_view of) {
    return "<iq xmlns='jabber:client' type='get' id='v' to='" + std::string(of) +
           "'><query xmlns='jabber:iq:version'/></iq>";
}

const std::string only_guests = "[host_config.auth.anonymous]\n";
const std::string session_request =
    "<iq xmlns='jabber:client' type='set' id='s'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>";

}  // namespace

TEST_CASE("a domain offers the mechanisms of its own methods") {
    const auto server = server_with(only_guests);
    for (const transport how : all_transports) {
        INFO(to_string(how));
        CHECK(mechanisms(*opened(*server, how, other)) == std::set<std::string>{"ANONYMOUS"});
        const auto usual = mechanisms(*opened(*server, how, "localhost"));
        CHECK(usual.contains("PLAIN"));
        CHECK(usual.contains("SCRAM-SHA-256"));
        CHECK_FALSE(usual.contains("ANONYMOUS"));
    }
}

TEST_CASE("a method that only the other domain has does not log anybody in") {
    const auto server = server_with(only_guests);
    for (const transport how : all_transports) {
        INFO(to_string(how));
        const auto at_other = opened(*server, how, other);
        CHECK_FALSE(at_other->authenticate(test_user, test_password));
        const auto here = opened(*server, how, "localhost");
        here->send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>");
        expect(*here, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>");
        CHECK(here->authenticate(test_user, test_password));
        const auto client = guest(*server, how);
        CHECK(client->bind("").find("@other.example/") != std::string::npos);
        client->open_session();
    }
}

TEST_CASE("each domain answers with its own modules") {
    const auto server = server_with(only_guests + "[host_config.modules.mod_disco]\n");
    for (const transport how : all_transports) {
        INFO(to_string(how));
        const auto client = guest(*server, how);
        client->bind("");
        client->open_session();
        client->send(version_request(other));
        CHECK(client->element().root().attr("type") == "error");
        client->send(version_request("localhost"));
        expect(*client,
               "<iq type='result' id='v' from='localhost' to='{*}'><query xmlns='jabber:iq:version'>"
               "<name>Meerkat</name><version>{*}</version></query></iq>");
    }
}

TEST_CASE("a domain's own clauses judge its own users") {
    for (const bool denied : {true, false}) {
        server_settings settings;
        settings.client = "access = \"c2s\"\n";
        settings.sections =
            "[access]\nc2s = [{acl = \"blocked\", value = \"deny\"}, {acl = \"all\", value = "
            "\"allow\"}]\n[[host_config]]\nhost = \"other.example\"\n" +
            only_guests;
        settings.sections += denied ? "[[host_config.access.c2s]]\nacl = \"all\"\nvalue = \"deny\"\n"
                                    : "[host_config.acl]\nblocked = [{user = \"nobody\"}]\n";
        test_server server(settings);
        server.make_accounts({{std::string(test_user), std::string(test_password)}});
        for (const transport how : all_transports) {
            INFO(to_string(how) << (denied ? ", denied" : ", allowed"));
            const auto client = guest(server, how);
            client->bind("");
            client->send(session_request);
            CHECK(client->element().root().attr("type") == (denied ? "error" : "result"));
            CHECK_NOTHROW(client_at(server, how, stage::established));
        }
    }
}

TEST_CASE("a domain may allow its users fewer sessions") {
    const auto server = server_with(
        "[[host_config.access.max_user_sessions]]\nacl = \"all\"\nvalue = 1\n"
        "[host_config.auth.dummy]\nbase_time = 0\nvariance = 1\n");
    for (const std::string_view domain : {other, std::string_view("localhost")}) {
        INFO(domain);
        std::unique_ptr<xmpp_client> clients[2];
        for (int i = 0; i < 2; ++i) {
            clients[i] = opened(*server, transport::tcp, domain);
            REQUIRE(clients[i]->authenticate(test_user, test_password));
            clients[i]->bind("r" + std::to_string(i));
            clients[i]->open_session();
        }
        if (domain == other) {
            expect(*clients[0],
                   "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                   "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>Replaced by new "
                   "connection</text></stream:error>");
        } else {
            clients[0]->send(
                "<iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>");
            CHECK(clients[0]->element().root().attr("type") == "result");
        }
    }
}

TEST_CASE("sessions that are ending anyway do not push out others") {
    server_settings settings;
    settings.sections = "[access]\nmax_user_sessions = [{acl = \"all\", value = 2}]\n";
    test_server server(settings);
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    xmpp_client first(server, transport::tcp);
    first.log_in(test_user, test_password, "first");
    for (int i = 0; i < 5; ++i) {
        // The second resource again and again: each replaces the one before.
        xmpp_client again(server, transport::tcp);
        again.log_in(test_user, test_password, "second");
        xmpp_client newer(server, transport::tcp);
        newer.log_in(test_user, test_password, "second");
        CHECK(again.element().root().name() == "error");
        first.send("<iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>");
        const xml::document answer = first.element();
        INFO(describe(answer));
        CHECK(answer.root().attr("type") == "result");
        newer.close_stream();
        newer.rest();
    }
}
