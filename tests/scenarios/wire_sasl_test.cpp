// SASL on the wire: RFC 6120, 6. Every way to fail, how often one may, and what follows success.

#include "gateway/base/encoding.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::string_literals;

namespace {

std::string authenticate(const std::string& mechanism, const std::string& text) {
    return "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='" + mechanism + "'>" + text + "</auth>";
}

std::string response(const std::string& text) {
    return "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" + text + "</response>";
}

const std::string abort_element = "<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

std::string failure(const std::string& condition) {
    return "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><" + condition + "/></failure>";
}

std::string plain(const std::string& message) { return authenticate("PLAIN", to_base64(message)); }

const std::string right = plain("\0juliet\0correct horse"s);

void answers(xmpp_client& client, const std::string& sent, const std::string& wanted) {
    client.send(sent);
    const xml::document found = client.element();
    INFO("sent   " << sent);
    INFO("wanted " << wanted);
    INFO("found  " << describe(found));
    CHECK(matches(wanted, found.root()));
}

std::unique_ptr<test_server> server_with_juliet(const server_settings& settings = {}) {
    auto made = std::make_unique<test_server>(settings);
    made->make_accounts({{std::string(test_user), std::string(test_password)}});
    return made;
}

}  // namespace

TEST_CASE("every wrong login fails with its condition, and the right one is taken afterwards") {
    const auto server = server_with_juliet();
    const struct {
        std::string sent;
        std::string condition;
    } rows[] = {
        {authenticate("NO-SUCH", "AAAA"), "invalid-mechanism"},
        {authenticate("", "AAAA"), "invalid-mechanism"},
        {authenticate("DIGEST-MD5", ""), "invalid-mechanism"},
        {authenticate("ANONYMOUS", ""), "invalid-mechanism"},
        {authenticate("EXTERNAL", "="), "invalid-mechanism"},
        {"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>AAAA</auth>", "invalid-mechanism"},
        {authenticate("PLAIN", "this is no base64"), "incorrect-encoding"},
        {authenticate("PLAIN", "AAA"), "incorrect-encoding"},
        {authenticate("PLAIN", "="), "malformed-request"},
        {plain("juliet"), "malformed-request"},
        {plain("a\0b\0c\0d"s), "malformed-request"},
        {plain("\0juliet\0wrong"s), "not-authorized"},
        {plain("\0nobody\0correct horse"s), "not-authorized"},
        {plain("\0\0correct horse"s), "not-authorized"},
        {plain("\0juliet\0"s), "not-authorized"},
        {plain("\0@not prepared@\0x"s), "not-authorized"},
        {authenticate("SCRAM-SHA-256", to_base64("nonsense")), "malformed-request"},
        {authenticate("SCRAM-SHA-256", to_base64("n,,m=ext,n=juliet,r=abc")), "not-authorized"},
    };
    for (const transport how : all_transports) {
        for (const auto& each : rows) {
            INFO(to_string(how));
            const auto client = client_at(*server, how, stage::opened);
            client->send(each.sent);
            const xml::document found = client->element();
            INFO(each.sent << "\n" << describe(found));
            const bool same = matches(failure(each.condition), found.root());
            // Preparation of an empty or impossible name may already be called malformed.
            CHECK(
                (same ||
                 (each.condition == "not-authorized" && matches(failure("malformed-request"), found.root()) &&
                  each.sent != plain("\0juliet\0wrong"s) && each.sent != plain("\0nobody\0correct horse"s))));
            CHECK(client->authenticate(test_user, test_password));
        }
    }
}

TEST_CASE("the user may be named with a domain, and an authzid is allowed") {
    const auto server = server_with_juliet();
    for (const std::string& sent :
         {right, plain("\0juliet@localhost\0correct horse"s),
          plain("juliet@localhost\0juliet\0correct horse"s), plain("\0JULIET\0correct horse"s)}) {
        const auto client = client_at(*server, transport::tcp, stage::opened);
        answers(*client, sent, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    }
}

TEST_CASE("without an initial response the server asks for one") {
    const auto server = server_with_juliet();
    for (const transport how : all_transports) {
        const auto client = client_at(*server, how, stage::opened);
        answers(*client, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'/>",
                "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
        answers(*client, response(to_base64("\0juliet\0correct horse"s)),
                "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    }
}

TEST_CASE("an exchange may be aborted, and a wrong proof is refused") {
    const auto server = server_with_juliet();
    for (const transport how : all_transports) {
        INFO(to_string(how));
        const auto client = client_at(*server, how, stage::opened);
        client->send(authenticate("SCRAM-SHA-256", to_base64("n,,n=juliet,r=abc")));
        CHECK(client->element().root().name() == "challenge");
        answers(*client, abort_element, failure("aborted"));
        CHECK_FALSE(client->authenticate_by_scram(test_user, "wrong", "SCRAM-SHA-256"));
        CHECK(client->failure().find("not-authorized") != std::string::npos);
        // Nobody learns at which step that there is no such user.
        CHECK_FALSE(client->authenticate_by_scram("nobody", "wrong", "SCRAM-SHA-256"));
        CHECK(client->failure().find("not-authorized") != std::string::npos);
        CHECK(client->authenticate_by_scram(test_user, test_password, "SCRAM-SHA-256"));
    }
}

TEST_CASE("an unknown user gets a challenge as anybody does") {
    const auto server = server_with_juliet();
    const auto client = client_at(*server, transport::tcp, stage::opened);
    client->send(authenticate("SCRAM-SHA-256", to_base64("n,,n=nobody,r=abc")));
    CHECK(client->element().root().name() == "challenge");
}

TEST_CASE("SCRAM binds to the TLS channel") {
    const auto server = server_with_juliet();
    for (const transport how : {transport::starttls, transport::tls}) {
        for (const std::string_view mechanism : {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"}) {
            const auto client = client_at(*server, how, stage::opened);
            CHECK(client->authenticate_by_scram(test_user, test_password, mechanism));
        }
        // A client that could have bound but was told that the server cannot has been lied to.
        const auto client = client_at(*server, how, stage::opened);
        client->send(authenticate("SCRAM-SHA-256", to_base64("y,,n=juliet,r=abc")));
        const xml::document found = client->element();
        INFO(describe(found));
        CHECK(matches(failure("not-authorized"), found.root()));
    }
    const auto client = client_at(*server, transport::tcp, stage::opened);
    answers(*client, authenticate("SCRAM-SHA-256-PLUS", to_base64("p=tls-exporter,,n=juliet,r=abc")),
            failure("invalid-mechanism"));
}

TEST_CASE("the fourth failure closes the connection, aborts counted") {
    const auto server = server_with_juliet();
    const std::string wrong = plain("\0juliet\0wrong"s);
    for (const transport how : all_transports) {
        INFO(to_string(how));
        const auto client = client_at(*server, how, stage::opened);
        answers(*client, wrong, failure("not-authorized"));
        client->send(authenticate("SCRAM-SHA-256", to_base64("n,,n=juliet,r=abc")));
        CHECK(client->element().root().name() == "challenge");
        answers(*client, abort_element, failure("aborted"));
        answers(*client, wrong, failure("not-authorized"));
        answers(*client, wrong, failure("not-authorized"));
        CHECK(client->receive().what == received::kind::closed);
        CHECK(client->receive().what == received::kind::ended);
    }
}

TEST_CASE("STARTTLS forgets the failures before it") {
    const auto server = server_with_juliet();
    xmpp_client client(server->port(transport::starttls), transport::tcp);
    client.open();
    for (int i = 0; i < 3; ++i) CHECK_FALSE(client.authenticate(test_user, "wrong"));
    client.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    CHECK(client.element().root().name() == "proceed");
    REQUIRE(client.socket().start_tls());
    client.start_over();
    client.expect_new_stream();
    for (int i = 0; i < 3; ++i) CHECK_FALSE(client.authenticate(test_user, "wrong"));
    CHECK(client.authenticate(test_user, test_password));
}

TEST_CASE("after success only a new stream may come") {
    const auto server = server_with_juliet();
    const auto client = client_at(*server, transport::tcp, stage::opened);
    client->socket().write(right + "<message/>");
    const std::string found = client->raw_rest();
    INFO(found);
    CHECK(
        is_like("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>{*}"
                "<stream:error><xml-not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>{*}",
                found));
}

TEST_CASE("a stream opened in one name cannot be used under another") {
    const auto server = server_with_juliet();
    for (const transport how : {transport::tcp, transport::tls, transport::websocket}) {
        INFO(to_string(how));
        xmpp_client client(*server, how);
        client.send_header("to='localhost' version='1.0' from='romeo@localhost'");
        CHECK(client.receive().element.root().attr("to") == "romeo@localhost");
        client.element();
        client.send(right);
        const xml::document error = client.element();
        INFO(describe(error));
        CHECK(matches(
            "<stream:error><invalid-from xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
            error.root()));
        CHECK(client.receive().what == received::kind::closed);
    }
    xmpp_client client(*server, transport::tcp);
    client.send_header("to='localhost' version='1.0' from='juliet@localhost/somewhere'");
    client.receive();
    client.element();
    answers(client, right, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
}

TEST_CASE("a client that nobody asked to respond fails") {
    const auto server = server_with_juliet();
    const auto client = client_at(*server, transport::tcp, stage::opened);
    answers(*client, response("AAAA"), failure("malformed-request"));
    CHECK(client->authenticate(test_user, test_password));
}

TEST_CASE("a login in pieces of one byte is a login") {
    const auto server = server_with_juliet();
    const auto client = client_at(*server, transport::tls, stage::opened);
    for (const char c : right) client->socket().write(std::string_view(&c, 1));
    CHECK(client->element().root().name() == "success");
}

TEST_CASE("anonymous users get a name of their own") {
    test_server server(
        {.auth = "methods = [\"internal\", \"anonymous\"]\n", .sections = "[auth.anonymous]\n"});
    for (const transport how : all_transports) {
        INFO(to_string(how));
        const auto client = client_at(server, how, stage::opened);
        client->send(authenticate("ANONYMOUS", ""));
        CHECK(client->element().root().name() == "success");
        client->start_over();
        client->expect_new_stream();
        const std::string full = client->bind("");
        INFO(full);
        CHECK(full.find("@localhost/") != std::string::npos);
        client->open_session();
    }
}
