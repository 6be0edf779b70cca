// Listeners and handlers come, go and change by a reload, and nobody who is connected notices.

#include "gateway/base/log.hpp"
#include "tests/scenarios/runner/chatting.hpp"
#include "tests/scenarios/runner/other_program.hpp"
#include "tests/scenarios/runner/served_text.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/test_certificate.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

using lines = std::vector<std::string>;

const std::string accounts = "[auth.anonymous]\n[modules.mod_ping]\n";

std::string handler(const std::string& type, const std::string& path) {
    return "[[listen.http.handlers." + type + "]]\nhost = \"_\"\npath = \"" + path + "\"\n";
}
std::string health(const std::string& path = "/") { return handler("meerkat_health", path); }
std::string websocket(const std::string& path = "/ws-xmpp") {
    return handler("mongoose_websocket_handler", path);
}

void log_in(xmpp_client& client) {
    client.open();
    client.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>");
    REQUIRE(client.element().root().is("success", ns::sasl));
    client.start_over();
    client.expect_new_stream();
    client.bind("x");
    client.open_session();
}

bool alive(xmpp_client& client) {
    client.send("<iq type='get' id='p' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>");
    return client.element().root().attr("type") == "result";
}

bool connects(std::uint16_t port) {
    try {
        const connection made(port);
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

// Until the listening socket is closed, which its shard does a moment after the reload.
bool soon_refused(std::uint16_t port) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (connects(port)) {
        if (std::chrono::steady_clock::now() > deadline) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("a reload adds listeners") {
    served_text server(listener("c2s") + accounts);
    const auto report = server.reload(listener("c2s") + listener("http") + health() + accounts);
    INFO((report.problems.empty() ? "" : report.problems.front()));
    CHECK(report.changed == lines{"listen.http[0]"});
    CHECK(http_status(server.port(1), "localhost", "/healthz") == "200");
    CHECK(server.reload(listener("c2s") + listener("c2s") + accounts).changed ==
          lines{"listen.c2s[0 #2]", "listen.http[0]"});
    xmpp_client first(server.port(0), transport::tcp);
    xmpp_client second(server.port(1), transport::tcp);
    log_in(first);
    log_in(second);
}

TEST_CASE("a listener that a reload removes takes nobody more, and keeps whom it has") {
    const std::string kept = listener("c2s");
    const std::string web = listener("http") + websocket() + health();
    served_text server(kept + listener("c2s", "127.0.0.2") + web + accounts);
    const std::uint16_t second = server.port(1);
    const std::uint16_t http = server.port(2);
    xmpp_client by_tcp(connection(second, "127.0.0.2"), transport::tcp);
    xmpp_client by_websocket(http, transport::websocket);
    log_in(by_tcp);
    log_in(by_websocket);
    connection idle(http);
    idle.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    std::string answer;
    idle.read(answer);

    const auto report = server.reload(kept + accounts);
    CHECK(report.changed == lines{"listen.c2s[0 #2]", "listen.http[0]"});
    CHECK(soon_refused(http));
    CHECK(idle.read_all().empty());  // closed, for it has nothing to wait for
    for (int i = 0; i < 20; ++i) {
        CHECK(alive(by_tcp));
        CHECK(alive(by_websocket));
    }
    xmpp_client still(server.port(0), transport::tcp);
    log_in(still);
    by_websocket.close_stream();
    CHECK_FALSE(by_websocket.rest().empty());
}

TEST_CASE("a listener moves to another port") {
    const std::uint16_t before = free_port();
    const std::uint16_t after = free_port();
    served_text server(listener("c2s", "127.0.0.1", before) + accounts);
    xmpp_client client(before, transport::tcp);
    log_in(client);
    const auto report = server.reload(listener("c2s", "127.0.0.1", after) + accounts);
    lines both{"listen.c2s[" + std::to_string(before) + "]", "listen.c2s[" + std::to_string(after) + "]"};
    std::ranges::sort(both);
    CHECK(report.changed == both);
    xmpp_client other(after, transport::tcp);
    log_in(other);
    CHECK(soon_refused(before));
    CHECK(alive(client));
}

TEST_CASE("another kind of listener takes the same port over, and nobody is refused meanwhile") {
    const std::uint16_t port = free_port();
    served_text server(listener("c2s", "127.0.0.1", port) + accounts);
    xmpp_client client(port, transport::tcp);
    log_in(client);
    REQUIRE(server.reload(listener("http", "127.0.0.1", port) + health() + websocket() + accounts).applied());
    CHECK(http_status(port, "localhost", "/healthz") == "200");
    CHECK(alive(client));
    xmpp_client websocket_client(port, transport::websocket);
    log_in(websocket_client);
    REQUIRE(server.reload(listener("c2s", "127.0.0.1", port) + accounts).applied());
    CHECK(alive(websocket_client));
    xmpp_client again(port, transport::tcp);
    log_in(again);
}

TEST_CASE("a listener that cannot be bound leaves everything as it was") {
    const std::uint16_t port = free_port();
    served_text occupant(listener("c2s", "127.0.0.1", port) + accounts);
    served_text server(listener("c2s") + listener("http") + health() + accounts);
    const std::uint16_t there = server.port(1);
    const auto report = server.reload(listener("c2s") + listener("c2s", "127.0.0.1", port) +
                                      listener("http") + websocket("/other") + accounts);
    REQUIRE_FALSE(report.applied());
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems.front().find("port " + std::to_string(port)) != std::string::npos);
    CHECK(http_status(there, "localhost", "/healthz") == "200");
    CHECK(http_status(there, "localhost", "/other") == "404");
    CHECK(server.running().addresses().size() == 2);
}

TEST_CASE("handlers come and go with the next request, also on a connection that is open") {
    const std::string port = listener("http");
    served_text server(port + health() + websocket() + accounts);
    xmpp_client client(server.port(), transport::websocket);
    log_in(client);
    connection kept(server.port());
    const auto ask = [&kept](const std::string& path) {
        kept.write("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        std::string answer;
        while (answer.find("\r\n\r\n") == std::string::npos && kept.read(answer)) {
        }
        return answer.substr(9, 3);
    };
    CHECK(ask("/ws-xmpp") == "426");
    CHECK(ask("/state/healthz") == "404");
    REQUIRE(server.reload(port + health("/state") + accounts).applied());
    CHECK(ask("/ws-xmpp") == "404");
    CHECK(ask("/healthz") == "404");
    CHECK(ask("/state/healthz") == "200");
    CHECK(alive(client));
    REQUIRE(server.reload(port + websocket("/elsewhere") + accounts).applied());
    CHECK(ask("/elsewhere") == "426");
    CHECK(ask("/state/healthz") == "404");
    CHECK(alive(client));
}

TEST_CASE("the order of handlers is a change like any other") {
    const temporary_directory pages;
    std::ofstream(pages / "healthz") << "a page";
    const std::string all =
        handler("meerkat_static", "/[...]") + "directory = \"" + pages.path().string() + "\"\n";
    served_text server(listener("http") + all + health());
    CHECK(http_get(server.port(), "localhost", "/healthz").ends_with("a page"));
    const auto report = server.reload(listener("http") + health() + all);
    REQUIRE(report.applied());
    CHECK_FALSE(http_get(server.port(), "localhost", "/healthz").ends_with("a page"));
    // A folder is read anew.
    std::ofstream(pages / "new") << "a new page";
    CHECK(http_status(server.port(), "localhost", "/new") == "404");
    REQUIRE(server.reload(listener("http") + health() + all).applied());
    CHECK(http_get(server.port(), "localhost", "/new").ends_with("a new page"));
}

TEST_CASE("listeners begin to demand the PROXY protocol by a reload") {
    server_settings settings{.shards = 2};
    test_server server(settings);
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    xmpp_client before(server, transport::tcp);
    before.log_in(test_user, test_password, "before");
    settings.socket = "proxy_protocol = true\n";
    REQUIRE(server.reload(settings).changed.size() == server.running().addresses().size());
    for (const transport how : all_transports) {
        const auto by_proxy = [&server, how] {
            connection made(server.port(how));
            made.write("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n");
            return begin_transport(std::move(made), how);
        };
        xmpp_client client(by_proxy, how);
        client.log_in(test_user, test_password, std::string(to_string(how)));
    }
    CHECK(alive(before));
}

TEST_CASE("a listener gets TLS, then TLS from the first byte, then none again, for those who come then") {
    const test_certificate made("SHA256", "localhost");
    const auto with = [&made](const std::string& mode) {
        return listener("c2s") + "[listen.c2s.tls]\nmode = \"" + mode +
               "\"\nverify_mode = \"none\"\ncertfile = \"" + made.certfile() + "\"\nkeyfile = \"" +
               made.keyfile() + "\"\n" + accounts;
    };
    served_text server(listener("c2s") + accounts);
    xmpp_client plain(server.port(), transport::tcp);
    log_in(plain);
    REQUIRE(server.reload(with("starttls_required")).applied());
    xmpp_client upgraded(server.port(), transport::starttls);
    log_in(upgraded);
    REQUIRE(server.reload(with("tls")).applied());
    xmpp_client encrypted(server.port(), transport::tls);
    log_in(encrypted);
    REQUIRE(server.reload(listener("c2s") + accounts).applied());
    xmpp_client again(server.port(), transport::tcp);
    log_in(again);
    for (xmpp_client* const each : {&plain, &upgraded, &encrypted, &again}) CHECK(alive(*each));
}

TEST_CASE("listeners that come, go and change under load lose no message and no session") {
    const std::size_t sessions = sanitized ? 60 : 500;
    constexpr int reloads = 50;
    const std::uint16_t moving[] = {free_port(), free_port()};
    server_settings settings{.shards = 2};
    test_server server(settings);
    chatting_users users(server, sessions);
    users.start();
    int applied = 0;
    for (int i = 0; i < reloads; ++i) {
        server_settings next = settings;
        // The listeners that everybody came by are changed, or gone; others come and move about.
        if (i % 2 == 0) next.socket = "proxy_protocol = true\n";
        if (i % 5 == 4) next.without_listeners = true;
        next.sections = listener("c2s", "127.0.0.1", moving[i % 2]) +
                        listener("http", "127.0.0.1", moving[(i + 1) % 2]) +
                        (i % 3 == 0 ? websocket() : health());
        const reload_report report = server.reload(next);
        if (report.applied() && !report.changed.empty()) ++applied;
        INFO((report.problems.empty() ? "" : report.problems.front()));
        CHECK(report.applied());
        CHECK(connects(moving[0]));
        CHECK(connects(moving[1]));
    }
    CHECK(applied == reloads);
    // Whoever made requests while there was nowhere to make them makes them now.
    CHECK(server.reload(settings).applied());
    std::uint64_t said = 0;
    CHECK_NOTHROW(said = users.stop());
    CHECK(said > 0);
    CHECK(server.live_streams() >= sessions);
    CHECK(server.counters().sessions_opened == sessions);
}

TEST_CASE("a socket for each shard needs a restart where there is one already") {
    const std::uint16_t port = free_port();
    const std::string plain = listener("c2s", "127.0.0.1", port);
    served_text server(plain + accounts);
    const auto report = server.reload(plain + "reuse_port = true\n" + accounts);
    CHECK(report.problems ==
          lines{"listen.c2s, port " + std::to_string(port) + ": reuse_port needs a restart"});
}

TEST_CASE("whom the HTTP server believes and what it calls itself change with the next request") {
    const std::string web = listener("http") + health();
    served_text server(web);
    REQUIRE(server.reload("http_server_name = \"Burrow\"\n" + web).changed ==
            lines{"general.http_server_name"});
    CHECK(http_get(server.port(), "localhost", "/healthz").find("Server: Burrow\r\n") != std::string::npos);
    REQUIRE(server.reload("trusted_proxies = [\"127.0.0.0/8\"]\n" + web).applied());
    const std::string two_tales = "Forwarded: for=192.0.2.1\r\nX-Forwarded-For: 192.0.2.2\r\n";
    CHECK(http_status(server.port(), "localhost", "/healthz", two_tales) == "400");
    REQUIRE(server.reload(web).applied());
    CHECK(http_status(server.port(), "localhost", "/healthz", two_tales) == "200");
}
