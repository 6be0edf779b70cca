// XMPP over WebSocket as it is on the wire: RFC 7395.

#include "tests/scenarios/runner/raw_deflate.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"

#include <catch2/catch.hpp>
#include <zlib.h>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::string_literals;

namespace {

const std::string open_element =
    "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";
const std::string close_element = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>";

websocket_client connected(const test_server& server) {
    websocket_client made(connection(server.port(transport::websocket)));
    const std::string answer = made.handshake();
    if (!answer.starts_with("HTTP/1.1 101 ")) throw std::runtime_error(answer);
    return made;
}

// All frames up to the end of the connection: texts, and "close CODE".
std::vector<std::string> rest_of(websocket_client& client) {
    std::vector<std::string> all;
    while (const auto frame = client.receive()) {
        if (frame->opcode == 8) {
            all.push_back("close " + std::to_string(frame->close_code()));
            client.send(frame->payload, {.opcode = 8});
        } else {
            all.push_back(frame->payload);
        }
    }
    return all;
}

void expect(const std::vector<std::string>& found, const std::vector<std::string>& wanted) {
    std::string text;
    for (const std::string& each : found) text += "\n  " + each;
    INFO("found" << text);
    REQUIRE(found.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        INFO("wanted " << wanted[i]);
        CHECK(is_like(wanted[i], found[i]));
    }
}

const std::string opened =
    "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' id='{*}' from='localhost' version='1.0' "
    "xml:lang='en'/>";
const std::string features = "<features xmlns='http://etherx.jabber.org/streams'>{*}</features>";

std::string stream_error_message(const std::string& condition, const std::string& text = {}) {
    return "<error xmlns='http://etherx.jabber.org/streams'><" + condition +
           " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>" +
           (text.empty()
                ? ""s
                : "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>" + text + "</text>") +
           "</error>";
}

// Connected, with compression agreed on.
websocket_client compressing(const test_server& server) {
    websocket_client made(connection(server.port(transport::websocket)));
    const std::string answer =
        made.handshake("/ws-xmpp", {"Sec-WebSocket-Protocol: xmpp",
                                    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"});
    INFO(answer);
    REQUIRE(answer.find("\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
                        "client_no_context_takeover\r\n") != std::string::npos);
    return made;
}

}  // namespace

TEST_CASE("with compression messages go compressed both ways, each by itself") {
    test_server server({.websocket = "compression = true\n"});
    websocket_client client = compressing(server);
    const std::string wire = deflated(open_element);
    client.send(wire.substr(0, 10), {.final = false, .reserved = 4});
    client.send(wire.substr(10), {.opcode = 0});
    std::string texts[2];
    for (std::string& each : texts) {
        const auto frame = client.receive();
        REQUIRE(frame);
        CHECK(frame->compressed);
        CHECK(frame->payload.size() < inflated(frame->payload).size());
        each = inflated(frame->payload);
    }
    CHECK(is_like(opened, texts[0]));
    CHECK(is_like(features, texts[1]));
    client.send(close_element);  // nobody has to compress
    expect(rest_of(client), {close_element, "close 1000"});

    // Whoever does not ask for it gets none.
    websocket_client plain = connected(server);
    plain.send(open_element);
    const auto frame = plain.receive();
    REQUIRE(frame);
    CHECK_FALSE(frame->compressed);
}

TEST_CASE("a compressed message is bounded by what it inflates to") {
    test_server server({.websocket = "compression = true\n"});
    const std::string bomb = deflated("<open a='" + std::string(50'000'000, 'a') + "'/>");
    CHECK(bomb.size() < 60'000);
    websocket_client first = compressing(server);
    first.send(bomb.substr(0, 5000), {.final = false, .reserved = 4});
    first.send("", {.opcode = 0});
    expect(rest_of(first), {"close 1009"});

    websocket_client later = compressing(server);
    later.send(open_element);
    later.receive();
    later.receive();
    later.send(deflated("<message><body>" + std::string(1'000'000, 'a') + "</body></message>"),
               {.reserved = 4});
    expect(rest_of(later), {"{*}", close_element, "close 1009"});

    websocket_client broken = compressing(server);
    broken.send("\xff\xff\xff", {.reserved = 4});
    expect(rest_of(broken), {"close 1007"});
}

TEST_CASE("a WebSocket is agreed on with the subprotocol as the client wrote it") {
    test_server server;
    const struct {
        std::vector<std::string> fields;
        std::string_view chosen;
    } rows[] = {
        {{"Sec-WebSocket-Protocol: xmpp"}, "xmpp"},
        {{"Sec-WebSocket-Protocol: XmPP"}, "XmPP"},
        {{"Sec-WebSocket-Protocol: chat, xmpp, other"}, "xmpp"},
        {{"Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: xmpp"}, "xmpp"},
        {{"Sec-WebSocket-Protocol: chat"}, ""},
        {{}, ""},
        {{"Sec-WebSocket-Protocol: xmpp", "Origin: https://elsewhere.example"}, "xmpp"},
        {{"Sec-WebSocket-Protocol: xmpp", "Sec-WebSocket-Extensions: permessage-deflate"}, "xmpp"},
    };
    for (const auto& each : rows) {
        websocket_client client{connection(server.port(transport::websocket))};
        const std::string answer = client.handshake("/ws-xmpp", each.fields);
        INFO(answer);
        CHECK(answer.starts_with("HTTP/1.1 101 "));
        CHECK(answer.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos);
        CHECK(answer.find("xtensions") == std::string::npos);
        std::string lower = answer;
        for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        const std::size_t place = lower.find("sec-websocket-protocol: ");
        CHECK((place != std::string::npos) == !each.chosen.empty());
        if (!each.chosen.empty() && place != std::string::npos)
            CHECK(answer.substr(place + 24, each.chosen.size() + 2) == std::string(each.chosen) + "\r\n");
    }
}

TEST_CASE("what asks for no WebSocket, or wrongly, gets no WebSocket") {
    test_server server;
    const std::string line = "GET /ws-xmpp HTTP/1.1\r\nHost: localhost\r\n";
    const std::string upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    const struct {
        std::string head;
        std::string_view status;
    } rows[] = {
        {line, "426"},
        {line + upgrade + "Sec-WebSocket-Version: 13\r\n", "400"},
        {line + upgrade + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n", "400"},
        {line + upgrade + key, "400"},
        {line + upgrade + key + "Sec-WebSocket-Version: 12\r\n", "400"},
        {line + upgrade + key + "Sec-WebSocket-Version: 13\r\n", "101"},
        {line + upgrade + key + "Sec-WebSocket-Version: 8\r\n", "101"},
        {line + upgrade + key + "Sec-WebSocket-Version: 7\r\n", "101"},
        {"GET /elsewhere HTTP/1.1\r\nHost: localhost\r\n" + upgrade + key + "Sec-WebSocket-Version: 13\r\n",
         "404"},
    };
    for (const auto& each : rows) {
        websocket_client client{connection(server.port(transport::websocket))};
        const std::string answer = client.request(each.head + "\r\n");
        INFO(each.head << answer);
        CHECK(answer.substr(9, 3) == each.status);
    }
}

TEST_CASE("the first message is <open/>, or nothing is said") {
    test_server server;
    for (const std::string& sent :
         {" " + open_element, "<?xml version='1.0'?>" + open_element, "hello"s, "<message/>"s,
          "<stream:stream to='localhost'>"s, "<open"s + "<"s, "<!-- --><open/>"s}) {
        INFO(sent);
        websocket_client client = connected(server);
        client.send(sent);
        for (const std::string& each : rest_of(client)) {
            INFO(each);
            CHECK(each.starts_with("close "));
        }
    }
}

TEST_CASE("<open/> is checked as a stream header is") {
    test_server server;
    const struct {
        std::string attributes;
        std::string condition;
    } rows[] = {
        {"to='nowhere.example' version='1.0'", "host-unknown"},
        {"version='1.0'", "host-unknown"},
        {"to='localhost'", "unsupported-version"},
        {"to='localhost' version='1.1'", "unsupported-version"},
    };
    for (const auto& each : rows) {
        INFO(each.attributes);
        websocket_client client = connected(server);
        client.send("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' " + each.attributes + "/>");
        expect(rest_of(client), {opened, stream_error_message(each.condition), close_element, "close 1000"});
    }
}

TEST_CASE("<close/> is answered by <close/> and the end of the WebSocket") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    for (const stage at : open_stages) {
        INFO(to_string(at));
        const auto client = client_at(server, transport::websocket, at);
        client->websocket().send(close_element);
        expect(rest_of(client->websocket()), {close_element, "close 1000"});
    }
}

TEST_CASE("a close frame without <close/> ends the session") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    const auto client = client_at(server, transport::websocket, stage::established);
    client->websocket().send("\x03\xe9"s, {.opcode = 8});  // 1001: the page is left
    expect(rest_of(client->websocket()), {"close 1001"});
}

TEST_CASE("messages may be fragmented, hold several elements, or part of one") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    const auto client = client_at(server, transport::websocket, stage::established);
    websocket_client& ws = client->websocket();
    const auto next_id = [&] { return std::string(client->element().root().attr("id")); };

    ws.send("<message xmlns='jabber:client' ", {.opcode = 1, .final = false});
    ws.send("id=", {.opcode = 0, .final = false});
    ws.send("ping", {.opcode = 9});
    ws.send("'1'/>", {.opcode = 0});
    const auto pong = ws.receive();
    REQUIRE(pong);
    CHECK(pong->opcode == 10);
    CHECK(pong->payload == "ping");
    CHECK(next_id() == "1");

    ws.send("<message xmlns='jabber:client' id='2'/><message xmlns='jabber:client' id='3'/>");
    CHECK(next_id() == "2");
    CHECK(next_id() == "3");

    ws.send("<message xmlns='jabber:client' ");
    ws.send("id='4'/>");
    CHECK(next_id() == "4");

    ws.send("binary", {.opcode = 2});
    ws.send("pong", {.opcode = 10});
    ws.send("<message xmlns='jabber:client' id='5'/>");
    CHECK(next_id() == "5");
}

TEST_CASE("a login in one message of many elements survives, wherever the session lives") {
    test_server server({.shards = 4});
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    for (int i = 0; i < 8; ++i) {
        websocket_client ws = connected(server);
        ws.send(open_element +
                "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
                "mechanism='PLAIN'>AGp1bGlldABjb3JyZWN0IGhvcnNl</auth>" +
                open_element +
                "<iq xmlns='jabber:client' type='set' id='b'><bind "
                "xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
                "<message xmlns='jabber:client' id='m'/>" +
                close_element);
        expect(rest_of(ws), {opened, features, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
                             "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' id='{*}' from='localhost' "
                             "to='juliet@localhost' version='1.0' xml:lang='en'/>",
                             features, "<iq {*}juliet@localhost/{*}</iq>", "<message {*}id='m'{*}/>",
                             close_element, "close 1000"});
    }
    CHECK(server.counters().moved_in > 0);
}

TEST_CASE("stanzas carry their namespace in every message") {
    test_server server;
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    const auto client = client_at(server, transport::websocket, stage::established);
    // Without one of its own, jabber:client is understood.
    client->websocket().send("<message id='1'><body>x</body></message>");
    const auto frame = client->websocket().receive();
    REQUIRE(frame);
    INFO(frame->payload);
    CHECK(frame->payload.starts_with("<message xmlns='jabber:client' "));
}

TEST_CASE("errors on a WebSocket are an error, <close/> and the end") {
    test_server server({.client = "max_stanza_size = 1000\n"});
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    const struct {
        std::string sent;
        std::string error;
    } rows[] = {
        {"<message></presence>", stream_error_message("xml-not-well-formed", "{*}")},
        {"<!-- -->", stream_error_message("restricted-xml", "{*}")},
        {open_element, stream_error_message("policy-violation")},
        {"<message><body>" + std::string(1100, 'a') + "</body></message>",
         stream_error_message("policy-violation", "element too big")},
        {"<message><body>" + std::string(10'000, 'a') + "</body></message>",
         stream_error_message("policy-violation", "element too big")},
    };
    for (const stage at : {stage::authenticated, stage::established}) {
        for (const auto& each : rows) {
            INFO(to_string(at) << " " << each.sent.substr(0, 60));
            const auto client = client_at(server, transport::websocket, at);
            client->websocket().send(each.sent);
            expect(rest_of(client->websocket()), {each.error, close_element, "close {*}"});
        }
    }
}

TEST_CASE("frames that break the protocol end the connection") {
    test_server server;
    const client_frame unmasked{.opcode = 1, .masked = false};
    const client_frame reserved{.opcode = 1, .reserved = 4};
    const client_frame unknown{.opcode = 3};
    const client_frame continued{.opcode = 0};
    for (const client_frame& how : {unmasked, reserved, unknown, continued}) {
        websocket_client client = connected(server);
        client.send(open_element, how);
        expect(rest_of(client), {"close 1002"});
    }
    websocket_client client = connected(server);
    client.send("<open \xff/>");
    expect(rest_of(client), {"close 1007"});
}

TEST_CASE("a silent WebSocket client is disconnected in negotiation, and pinged where that is asked for") {
    test_server server({.client = "state_timeout = 400\n"});
    websocket_client silent = connected(server);
    expect(rest_of(silent), {opened, stream_error_message("connection-timeout"), close_element, "close {*}"});

    test_server pinging({.websocket = "ping_rate = 200\ntimeout = 1000\n"});
    pinging.make_accounts({{std::string(test_user), std::string(test_password)}});
    const auto client = client_at(pinging, transport::websocket, stage::established);
    const auto ping = client->websocket().receive();
    REQUIRE(ping);
    CHECK(ping->opcode == 9);
    CHECK(ping->payload.empty());
    // Nothing is answered: the silence lasts too long.
    for (;;) {
        const auto frame = client->websocket().receive();
        REQUIRE(frame);
        if (frame->opcode == 9) continue;
        if (frame->opcode == 1) {
            CHECK(frame->payload == close_element);
            continue;
        }
        CHECK(frame->opcode == 8);
        CHECK(frame->close_code() == 1000);
        break;
    }
}
