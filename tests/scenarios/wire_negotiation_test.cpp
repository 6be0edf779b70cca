// Stream headers, features and STARTTLS: RFC 6120, 4 and 5, as they are on the wire.

#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/writer.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::string_literals;

namespace {

std::string answer_to(std::uint16_t port, std::string_view bytes) {
    connection c(port);
    c.write(bytes);
    return c.read_all();
}

std::string header_from(const std::string& domain, const std::string& lang = "en",
                        const std::string& to = {}) {
    return "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
           "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' id='{*}' from='" +
           domain + "'" + (to.empty() ? ""s : " to='" + to + "'") + " xml:lang='" + lang + "'>";
}

std::string opening(const std::string& attributes) { return "<stream:stream " + attributes + ">"; }

const std::string usual_namespaces = "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' ";
const std::string close_tag = "</stream:stream>";
const std::string features = "<stream:features>{*}</stream:features></stream:stream>";

void expect(const std::string& found, const std::string& wanted) {
    INFO("wanted " << wanted);
    INFO("found  " << found);
    CHECK(is_like(wanted, found));
}

std::vector<std::string> names_in(const xml::document& offered) {
    std::vector<std::string> names;
    for (const xml::element& each : xml::elements(offered.root())) names.emplace_back(each.name());
    return names;
}

std::vector<std::string> mechanisms_in(const xml::document& offered) {
    std::vector<std::string> names;
    const xml::element* list = offered.root().child("mechanisms", ns::sasl);
    if (list == nullptr) return names;
    for (const xml::element& each : xml::elements(*list)) names.emplace_back(each.text());
    return names;
}

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("a stream header is checked in order") {
    test_server server;
    const struct {
        std::string attributes;
        std::string answer;
    } rows[] = {
        {"xmlns='jabber:client' xmlns:stream='urn:other' to='localhost' version='1.0'",
         header_from("localhost") + stream_error_bytes("invalid-namespace")},
        {"xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'",
         header_from("localhost") + stream_error_bytes("invalid-namespace")},
        {"xmlns='jabber:client' xmlns:stream='urn:other' to='nowhere.example' version='0.9'",
         header_from("localhost") + stream_error_bytes("invalid-namespace")},
        {usual_namespaces + "version='1.0'", header_from("localhost") + stream_error_bytes("host-unknown")},
        {usual_namespaces + "to='nowhere.example' version='1.0'",
         header_from("localhost") + stream_error_bytes("host-unknown")},
        {usual_namespaces + "to='not a domain' version='1.0'",
         header_from("localhost") + stream_error_bytes("host-unknown")},
        {usual_namespaces + "to='nowhere.example' version='0.9'",
         header_from("localhost") + stream_error_bytes("host-unknown")},
        {usual_namespaces + "to='localhost'",
         header_from("localhost") + stream_error_bytes("unsupported-version")},
        {usual_namespaces + "to='localhost' version='1.23456'",
         header_from("localhost") + stream_error_bytes("unsupported-version")},
        {usual_namespaces + "to='other.example' version='2.0'",
         header_from("other.example") + stream_error_bytes("unsupported-version")},
        {usual_namespaces + "to='localhost' version='1.0'", header_from("localhost") + features},
        {usual_namespaces + "to='LocalHost' version='1.0'", header_from("localhost") + features},
        {usual_namespaces + "to='localhost' version='1.0' xml:lang='de'",
         header_from("localhost", "de") + features},
        {usual_namespaces + "to='localhost' version='1.0' xml:lang='" + std::string(36, 'x') + "'",
         header_from("localhost") + features},
        {usual_namespaces + "to='localhost' version='1.0' xml:lang=''", header_from("localhost") + features},
        {usual_namespaces + "to='localhost' version='1.0' from='juliet@localhost'",
         header_from("localhost", "en", "juliet@localhost") + features},
        {usual_namespaces + "to='localhost' version='1.0' from='@@'", header_from("localhost") + features},
        {usual_namespaces + "to='localhost' version='1.0' xml:lang=\"a'b&lt;\"",
         header_from("localhost", "a&apos;b&lt;") + features},
    };
    for (const auto& each : rows) {
        INFO(each.attributes);
        expect(answer_to(server.port(transport::tcp), opening(each.attributes) + close_tag), each.answer);
    }
}

TEST_CASE("another prefix for the stream namespace is another stream to some, and ours to read") {
    test_server server;
    const std::string answer =
        answer_to(server.port(transport::tcp),
                  "<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams' "
                  "to='localhost' version='1.0'></s:stream>");
    expect(answer, header_from("localhost") + features);
}

TEST_CASE("every header has an id of its own") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    std::set<std::string> ids;
    for (const transport how : all_transports) {
        for (const stage at : {stage::opened, stage::authenticated}) {
            const auto client = client_at(server, how, at);
            const std::string id(client->header().root().attr("id"));
            CHECK(id.size() >= 16);
            CHECK(ids.insert(id).second);
            // A body of BOSH names nobody.
            if (at == stage::authenticated && how != transport::bosh)
                CHECK(client->header().root().attr("to") == "juliet@localhost");
        }
    }
}

TEST_CASE("features come in order, each in its stage") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    const names plain_mechanisms = {"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"};
    const names tls_mechanisms = {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1",
                                  "PLAIN"};

    const auto plain = client_at(server, transport::tcp, stage::opened);
    CHECK(names_in(plain->features()) == names{"mechanisms", "register", "limits"});
    CHECK(mechanisms_in(plain->features()) == plain_mechanisms);

    xmpp_client offered(server.port(transport::starttls), transport::tcp);
    offered.open();
    CHECK(names_in(offered.features()) == names{"starttls", "mechanisms", "register", "limits"});
    CHECK(mechanisms_in(offered.features()) == plain_mechanisms);

    xmpp_client required(server.port_with_required_tls(), transport::tcp);
    required.open();
    CHECK(
        matches("<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
                "</stream:features>",
                required.features().root()));

    for (const transport how : {transport::starttls, transport::tls}) {
        const auto secured = client_at(server, how, stage::opened);
        CHECK(names_in(secured->features()) ==
              names{"sasl-channel-binding", "mechanisms", "register", "limits"});
        CHECK(mechanisms_in(secured->features()) == tls_mechanisms);
    }
    const auto page = client_at(server, transport::websocket, stage::opened);
    CHECK(names_in(page->features()) == names{"mechanisms", "register", "limits"});
    CHECK(mechanisms_in(page->features()) == plain_mechanisms);

    for (const transport how : all_transports) {
        const auto inside = client_at(server, how, stage::authenticated);
        CHECK(names_in(inside->features()) == names{"session", "bind", "limits"});
    }
}

TEST_CASE("direct TLS speaks xmpp-client, and a plain client there is cut off") {
    test_server server;
    connection c(server.port(transport::tls));
    REQUIRE(c.start_tls("xmpp-client"));
    CHECK(c.alpn() == "xmpp-client");
    connection plain(server.port(transport::tls));
    plain.write(client_header);
    CHECK(plain.read_all().find("stream") == std::string::npos);
}

TEST_CASE("STARTTLS where it is not offered fails and ends the stream") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    const auto client = client_at(server, transport::tcp, stage::opened);
    client->send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    expect(client->raw_rest(), "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>");
}

TEST_CASE("STARTTLS on a secured stream is refused, and the stream goes on") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    for (const transport how : {transport::starttls, transport::tls}) {
        INFO(to_string(how));
        const auto client = client_at(server, how, stage::opened);
        client->send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
        const xml::document answer = client->element();
        INFO(describe(answer));
        CHECK(
            matches("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls' type='error'>"
                    "<error code='400' type='modify'>"
                    "<bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                    "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>bad_config</text>"
                    "</error></starttls>",
                    answer.root()));
        CHECK(client->authenticate(test_user, test_password));
    }
}

TEST_CASE("what is sent in the clear behind STARTTLS never counts as secured") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    xmpp_client client(server.port(transport::starttls), transport::tcp);
    client.open();
    client.socket().write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" + std::string(client_header));
    // The connection ends without a word about what was injected.
    const std::string rest = client.raw_rest();
    INFO(rest);
    CHECK(rest.find("stream:features") == std::string::npos);
    CHECK(rest.find("<stream:stream") == std::string::npos);
}

TEST_CASE("a failed TLS handshake ends the connection silently") {
    test_server server;
    xmpp_client client(server.port(transport::starttls), transport::tcp);
    client.open();
    client.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    CHECK(client.element().root().is("proceed", ns::tls));
    client.socket().write("this is no TLS at all, and long enough to be seen as such");
    const std::string rest = client.raw_rest();
    CHECK(rest.find("stream") == std::string::npos);
}

TEST_CASE("nobody authenticates in the clear where TLS is required") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    for (const std::string& sent :
         {"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGp1bGlldAB4</auth>"s}) {
        xmpp_client client(server.port_with_required_tls(), transport::tcp);
        client.open();
        client.send(sent);
        expect(client.raw_rest(), stream_error_bytes("encryption-required", "Use of STARTTLS required"));
    }
    xmpp_client client(server.port_with_required_tls(), transport::starttls);
    CHECK_NOTHROW(client.log_in(test_user, test_password, "balcony"));
}

TEST_CASE("elements of negotiation in another namespace are told apart") {
    test_server server;
    for (const std::string name : {"starttls", "auth", "response", "abort"}) {
        INFO(name);
        const auto client = client_at(server, transport::tcp, stage::opened);
        client->send("<" + name + " xmlns='urn:example:other'/>");
        expect(client->raw_rest(), stream_error_bytes("invalid-namespace"));
    }
    const auto client = client_at(server, transport::tcp, stage::opened);
    client->send("<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'/>");
    expect(client->raw_rest(), stream_error_bytes("policy-violation", "SASL2 violation"));
}

TEST_CASE("stanzas before authentication end the stream") {
    test_server server;
    for (const std::string sent : {"<message to='juliet@localhost'/>", "<presence/>",
                                   "<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>"}) {
        INFO(sent);
        const auto client = client_at(server, transport::tcp, stage::opened);
        client->socket().write(sent);
        expect(client->raw_rest(), stream_error_bytes("not-authorized"));
    }
}

TEST_CASE("the limits that hold are announced, in each stage and on every transport") {
    const auto announced = [](std::string_view bytes, std::string_view seconds) {
        std::string limits = "<limits xmlns='urn:xmpp:stream-limits:0'>";
        if (!bytes.empty()) limits += "<max-bytes>" + std::string(bytes) + "</max-bytes>";
        if (!seconds.empty()) limits += "<idle-seconds>" + std::string(seconds) + "</idle-seconds>";
        return limits + "</limits>";
    };
    const auto limits_of = [](const xmpp_client& client) {
        const xml::element* limits = client.features().root().child("limits", ns::stream_limits);
        return limits == nullptr ? std::string() : xml::to_string(*limits);
    };
    const struct {
        std::string client, websocket;
        std::string before, after, websocket_before, websocket_after;
    } rows[] = {
        {"", "", announced("8192", "5"), announced("262144", ""), announced("8192", "5"),
         announced("262144", "60")},
        {"max_stanza_size = 1000\nstate_timeout = 300000\n", "timeout = 90500\n", announced("1000", "300"),
         announced("1000", ""), announced("1000", "90"), announced("1000", "90")},
        {"max_stanza_size = \"infinity\"\nstate_timeout = \"infinity\"\n", "timeout = \"infinity\"\n",
         announced("8192", ""), "", announced("8192", ""), ""},
    };
    for (const auto& each : rows) {
        test_server server({.client = each.client, .websocket = each.websocket});
        server.make_accounts({{std::string(test_user), std::string(test_password)}});
        for (const transport how : all_transports) {
            INFO(to_string(how) << " " << each.client);
            const auto client = client_at(server, how, stage::opened);
            CHECK(limits_of(*client) == (is_websocket(how) ? each.websocket_before : each.before));
            REQUIRE(client->authenticate(test_user, test_password));
            CHECK(limits_of(*client) == (is_websocket(how) ? each.websocket_after : each.after));
        }
    }
}
