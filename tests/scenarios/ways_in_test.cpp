// Ways in besides a port of one's own: UNIX sockets, sockets that systemd bound, XMPP on a port for HTTPS, a
// socket for each shard; and whom proxies name in fields of a request.

#include "gateway/base/log.hpp"
#include "gateway/net/listening_sockets.hpp"
#include "tests/scenarios/runner/other_program.hpp"
#include "tests/scenarios/runner/served_text.hpp"
#include "tests/scenarios/runner/server_program.hpp"
#include "tests/scenarios/runner/xmpp_client.hpp"
#include "tests/support/captured_log.hpp"
#include "tests/support/test_certificate.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

using namespace meerkat;
using namespace meerkat::testing;
namespace fs = std::filesystem;

namespace {

const std::string accounts = "[auth.anonymous]\n";
const std::string websocket =
    "[[listen.http.handlers.mongoose_websocket_handler]]\nhost = \"_\"\npath = \"/ws-xmpp\"\n";
const std::string health = "[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\n";

std::string unix_listener(const std::string& kind, const fs::path& path, const std::string& more = {}) {
    return "[[listen." + kind + "]]\nip_address = \"unix:" + path.string() + "\"\n" + more;
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

mode_t mode_of(const fs::path& file) {
    struct stat found{};
    REQUIRE(::stat(file.c_str(), &found) == 0);
    return found.st_mode & 0777U;
}

std::string get_health(connection client) {
    client.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    return client.read_all().substr(0, 12);
}

}  // namespace

TEST_CASE("a UNIX socket carries XMPP and HTTP, with the access rights it is to have") {
    const temporary_directory folder;
    {
        served_text server(unix_listener("c2s", folder / "xmpp", "unix_mode = \"0600\"\n") +
                           unix_listener("http", folder / "http", "unix_mode = \"0660\"\n") + websocket +
                           health + accounts);
        xmpp_client tcp(connection(folder / "xmpp"), transport::tcp);
        log_in(tcp);
        xmpp_client web(connection(folder / "http"), transport::websocket);
        log_in(web);
        CHECK(get_health(connection(folder / "http")) == "HTTP/1.1 200");
        CHECK(mode_of(folder / "xmpp") == 0600);
        CHECK(mode_of(folder / "http") == 0660);
        CHECK(server.running().addresses().at(1).address == "unix:" + (folder / "http").string());
    }
    CHECK_FALSE(fs::exists(folder / "xmpp"));
    CHECK_FALSE(fs::exists(folder / "http"));
}

TEST_CASE("the peer of a UNIX socket is no stranger: limits by address do not hold for it") {
    const temporary_directory folder;
    const served_text server("limits.unauthenticated_per_address = 1\n" +
                             unix_listener("c2s", folder / "xmpp") + accounts);
    const connection first(folder / "xmpp");
    const connection second(folder / "xmpp");
    xmpp_client third(connection(folder / "xmpp"), transport::tcp);
    third.open();
}

TEST_CASE("a UNIX socket that a killed server left is replaced, one that is in use is left alone") {
    const temporary_directory folder;
    const std::string text = unix_listener("http", folder / "http") + health;
    {
        auto left = net::listening_sockets::bind({.unix_path = (folder / "there").string()}, 1);
        REQUIRE(left.has_value());
        fs::rename(folder / "there", folder / "http");  // so that its owner does not remove it
    }
    REQUIRE(fs::exists(folder / "http"));
    const served_text server(text);
    CHECK(get_health(connection(folder / "http")) == "HTTP/1.1 200");
    const served_text second(text);
    CHECK(second.refusal().find("another process answers there") != std::string::npos);
    CHECK(get_health(connection(folder / "http")) == "HTTP/1.1 200");
}

TEST_CASE("a reload adds and removes UNIX sockets and changes who may use them") {
    const temporary_directory folder;
    const std::string first = unix_listener("http", folder / "first");
    served_text server(first + health + accounts);
    REQUIRE(server
                .reload(first + "unix_mode = \"0666\"\n" + health + unix_listener("c2s", folder / "second") +
                        accounts)
                .applied());
    CHECK(mode_of(folder / "first") == 0666);
    CHECK(fs::exists(folder / "second"));
    // Another kind of listener takes the socket over.
    REQUIRE(server.reload(unix_listener("c2s", folder / "first") + accounts).applied());
    xmpp_client client(connection(folder / "first"), transport::tcp);
    log_in(client);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (fs::exists(folder / "second") && std::chrono::steady_clock::now() < deadline) {
    }
    CHECK_FALSE(fs::exists(folder / "second"));
    CHECK(fs::exists(folder / "first"));
}

TEST_CASE("sockets that systemd has bound are used, and what is left over is closed") {
    const temporary_directory folder;
    const std::uint16_t port = free_port();
    const auto bound = net::listening_sockets::bind({.ip_address = "127.0.0.1", .port = port}, 1);
    const auto local = net::listening_sockets::bind({.unix_path = (folder / "http").string()}, 1);
    const auto unused = net::listening_sockets::bind({.ip_address = "127.0.0.1"}, 1);
    REQUIRE((bound && local && unused));
    std::ofstream(folder / "meerkat.toml")
        << "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\nshards = 2\n"
           "loglevel = \"notice\"\ndata_dir = \""
        << (folder / "data").string() << "\"\n"
        << accounts << listener("c2s", "127.0.0.1", port) << listener("http") << health
        << unix_listener("http", folder / "http") << health;
    // Whoever connects before the server runs waits for it.
    xmpp_client early(connection(port), transport::tcp);
    const connection none(unused->local().port);
    {
        const server_program server(folder.path(), {bound->at(0), local->at(0), unused->at(0)});
        log_in(early);
        CHECK(get_health(connection(folder / "http")) == "HTTP/1.1 200");
        CHECK(get_health(connection(server.port(1))) == "HTTP/1.1 200");
        const std::string log = server.log();
        INFO(log);
        CHECK(log.find("what=socket_inherited address=\"127.0.0.1 port " + std::to_string(port)) !=
              std::string::npos);
        CHECK(log.find("what=inherited_socket_unused address=\"127.0.0.1 port " +
                       std::to_string(unused->local().port)) != std::string::npos);
        server.signal(SIGTERM);
        server.wait_for_log("what=stopped");
    }
    // They belong to systemd, for the next start.
    CHECK(fs::exists(folder / "http"));
    const server_program again(folder.path(), {bound->at(0), local->at(0)});
    xmpp_client later(connection(port), transport::tcp);
    log_in(later);
}

TEST_CASE("XMPP clients reach a port for HTTPS by ALPN, where it takes them") {
    const test_certificate made("SHA256", "localhost");
    const std::string tls = "[listen.http.tls]\nverify_mode = \"none\"\ncertfile = \"" + made.certfile() +
                            "\"\nkeyfile = \"" + made.keyfile() + "\"\n";
    const served_text both(listener("http") + tls + "xmpp_alpn = true\n" + health + accounts);
    xmpp_client client(both.port(), transport::tls);
    CHECK(client.socket().alpn() == "xmpp-client");
    log_in(client);
    for (const std::string alpn : {"http/1.1", ""}) {
        connection web(both.port());
        REQUIRE(web.start_tls(alpn));
        CHECK(get_health(std::move(web)) == "HTTP/1.1 200");
    }
    const served_text http_only(listener("http") + tls + health + accounts);
    connection refused(http_only.port());
    CHECK_FALSE(refused.start_tls("xmpp-client"));
}

TEST_CASE("with reuse_port every shard has a socket of its own") {
    const auto sockets_of = [](std::uint16_t port) {
        char wanted[16];
        std::snprintf(wanted, sizeof wanted, ":%04X", port);
        std::ifstream table("/proc/net/tcp");
        std::size_t found = 0;
        for (std::string line; std::getline(table, line);) {
            std::istringstream words(line);
            std::string number, local, remote, state;
            words >> number >> local >> remote >> state;
            if (local.ends_with(wanted) && state == "0A") ++found;
        }
        return found;
    };
    const std::string shards = "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\n";
    for (const bool reuse : {false, true}) {
        const temporary_directory folder;
        std::ofstream(folder / "meerkat.toml")
            << shards << "shards = 3\ndata_dir = \"" << (folder / "data").string() << "\"\n"
            << accounts << listener("c2s") << "reuse_port = " << (reuse ? "true" : "false") << '\n';
        const server_program server(folder.path());
        CHECK(sockets_of(server.port()) == (reuse ? 3 : 1));
        for (int i = 0; i < 20; ++i) {
            xmpp_client client(server.port(), transport::tcp);
            log_in(client);
        }
    }
}

TEST_CASE("a client behind proxies that are trusted is who they say") {
    const auto logged = [](const std::string& general, const std::string& fields) {
        captured_log log;
        {
            const served_text server(general + listener("http") + websocket + accounts);
            log::set_level(log::level::info);
            websocket_client client{connection(server.port())};
            client.handshake("/ws-xmpp", {"Sec-WebSocket-Protocol: xmpp", fields});
            client.send("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>");
            client.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>");
            for (int i = 0; i < 3; ++i) client.receive();  // <open/>, features, success
            client.send("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>");
            client.receive();
            log::set_level(log::level::none);
        }
        const std::string all = log.text();
        const std::size_t at = all.find(" ip=");
        REQUIRE(at != std::string::npos);
        return all.substr(at + 1, all.find('\n', at) - at - 1);
    };
    const std::string trusted = "trusted_proxies = [\"127.0.0.0/8\", \"10.0.0.0/8\"]\n";
    CHECK(
        logged(trusted, "X-Forwarded-For: 203.0.113.9, 198.51.100.7, 10.0.0.1\r\nX-Forwarded-Proto: https") ==
        "ip=198.51.100.7 port=0 transport=websocket encrypted=true");
    CHECK(logged(trusted, "Forwarded: for=\"[2001:db8::7]:4711\"") ==
          "ip=2001:db8::7 port=4711 transport=websocket encrypted=false");
    CHECK(logged("", "X-Forwarded-For: 198.51.100.7").starts_with("ip=127.0.0.1 "));
    CHECK(logged("trusted_proxies = [\"10.0.0.0/8\"]\n", "Forwarded: for=198.51.100.7")
              .starts_with("ip=127.0.0.1 "));
}
