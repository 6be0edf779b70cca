// How connections end: the server's last word arrives, whatever the client is still sending.

#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"

#include <catch2/catch.hpp>

using namespace meerkat::testing;

namespace {

const std::string user(test_user);
const std::string password(test_password);
constexpr int times = 10;
const std::string more(3000, 'a');  // so often: less than is read and dropped

}  // namespace

TEST_CASE("an error is not lost to what the client still sends") {
    test_server server;
    server.make_accounts({{user, password}});
    for (const transport how : {transport::tcp, transport::tls}) {
        INFO(to_string(how));
        const auto client = client_at(server, how, stage::established);
        client->socket().write("<message></presence>");
        for (int i = 0; i < times; ++i) client->socket().write(more);
        const std::string found = client->raw_rest();
        INFO(found);
        CHECK(is_like(stream_error_bytes("xml-not-well-formed", "{*}"), found));
        CHECK_FALSE(client->socket().was_reset());
    }
    const auto page = client_at(server, transport::websocket, stage::established);
    page->websocket().send("<message></presence>");
    for (int i = 0; i < times; ++i) page->websocket().send(more);
    CHECK(page->rest().find("<xml-not-well-formed") != std::string::npos);
    CHECK_FALSE(page->socket().was_reset());

    connection poster(server.port(transport::bosh));
    poster.write("POST /http-bind HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n");
    for (int i = 0; i < times; ++i) poster.write(more);
    const std::string answer = poster.read_all();
    INFO(answer);
    CHECK(answer.starts_with("HTTP/1.1 413 "));
    CHECK(answer.ends_with("condition='policy-violation'/>"));
    CHECK_FALSE(poster.was_reset());
}

TEST_CASE("a client that is replaced may still close its stream") {
    test_server server;
    server.make_accounts({{user, password}});
    for (const transport how :
         {transport::tcp, transport::starttls, transport::tls, transport::websocket, transport::wss}) {
        INFO(to_string(how));
        xmpp_client older(server, how);
        xmpp_client newer(server, how);
        const std::string resource = "a:b::" + std::string(to_string(how));
        const std::string full = older.log_in(user, password, resource);
        CHECK(newer.log_in(user, password, resource) == full);
        CHECK(
            matches("<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                    "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>Replaced by new "
                    "connection</text></stream:error>",
                    older.element().root()));
        CHECK(older.receive().what == received::kind::closed);
        older.close_stream();
        CHECK(older.receive().what == received::kind::ended);
        CHECK_FALSE(older.socket().was_reset());
        newer.send("<message xmlns='jabber:client' id='1' to='" + full + "'/>");
        CHECK(newer.element().root().attr("id") == "1");
    }
}
