// BOSH as it stands on the wire: HTTP, the bodies' attributes, and what ends a session.

#include "tests/scenarios/runner/bosh_by_hand.hpp"
#include "tests/scenarios/runner/served_text.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <future>
#include <set>
#include <thread>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

const std::string user(test_user);
const std::string password(test_password);

std::string terminal(const std::string& condition) {
    return "<body xmlns='http://jabber.org/protocol/httpbind' type='terminate' condition='" + condition +
           "'/>";
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

constexpr std::string_view ping = "<iq type='get' id='p' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>";

}  // namespace

TEST_CASE("BOSH answers every kind of HTTP request, with fields for pages of other sites") {
    test_server server;
    const std::uint16_t port = server.port(transport::bosh);
    const auto allows = [](const http_answer& a, const std::string& origin) {
        CHECK(has(a.head, "Access-Control-Allow-Origin: " + origin + "\r\n"));
        CHECK(has(a.head, "Access-Control-Allow-Methods: POST, OPTIONS, GET\r\n"));
        CHECK(has(a.head, "Access-Control-Allow-Headers: content-type\r\n"));
        CHECK(has(a.head, "Access-Control-Max-Age: 1728000\r\n"));
    };
    const auto options = ask_once(port, {}, "OPTIONS", {"Origin: https://page.example"});
    CHECK(options.status() == 200);
    CHECK(options.body.empty());
    allows(options, "https://page.example");

    const auto page = ask_once(port, {}, "GET");
    CHECK(page.status() == 200);
    CHECK(has(page.head, "Content-Type: text/xml; charset=utf8\r\n"));
    CHECK(has(page.body, "BOSH"));
    CHECK_FALSE(has(page.head, "Access-Control-Allow-Origin"));

    const auto empty = ask_once(port, {}, "POST");
    CHECK(empty.status() == 400);
    CHECK(has(empty.body, "Missing request body"));
    allows(empty, "*");

    const auto put = ask_once(port, "x", "PUT");
    CHECK(put.status() == 405);
    CHECK(has(put.body, "Use POST request method"));
    allows(put, "*");

    const auto good = ask_once(port, creation(std::string(usual_creation)));
    CHECK(good.status() == 200);
    CHECK(has(good.head, "Content-Type: text/xml; charset=utf8\r\n"));
    allows(good, "*");

    http_exchange large(port);
    large.ask({}, "POST", {"Content-Length: 100000000"});
    const auto refused = large.answer();
    CHECK(refused.status() == 413);
    CHECK(refused.body == terminal("policy-violation"));
    allows(refused, "*");
}

TEST_CASE("what creates no BOSH session is told why") {
    test_server server({.bosh = "host_types = [\"localhost\"]\n"});
    const std::pair<std::string, std::string> cases[] = {
        {creation("rid='1' hold='1' to='unknown.example'"), "host-unknown"},
        {creation("rid='1' hold='1' to='other.example'"), "host-unknown"},  // served, but not over BOSH
        {creation("rid='1' hold='1' to='@'"), "host-unknown"},
        {creation("rid='1' hold='1'"), "improper-addressing"},
        {creation("hold='1' to='localhost'"), "bad-request"},
        {creation("rid='0' hold='1' to='localhost'"), "bad-request"},
        {creation("rid='9007199254740992' hold='1' to='localhost'"), "bad-request"},
        {creation("rid='1' to='localhost'"), "undefined-condition"},
        {creation("rid='1' hold='0' to='localhost'"), "undefined-condition"},
        {creation("rid='1' hold='-1' to='localhost'"), "undefined-condition"},
        {creation("rid='1' hold='1' wait='x' to='localhost'"), "bad-request"},
        {creation("rid='1' hold='1' to='localhost' newkey='short'"), "bad-request"},
        {creation("rid='1' type='terminate' to='localhost'"), "item-not-found"},
        {creation("rid='1' sid='nobody' to='localhost'"), "item-not-found"},
        {creation("rid='1' sid='ff" + std::string(38, '0') + "'"), "item-not-found"},
        {creation("rid='1' sid='00" + std::string(38, '0') + "'"), "item-not-found"},
        {"this is no XML", "bad-request"},
        {"<body", "bad-request"},
        {"<body rid='1' hold='1' to='localhost'/>", "bad-request"},
        {"<!-- --><body xmlns='http://jabber.org/protocol/httpbind'/>", "bad-request"},
        {"<other xmlns='http://jabber.org/protocol/httpbind' rid='1'/>", "bad-request"},
        {creation("rid='1' hold='1' to='localhost' content='" + std::string(10'000, 'x') + "'"),
         "policy-violation"},
    };
    for (const auto& [body, condition] : cases) {
        INFO(body.substr(0, 200));
        const auto answer = ask_once(server.port(transport::bosh), body);
        CHECK(answer.status() == 200);
        CHECK(answer.body == terminal(condition));
    }
    CHECK(server.live_streams() == 0);
}

TEST_CASE("a new BOSH session is told what was agreed and what the stream offers, in one answer") {
    test_server server({.shards = 4, .bosh = "inactivity = 20\nmax_pause = 50\n"});
    std::set<std::string> names;
    for (int i = 0; i < 8; ++i) {
        const by_hand session(server);
        CHECK(is_like(
            "<body xmlns='http://jabber.org/protocol/httpbind' sid='{*}' wait='55' requests='2' hold='1' "
            "from='localhost' inactivity='20' maxpause='50' ver='1.6' xmpp:restartlogic='true' "
            "xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh' "
            "xmlns:stream='http://etherx.jabber.org/streams'><stream:features>{*}<mechanisms{*}"
            "</stream:features></body>",
            session.created));
        CHECK(session.sid.size() == 40);
        CHECK(session.sid.find_first_not_of("0123456789abcdef") == std::string::npos);
        names.insert(session.sid);
    }
    CHECK(names.size() == 8);
}

TEST_CASE("times and numbers of a BOSH session keep to the service's bounds") {
    const auto wait_of = [](const std::string& options, const std::string& wanted) {
        test_server server({.bosh = options});
        const auto answer =
            ask_once(server.port(transport::bosh), creation("rid='1' to='localhost' hold='2' " + wanted));
        CHECK(attribute_of(answer.body, "hold") == "1");
        return attribute_of(answer.body, "wait");
    };
    CHECK(wait_of("", "wait='10'") == "10");
    CHECK(wait_of("", "wait='3600'") == "55");
    CHECK(wait_of("", "") == "55");
    CHECK(wait_of("wait_cap = 100\n", "") == "60");
    CHECK(wait_of("max_wait = 7\n", "wait='10'") == "7");
    CHECK(wait_of("max_wait = 200\nwait_cap = 100\n", "wait='300'") == "100");
    test_server endless({.bosh = "inactivity = \"infinity\"\nserver_acks = true\n"});
    const std::string created = by_hand(endless).created;
    CHECK_FALSE(has(created, "inactivity"));
    CHECK(attribute_of(created, "ack") == "100");
}

TEST_CASE("without the service BOSH is refused") {
    const served_text server(
        listener("http") +
        "[[listen.http.handlers.mongoose_bosh_handler]]\nhost = \"_\"\npath = \"/http-bind\"\n");
    REQUIRE(server.refusal().empty());
    CHECK(ask_once(server.port(), creation(std::string(usual_creation))).body == terminal("host-unknown"));
}

TEST_CASE("answers have the type that the client asked for") {
    test_server server;
    const auto answer =
        ask_once(server.port(transport::bosh),
                 creation(std::string(usual_creation) + " content='text/plain; charset=utf-8'"));
    CHECK(has(answer.head, "\r\nContent-Type: text/plain; charset=utf-8\r\n"));
    CHECK_FALSE(has(answer.head, "text/xml"));
    // A page that a form leads to must not run as one of this site.
    CHECK(has(answer.head, "\r\nContent-Security-Policy: sandbox\r\n"));
}

TEST_CASE("several stanzas come and go in one body, with their namespace and escapes") {
    test_server server({.shards = 2});
    server.make_accounts({{user, password}});
    const auto client = client_at(server, transport::bosh, stage::established);
    const std::string to = " to='juliet@localhost/balcony'";
    client->bosh().send("<message id='a'" + to +
                        "><body>&lt;&amp;&gt; ]]&gt;</body></message> "
                        "<message xmlns='jabber:client' id='b&quot;&apos;'" +
                        to + "/>");
    std::string got;
    while (!has(got, "id='b")) {
        const xml::document body = client->bosh().receive();
        CHECK(body.root().is("body", "http://jabber.org/protocol/httpbind"));
        for (const xml::element& each : xml::elements(body.root())) {
            CHECK(each.ns() == "jabber:client");
            got += describe(body);
        }
    }
    CHECK(has(got, "&lt;&amp;&gt; ]]&gt;"));
    CHECK(has(got, "id='b&quot;&apos;'"));
}

TEST_CASE("a held request is answered when its time is over") {
    test_server server({.bosh = "max_wait = 1\n"});
    const by_hand session(server);
    const auto begun = std::chrono::steady_clock::now();
    const auto held = ask_once(server.port(transport::bosh), session.text(101));
    CHECK(held.body == "<body xmlns='http://jabber.org/protocol/httpbind' sid='" + session.sid + "'/>");
    CHECK(std::chrono::steady_clock::now() - begun >= std::chrono::milliseconds(900));
}

TEST_CASE("a request beyond the window ends the session") {
    test_server server;
    const by_hand session(server);
    const auto held = session.ask(101);
    CHECK(session.ask(110)->answer().body == terminal("item-not-found"));
    CHECK(held->answer().body == terminal("item-not-found"));
    CHECK(session.ask(102)->answer().body == terminal("item-not-found"));
}

TEST_CASE("a broken body ends the session it is for") {
    for (const char* content : {"<a>", "text", "<a xmlns='x:&amp;'><b></a>", "<!DOCTYPE x>", "<?pi?>"}) {
        test_server server;
        const by_hand session(server);
        const auto held = session.ask(101);
        INFO(content);
        CHECK(session.ask(102, {}, content)->answer().body == terminal("bad-request"));
        CHECK(held->answer().body == terminal("bad-request"));
    }
}

TEST_CASE("a stanza above the limit ends a BOSH session with the stream's error") {
    test_server server({.client = "max_stanza_size = 1000\n"});
    server.make_accounts({{user, password}});
    const by_hand before(server);
    const std::string large = "<message><body>" + std::string(9000, 'x') + "</body></message>";
    const std::string early = before.ask(101, {}, large)->answer().body;
    CHECK(has(early, "condition='remote-stream-error'"));
    CHECK(has(early, "<policy-violation"));
    const auto client = client_at(server, transport::bosh, stage::established);
    client->send("<message id='fits' to='juliet@localhost'><body>" + std::string(900, 'x') +
                 "</body></message>");
    client->send("<message to='juliet@localhost'><body>" + std::string(1000, 'x') + "</body></message>");
    const std::string rest = client->rest();
    CHECK(has(rest, "<policy-violation"));
}

TEST_CASE("a session without requests ends, and others see it") {
    test_server server({.bosh = "inactivity = 1\n"});
    server.make_accounts({{user, password}});
    const auto client = client_at(server, transport::bosh, stage::established);
    REQUIRE(server.live_streams() == 1);
    client->bosh().forget_requests();
    while (server.live_streams() > 0) std::this_thread::yield();
    CHECK(client->receive().text.find("item-not-found") != std::string::npos);
}

TEST_CASE("a client that never logs in is told that its time is over") {
    test_server server({.client = "state_timeout = 500\n"});
    const by_hand session(server);
    const std::string told = session.ask(101)->answer().body;
    CHECK(has(told, "<connection-timeout"));
    CHECK(has(told, "type='terminate'"));
}

TEST_CASE("pauses, acknowledgements and reports go over the wire") {
    test_server server({.bosh = "server_acks = true\n"});
    const by_hand session(server, "ack='1'");
    const auto held = session.ask(101);
    const auto pause = session.ask(102, "pause='100'");
    const std::string start = "<body xmlns='http://jabber.org/protocol/httpbind' sid='" + session.sid + "'";
    CHECK(held->answer().body == start + " ack='102'/>");
    CHECK(pause->answer().body == start + "/>");
    const std::string report = session.ask(103, "ack='100'")->answer().body;
    CHECK(attribute_of(report, "report") == "101");
    CHECK(has(report, " time='"));
    CHECK(session.ask(101)->answer().body == start + " ack='102'/>");
    CHECK(session.ask(104, "pause='121'")->answer().body == terminal("policy-violation"));
}

TEST_CASE("BOSH is found at its host and path, and host-meta tells them") {
    const served_text server(listener("http") +
                             "[[listen.http.handlers.mongoose_bosh_handler]]\nhost = \"chat.example\"\n"
                             "path = \"/b\"\n[[listen.http.handlers.meerkat_discovery]]\nhost = \"_\"\n");
    CHECK(http_status(server.port(), "chat.example", "/b") == "200");
    CHECK(http_status(server.port(), "other.example", "/b") == "404");
    CHECK(http_status(server.port(), "chat.example", "/http-bind") == "404");
    const std::string found = http_get(server.port(), "chat.example", "/.well-known/host-meta");
    CHECK(has(found, "<Link rel='urn:xmpp:alt-connections:xbosh' href='http://chat.example/b'/>"));
}

TEST_CASE("a shaped BOSH session is read no faster than its shaper allows") {
    test_server server({.client = "shaper = \"slow\"\n", .sections = "[shaper.slow]\nmax_rate = 10000\n"});
    server.make_accounts({{user, password}});
    const auto client = client_at(server, transport::bosh, stage::established);
    const auto begun = std::chrono::steady_clock::now();
    const std::string text(8000, 'x');
    for (const char* id : {"1", "2", "3", "4", "5"}) {
        client->send("<message id='" + std::string(id) + "' to='juliet@localhost/balcony'><body>" + text +
                     "</body></message>");
    }
    for (const char* id : {"1", "2", "3", "4", "5"}) CHECK(client->element().root().attr("id") == id);
    // 40 kB: the first 10 are free, and so are the last body or two, which nothing comes behind.
    const auto took = std::chrono::steady_clock::now() - begun;
    CHECK(took >= std::chrono::milliseconds(1000));
}

TEST_CASE("a server that stops answers open requests with its reason") {
    for (const unsigned shards : {1U, 4U}) {
        test_server server({.shards = shards});
        server.make_accounts({{user, password}});
        const by_hand session(server);
        const auto held = session.ask(101);
        const auto client = client_at(server, transport::bosh, stage::established);
        client->send(ping);
        client->element();
        client->bosh().send({});
        auto stopped = std::async(std::launch::async, [&] { server.stop(); });
        CHECK(has(held->answer().body, "type='terminate' condition='system-shutdown'"));
        CHECK(has(client->rest(), "<system-shutdown"));
        stopped.get();
    }
}
