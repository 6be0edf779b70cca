// What broken, forbidden and oversized XML is answered with on a raw socket, byte by byte.

#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"

#include <catch2/catch.hpp>

using namespace meerkat::testing;
using namespace std::string_literals;

namespace {

// Bytes on a fresh connection, and everything that is answered.
std::string answer_to(const test_server& server, std::string_view bytes) {
    connection c(server.port(transport::tcp));
    c.write(bytes);
    return c.read_all();
}

void expect(const std::string& found, const std::string& wanted) {
    INFO("wanted " << wanted);
    INFO("found  " << found);
    CHECK(is_like(wanted, found));
}

struct row {
    std::string sent;
    std::string_view condition;
    std::string_view text;
};

}  // namespace

TEST_CASE("bytes that open no stream get a header and why not") {
    test_server server;
    const row rows[] = {
        {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "xml-not-well-formed", "{*}"},
        {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, "xml-not-well-formed", "{*}"},
        {"PROXY TCP4 1.2.3.4 5.6.7.8 444 5222\r\n", "xml-not-well-formed", "{*}"},
        {"\0a"s, "xml-not-well-formed", "{*}"},
        {"</stream:stream>", "xml-not-well-formed", "{*}"},
        {"<message/>", "xml-not-well-formed", "{*}"},
        {"<!-- hello -->", "restricted-xml", "{*}"},
        {"<?php ?>", "restricted-xml", "{*}"},
        {"<!DOCTYPE stream>", "restricted-xml", "{*}"},
        {"<?xml version='1.0' encoding='ISO-8859-1'?>", "unsupported-encoding", "{*}"},
        {"\xff\xfe<\0"s, "unsupported-encoding", "{*}"},
        {"<stream:stream a='" + std::string(9000, 'a'), "xml-not-well-formed", "{*}"},
    };
    for (const row& each : rows) {
        INFO(each.sent.substr(0, 60));
        expect(answer_to(server, each.sent),
               std::string(usual_header) + stream_error_bytes(each.condition, each.text));
    }
}

TEST_CASE("with hide_service_name not a byte is said to what opens no stream") {
    test_server server({.general = "hide_service_name = true\n"});
    for (const std::string& sent : {"GET / HTTP/1.1\r\n\r\n"s, "\0a"s, "<!-- -->"s, "<message/>"s}) {
        INFO(sent);
        CHECK(answer_to(server, sent).empty());
    }
    // Who speaks XMPP is answered as ever.
    expect(answer_to(server, std::string(client_header) + "</stream:stream>"),
           std::string(usual_header) + "<stream:features>{*}</stream:features></stream:stream>");
}

TEST_CASE("a stream opens behind an XML declaration, without one, and behind white space") {
    test_server server;
    const std::string header(client_header.substr(client_header.find("<stream")));
    for (const std::string& before : {""s, "<?xml version='1.0'?>"s, " \r\n\t"s, "\xef\xbb\xbf"s,
                                      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"s}) {
        INFO(before);
        expect(answer_to(server, before + header + "</stream:stream>"),
               std::string(usual_header) + "<stream:features>{*}</stream:features></stream:stream>");
    }
}

TEST_CASE("what breaks XML or its restrictions ends an open stream, at every stage") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    const row rows[] = {
        {"<message></presence>", "xml-not-well-formed", "{*}"},
        {"<message<", "xml-not-well-formed", "{*}"},
        {"<message a='1' a='2'/>", "xml-not-well-formed", "{*}"},
        {"<message>\0</message>"s, "xml-not-well-formed", "{*}"},
        {"<message>\x01</message>", "xml-not-well-formed", "{*}"},
        {"<message a='\x02'/>", "xml-not-well-formed", "{*}"},
        {"</other>", "xml-not-well-formed", "{*}"},
        {"<!-- comment -->", "restricted-xml", "{*}"},
        {"<message><!-- comment --></message>", "restricted-xml", "{*}"},
        {"<?pi data?>", "restricted-xml", "{*}"},
        {"<message><?pi?></message>", "restricted-xml", "{*}"},
        {"<!DOCTYPE a [<!ENTITY b 'c'>]>", "restricted-xml", "{*}"},
        {"<message><body>&other;</body></message>", "restricted-xml", "{*}"},
        {"<message><body>\xc3\x28</body></message>", "bad-format", "{*}"},
        {"<message><body>\xff</body></message>", "bad-format", "{*}"},
        {"text between stanzas", "bad-format", "{*}"},
        {"<message><x:y/></message>", "bad-namespace-prefix", "{*}"},
    };
    for (const stage at : open_stages) {
        for (const row& each : rows) {
            INFO(to_string(at) << ": " << each.sent);
            const auto client = client_at(server, transport::tcp, at);
            client->socket().write(each.sent);
            expect(client->raw_rest(), stream_error_bytes(each.condition, each.text));
        }
    }
}

TEST_CASE("a second stream where none is expected is against the policy, at every stage") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    for (const transport how : {transport::tcp, transport::tls}) {
        for (const stage at : open_stages) {
            INFO(to_string(how) << ", " << to_string(at));
            const auto client = client_at(server, how, at);
            client->socket().write(client_header.substr(client_header.find("<stream")));
            expect(client->raw_rest(), stream_error_bytes("policy-violation"));
        }
    }
}

TEST_CASE("the end of a stream is answered by the same, at every stage") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    for (const stage at : open_stages) {
        INFO(to_string(at));
        const auto client = client_at(server, transport::tcp, at);
        client->socket().write("</stream:stream>");
        expect(client->raw_rest(), "</stream:stream>");
    }
}

TEST_CASE("white space keeps a session alive, CDATA is text, prefixes of the header hold") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    const auto client = client_at(server, transport::tcp, stage::established);
    client->socket().write(" \n\t\r\n <message><body><![CDATA[<b>&]]></body></message>");
    const auto found = client->element();
    CHECK(matches("<message from='{*}' to='{*}'><body>&lt;b>&amp;</body></message>", found.root()));
}

TEST_CASE("an element beyond the limit is against the policy, finished or not") {
    test_server server({.client = "max_stanza_size = 1000\n"});
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    const std::string error = stream_error_bytes("policy-violation", "element too big");
    for (const transport how : {transport::tcp, transport::tls}) {
        INFO(to_string(how));
        const auto client = client_at(server, how, stage::established);
        const std::string frame = "<message><body></body></message>";
        const std::string fits =
            "<message><body>" + std::string(1000 - frame.size(), 'a') + "</body></message>";
        client->socket().write(fits);
        CHECK(client->element().root().child_text("body", "jabber:client").size() == 1000 - frame.size());
        client->socket().write("<message><body>" + std::string(1001 - frame.size(), 'a') +
                               "</body></message>");
        expect(client->raw_rest(), error);
        const auto other = client_at(server, how, stage::established);
        other->socket().write("<message><body>" + std::string(1000, 'a'));
        expect(other->raw_rest(), error);
    }
}

TEST_CASE("before authentication an element may have 8 KiB and 32 elements") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    auto client = client_at(server, transport::tcp, stage::opened);
    client->socket().write("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" + std::string(9000, 'a'));
    expect(client->raw_rest(), stream_error_bytes("policy-violation", "element too big"));
    client = client_at(server, transport::tcp, stage::opened);
    std::string many = "<iq type='set' id='1'>";
    for (int i = 0; i < 40; ++i) many += "<a/>";
    client->socket().write(many + "</iq>");
    expect(client->raw_rest(), stream_error_bytes("policy-violation", "{*}"));
    // Afterwards the listener's limit holds.
    client = client_at(server, transport::tcp, stage::established);
    client->socket().write("<message><body>" + std::string(100'000, 'a') + "</body></message>");
    CHECK(client->element().root().child_text("body", "jabber:client").size() == 100'000);
}

TEST_CASE("nesting and attributes are limited") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    std::string deep, wide = "<message ";
    for (int i = 0; i < 100; ++i) deep += "<a>";
    for (int i = 0; i < 100; ++i) wide += "a" + std::to_string(i) + "='' ";
    for (const std::string& each : {deep, wide + "/>"}) {
        const auto client = client_at(server, transport::tcp, stage::established);
        client->socket().write(each);
        expect(client->raw_rest(), stream_error_bytes("policy-violation", "{*}"));
    }
}

TEST_CASE("who is silent during negotiation is told so and disconnected, at every stage") {
    test_server server({.client = "state_timeout = 400\n"});
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    const std::string error = stream_error_bytes("connection-timeout");
    expect(answer_to(server, ""), std::string(usual_header) + error);
    expect(answer_to(server, "<stream:stre"), std::string(usual_header) + error);
    for (const transport how : {transport::tcp, transport::starttls, transport::tls}) {
        for (const stage at : {stage::opened, stage::authenticated}) {
            INFO(to_string(how) << ", " << to_string(at));
            expect(client_at(server, how, at)->raw_rest(), error);
        }
    }
}
