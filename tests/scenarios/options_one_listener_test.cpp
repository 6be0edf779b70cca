// What is said of one listener holds there and nowhere else: who may open a session, and by which method.

#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

const std::string user(test_user);
const std::string password(test_password);

std::string own_listener(const std::string& options) {
    return "[[listen.c2s]]\nport = 0\nip_address = \"127.0.0.1\"\n" + options;
}

// Listeners of the test stand in front of those that every test server has.
std::uint16_t port_of(test_server& server, std::size_t which) {
    for (const bound_address& each : server.running().addresses()) {
        if (each.type == "c2s" && which-- == 0) return each.port;
    }
    throw std::runtime_error("there is no such listener");
}

std::string type_of_session_answer(xmpp_client& client) {
    client.bind("x");
    client.send(
        "<iq xmlns='jabber:client' type='set' id='s'>"
        "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>");
    return std::string(client.element().root().attr("type"));
}

bool knows(std::uint16_t port, const std::string& name, const std::string& secret) {
    xmpp_client client(port, transport::tcp);
    client.open();
    return client.authenticate(name, secret);
}

}  // namespace

TEST_CASE("the access rule of one listener does not hold at another") {
    test_server server({.sections = "[acl]\nblocked = [{user = \"juliet\"}]\n[access]\nguarded = [{acl = "
                                    "\"blocked\", value = \"deny\"}, {acl = \"all\", value = \"allow\"}]\n" +
                                    own_listener("access = \"guarded\"\n") +
                                    own_listener("access = \"none\"\n")});
    server.make_accounts({{user, password}, {"romeo", password}});
    const auto outcome = [&](std::size_t listener, const std::string& name) {
        xmpp_client client(port_of(server, listener), transport::tcp);
        client.open();
        REQUIRE(client.authenticate(name, password));
        const std::string type = type_of_session_answer(client);
        if (type == "error") CHECK(client.receive().what == received::kind::closed);
        return type;
    };
    CHECK(outcome(0, user) == "error");
    CHECK(outcome(0, "romeo") == "result");
    CHECK(outcome(1, user) == "error");
    CHECK(outcome(1, "romeo") == "error");
    for (const transport how : all_transports) {
        INFO(to_string(how));
        CHECK_NOTHROW(client_at(server, how, stage::established));
    }
}

TEST_CASE("access to raw sockets says nothing of HTTP") {
    test_server server({.c2s = "access = \"none\"\n"});
    server.make_accounts({{user, password}});
    for (const transport how : all_transports) {
        INFO(to_string(how));
        const bool inside_http = is_websocket(how) || how == transport::bosh;
        const auto client = client_at(server, how, stage::authenticated);
        CHECK(type_of_session_answer(*client) == (inside_http ? "result" : "error"));
    }
}

TEST_CASE("each listener admits the accounts of its own methods, and announces what all do") {
    test_server server({.auth = "methods = [\"internal\", \"anonymous\"]\n",
                        .sections = "[auth.anonymous]\nprotocol = \"login_anon\"\n" +
                                    own_listener("allowed_auth_methods = [\"internal\"]\n") +
                                    own_listener("allowed_auth_methods = [\"anonymous\"]\n")});
    server.make_accounts({{user, password}});
    const std::uint16_t accounts = port_of(server, 0);
    const std::uint16_t guests = port_of(server, 1);
    CHECK(knows(accounts, user, password));
    CHECK_FALSE(knows(accounts, "guest", "anything"));
    CHECK(knows(guests, "guest", "anything"));
    CHECK_FALSE(knows(guests, user, password));
    CHECK(knows(server.port(transport::tcp), user, password));
    CHECK(knows(server.port(transport::tcp), "guest", "anything"));

    xmpp_client there(guests, transport::tcp);
    there.open();
    xmpp_client here(server, transport::tcp);
    here.open();
    CHECK(describe(there.features()) == describe(here.features()));
    CHECK_FALSE(there.authenticate_by_scram(user, password, "SCRAM-SHA-256"));
    CHECK(there.failure().find("<not-authorized/>") != std::string::npos);
}
