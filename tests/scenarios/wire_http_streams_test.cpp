// Streams inside HTTP: what belongs to TLS on a raw socket is not theirs, be the connection encrypted or not.

#include "gateway/base/encoding.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

struct way {
    transport how;
    bool encrypted;
};
constexpr way ways[] = {{transport::websocket, false},
                        {transport::websocket, true},
                        {transport::bosh, false},
                        {transport::bosh, true}};

std::unique_ptr<xmpp_client> opened(const test_server& server, const way& by) {
    const std::uint16_t port = server.port(by.encrypted ? transport::wss : transport::websocket);
    const auto connect = [port, encrypted = by.encrypted] {
        connection made(port);
        if (encrypted && !made.start_tls("http/1.1")) throw std::runtime_error("the TLS handshake failed");
        return made;
    };
    auto client = std::make_unique<xmpp_client>(connect, by.how);
    client->open();
    return client;
}

std::string authenticate(const std::string& mechanism, const std::string& message) {
    return "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='" + mechanism + "'>" +
           to_base64(message) + "</auth>";
}

}  // namespace

TEST_CASE("inside HTTP neither STARTTLS nor channel binding is offered or taken") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    for (const way& by : ways) {
        INFO(to_string(by.how) << (by.encrypted ? ", encrypted" : ""));
        const auto client = opened(server, by);
        const std::string features = describe(client->features());
        INFO(features);
        for (const char* absent : {"starttls", "-PLUS", "sasl-channel-binding", "urn:xmpp:sasl:2"})
            CHECK(features.find(absent) == std::string::npos);
        CHECK(features.find(">SCRAM-SHA-256<") != std::string::npos);
        client->send(authenticate("SCRAM-SHA-256-PLUS", "p=tls-exporter,,n=juliet,r=abc"));
        CHECK(describe(client->element()).find("<invalid-mechanism/>") != std::string::npos);
        // Nobody lies to a client that could bind and hears that the server cannot.
        client->send(authenticate("SCRAM-SHA-256", "y,,n=juliet,r=abc"));
        CHECK(client->element().root().name() == "challenge");

        const auto upgrading = opened(server, by);
        upgrading->send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
        const xml::document answer = upgrading->element();
        INFO(describe(answer));
        CHECK(answer.root().is(by.encrypted ? "starttls" : "failure", ns::tls));
        if (by.encrypted)
            CHECK(upgrading->authenticate(test_user, test_password));
        else
            CHECK(upgrading->receive().what == received::kind::closed);
    }
}

TEST_CASE("inside HTTP there is no SASL2") {
    test_server server;
    for (const way& by : ways) {
        INFO(to_string(by.how) << (by.encrypted ? ", encrypted" : ""));
        const auto client = opened(server, by);
        client->send("<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'/>");
        const xml::document error = client->element();
        INFO(describe(error));
        CHECK(
            matches("<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                    "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>SASL2 violation</text>"
                    "</stream:error>",
                    error.root()));
        CHECK(client->receive().what == received::kind::closed);
    }
}
