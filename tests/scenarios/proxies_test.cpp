// nginx and HAProxy in front of the program, with the very files that docs/proxies shows: XMPP over
// WebSocket, BOSH, STARTTLS and direct TLS reaches it, and it knows who the client is. The client's address
// is another one of the machine than the proxies' own.

#include "handlers/bosh/bosh_options.hpp"
#include "tests/scenarios/runner/other_program.hpp"
#include "tests/scenarios/runner/server_program.hpp"
#include "tests/scenarios/runner/xmpp_client.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/test_certificate.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>
#include <iomanip>
#include <sstream>

using namespace meerkat;
using namespace meerkat::testing;
namespace fs = std::filesystem;

namespace {

const std::string client_ip = "127.0.0.5";

std::string text_of(const fs::path& file) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

// Every place is named in the shown files, or they would no longer be what is tested.
void put(std::string& text, const std::string& shown, const std::string& real) {
    std::size_t at = text.find(shown);
    INFO(text);
    REQUIRE(at != std::string::npos);
    for (; at != std::string::npos; at = text.find(shown, at + real.size()))
        text.replace(at, shown.size(), real);
}

// The program, with listeners as docs/proxies/meerkat.toml has them.
class site {
public:
    // `bosh`: options of its service.
    explicit site(const std::string& bosh = {}) {
        std::string listeners = shown("meerkat.toml");
        put(listeners, "[services.service_bosh]\n", "[services.service_bosh]\n" + bosh);
        for (const std::string port : {"5280", "15285", "15222", "15223"})
            put(listeners, "port = " + port + "\n", "port = 0\n");
        put(listeners, "/etc/meerkat/cert.pem", certificate_.certfile());
        put(listeners, "/etc/meerkat/key.pem", certificate_.keyfile());
        std::ofstream(folder_ / "meerkat.toml")
            << "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\nshards = 2\n"
               "loglevel = \"info\"\ntrusted_proxies = [\"127.0.0.1\"]\ndata_dir = \""
            << (folder_ / "data").string() << "\"\n[auth.anonymous]\n"
            << listeners;
        program_ = std::make_unique<server_program>(folder_.path());
    }

    // A file of docs/proxies with this program's ports and certificate in the places of those shown.
    std::string shown(const std::string& name) const {
        const std::string text = text_of(fs::path(MEERKAT_PROXIES) / name);
        REQUIRE_FALSE(text.empty());
        return text;
    }
    std::string at(std::size_t listener) const {
        return "127.0.0.1:" + std::to_string(program_->port(listener));
    }
    std::uint16_t http_port() const { return program_->port(2); }
    std::string starttls() const { return at(0); }
    std::string direct_tls() const { return at(1); }
    std::string http() const { return at(2); }
    std::string https() const { return at(3); }

    const fs::path& folder() const { return folder_.path(); }
    const test_certificate& certificate() const { return certificate_; }
    const server_program& program() const { return *program_; }

private:
    temporary_directory folder_;
    test_certificate certificate_{"SHA256", "localhost"};
    std::unique_ptr<server_program> program_;
};

// Returns the full JID.
std::string log_in(xmpp_client& client) {
    client.open();
    client.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>");
    REQUIRE(client.element().root().is("success", ns::sasl));
    client.start_over();
    client.expect_new_stream();
    std::string full = client.bind("x");
    client.open_session();
    return full;
}

connection from_client(std::uint16_t port) { return connection(port, "127.0.0.1", client_ip); }

connection https_from_client(std::uint16_t port) {
    connection secured = from_client(port);
    REQUIRE(secured.start_tls("http/1.1"));
    return secured;
}

void talks_over_tcp(const site& here, std::uint16_t port, transport how) {
    xmpp_client client(begin_transport(from_client(port), how), how);
    log_in(client);
    const std::string who = "ip=" + client_ip;
    here.program().wait_for_log(who);
    client.close_stream();
    CHECK(here.program().log().find("ip=127.0.0.1 ") == std::string::npos);
}

// A WebSocket, and one whose client claims to be somebody else.
void talks_over_websocket(const site& here, std::uint16_t port) {
    xmpp_client client(https_from_client(port), transport::websocket);
    log_in(client);
    const std::string as_websocket = "transport=websocket encrypted=true";
    here.program().wait_for_log(as_websocket);

    websocket_client lying(https_from_client(port));
    const std::string answer =
        lying.handshake("/ws-xmpp", {"Sec-WebSocket-Protocol: xmpp", "X-Forwarded-For: 203.0.113.9",
                                     "Forwarded: for=203.0.113.9", "X-Forwarded-Proto: http"});
    REQUIRE(answer.starts_with("HTTP/1.1 101"));
    lying.send("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>");
    lying.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>");
    here.program().wait_for_log(as_websocket, 2);
    const std::string log = here.program().log();
    INFO(log);
    CHECK(log.find("203.0.113.9") == std::string::npos);
    CHECK(log.find("ip=127.0.0.1 ") == std::string::npos);
    here.program().wait_for_log("ip=" + client_ip, 2);
}

void say(xmpp_client& from, xmpp_client& to, const std::string& whom, const std::string& text) {
    from.send("<message to='" + whom + "'><body>" + text + "</body></message>");
    CHECK(to.element().root().child_text("body", ns::client) == text);
}

// Two users, each with requests over two connections, then one by hand who claims to be somebody else.
void talks_over_bosh(const site& here, std::uint16_t port) {
    const auto through = [port] { return https_from_client(port); };
    xmpp_client one(through, transport::bosh), other(through, transport::bosh);
    const std::string ones = log_in(one), others = log_in(other);
    here.program().wait_for_log("ip=" + client_ip, 2);
    here.program().wait_for_log("transport=bosh encrypted=true", 2);
    for (int i = 0; i < 10; ++i) {
        say(one, other, others, "there " + std::to_string(i));
        say(other, one, ones, "and back " + std::to_string(i));
    }
    http_exchange line(through());
    const auto body = [](const std::string& attributes, const std::string& content = {}) {
        return "<body xmlns='http://jabber.org/protocol/httpbind' " + attributes + ">" + content + "</body>";
    };
    line.ask(body("rid='100' to='localhost' hold='1' wait='2' ver='1.6'"), "POST",
             {"X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9", "X-Forwarded-Proto: http"});
    const std::string sid = "sid='" + attribute_of(line.answer().body, "sid") + "'";
    const auto began = std::chrono::steady_clock::now();
    line.ask(body("rid='101' " + sid));
    const http_answer waited = line.answer();
    CHECK(waited.status() == 200);
    CHECK(waited.body == "<body xmlns='http://jabber.org/protocol/httpbind' " + sid + "/>");
    CHECK(std::chrono::steady_clock::now() - began >= std::chrono::milliseconds(1900));
    line.ask(
        body("rid='102' " + sid, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>"));
    CHECK(line.answer().body.find("<success") != std::string::npos);
    here.program().wait_for_log("ip=" + client_ip, 3);
    const std::string log = here.program().log();
    INFO(log);
    CHECK(log.find("203.0.113.9") == std::string::npos);
    CHECK(log.find("ip=127.0.0.1 ") == std::string::npos);
}

// The server waits no longer than its inactivity for who hangs up while a request is held.
void notices_who_hangs_up(const site& here, std::uint16_t port) {
    xmpp_client client([port] { return https_from_client(port); }, transport::bosh);
    log_in(client);
    client.bosh().send({});
    client.bosh().forget_requests();
    here.program().wait_for_log("what=session_closed");
}

const std::string impatient = "inactivity = 3\n";

// The machine's sockets at both ends of connections to a port, those included that are left over for a while.
std::size_t sockets_at(std::uint16_t port) {
    std::ostringstream end;
    end << ':' << std::uppercase << std::hex << std::setw(4) << std::setfill('0') << port;
    std::ifstream table("/proc/net/tcp");
    std::size_t count = 0;
    std::string number, own, peer;
    for (std::string line; std::getline(table, line);) {
        std::istringstream(line) >> number >> own >> peer;
        const bool listens = peer.ends_with(":0000");
        if (!listens && (own.ends_with(end.str()) || peer.ends_with(end.str()))) ++count;
    }
    return count;
}

std::string nginx_with(const site& here, const std::string& content) {
    const std::string folder = here.folder().string();
    std::ofstream(here.folder() / "nginx.conf")
        << "load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n"
           "daemon off;\nmaster_process off;\nerror_log stderr;\npid "
        << folder << "/nginx.pid;\nevents {}\n"
        << content;
    return folder + "/nginx.conf";
}

}  // namespace

namespace {

// nginx, with a port of the machine for that of HTTPS.
class nginx_for_http {
public:
    explicit nginx_for_http(const site& here) {
        std::string file = here.shown("nginx-http.conf");
        put(file, "127.0.0.1:5280", here.http());
        put(file, "listen 443 ssl", "listen 127.0.0.1:" + std::to_string(https) + " ssl");
        put(file, "/etc/ssl/chat.example.org/fullchain.pem", here.certificate().certfile());
        put(file, "/etc/ssl/chat.example.org/key.pem", here.certificate().keyfile());
        const std::string folder = here.folder().string();
        std::string temporary = "access_log off;\n";
        for (const std::string kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
            temporary += kind + "_temp_path " + folder + "/" + kind + ";\n";
        program_ = std::make_unique<other_program>(
            std::vector<std::string>{"/usr/sbin/nginx", "-c",
                                     nginx_with(here, "http {\n" + temporary + file + "}\n")},
            std::vector{https}, here.folder() / "nginx.log");
    }

    const std::uint16_t https = free_port();

private:
    std::unique_ptr<other_program> program_;
};

}  // namespace

TEST_CASE("nginx in front: TLS ends there, and requests say who the client is") {
    const site here;
    const nginx_for_http proxy(here);
    talks_over_websocket(here, proxy.https);

    // What a page would be told to connect to is what the client sees: TLS, and the proxy's name.
    connection browser = https_from_client(proxy.https);
    browser.write(
        "GET /.well-known/host-meta HTTP/1.1\r\nHost: chat.example.org\r\nConnection: close\r\n\r\n");
    const std::string told = browser.read_all();
    INFO(told);
    CHECK(told.find("wss://chat.example.org/ws-xmpp") != std::string::npos);
    CHECK(told.find("https://chat.example.org/http-bind") != std::string::npos);
}

TEST_CASE("nginx in front: BOSH sessions last, over connections that are used again") {
    const site here;
    const nginx_for_http proxy(here);
    talks_over_bosh(here, proxy.https);
    CHECK(sockets_at(here.http_port()) <= 12);
}

TEST_CASE("nginx in front: who hangs up while a request is held has hung up for the server too") {
    const site here(impatient);
    const nginx_for_http proxy(here);
    notices_who_hangs_up(here, proxy.https);
}

TEST_CASE("nginx in front: connections are passed on, with a PROXY header of version 1") {
    const site here;
    const std::uint16_t port = free_port();
    std::string file = here.shown("nginx-stream.conf");
    put(file, "127.0.0.1:15222", here.starttls());
    put(file, "listen 5222", "listen 127.0.0.1:" + std::to_string(port));
    const other_program nginx({"/usr/sbin/nginx", "-c", nginx_with(here, file)}, {port},
                              here.folder() / "nginx.log");
    talks_over_tcp(here, port, transport::starttls);
}

namespace {

// HAProxy, with a port of the machine for each of those shown.
class haproxy {
public:
    explicit haproxy(const site& here) {
        std::string file = here.shown("haproxy.cfg");
        put(file, "127.0.0.1:5280", here.http());
        put(file, "127.0.0.1:15285", here.https());
        put(file, "127.0.0.1:15222", here.starttls());
        put(file, "127.0.0.1:15223", here.direct_tls());
        const std::pair<std::string, std::uint16_t&> ports[] = {
            {":443 ", https}, {":8443\n", passed_on}, {":5222\n", xmpp}, {":5223\n", xmpps}};
        for (const auto& [place, port] : ports) {
            port = free_port();
            put(file, "bind " + place, "bind 127.0.0.1:" + std::to_string(port) + place.back());
        }
        // Certificate and key in one file.
        std::ofstream(here.folder() / "both.pem")
            << text_of(here.certificate().certfile()) << text_of(here.certificate().keyfile());
        put(file, "/etc/haproxy/chat.example.org.pem", (here.folder() / "both.pem").string());
        std::ofstream(here.folder() / "haproxy.cfg") << file;
        program_ = std::make_unique<other_program>(
            std::vector<std::string>{"/usr/sbin/haproxy", "-db", "-f",
                                     (here.folder() / "haproxy.cfg").string()},
            std::vector{https, passed_on, xmpp, xmpps}, here.folder() / "haproxy.log");
    }

    std::uint16_t https = 0, passed_on = 0, xmpp = 0, xmpps = 0;

private:
    std::unique_ptr<other_program> program_;
};

}  // namespace

TEST_CASE("HAProxy in front: TLS ends there, and requests say who the client is") {
    const site here;
    const haproxy proxy(here);
    talks_over_websocket(here, proxy.https);
}

TEST_CASE("HAProxy in front: WebSockets over TLS are passed on, with a PROXY header of version 2") {
    const site here;
    const haproxy proxy(here);
    xmpp_client client(https_from_client(proxy.passed_on), transport::websocket);
    log_in(client);
    const std::string who = "ip=" + client_ip;
    here.program().wait_for_log(who);
}

TEST_CASE("HAProxy in front: clients are passed on, with PROXY headers of both versions") {
    const site here;
    const haproxy proxy(here);
    talks_over_tcp(here, proxy.xmpp, transport::starttls);
    talks_over_tcp(here, proxy.xmpps, transport::tls);
    here.program().wait_for_log("what=logged_in", 2);
}

TEST_CASE("HAProxy in front: BOSH sessions last where TLS ends there, over connections that are used again") {
    const site here;
    const haproxy proxy(here);
    talks_over_bosh(here, proxy.https);
    CHECK(sockets_at(here.http_port()) <= 12);
}

TEST_CASE("HAProxy in front: BOSH sessions over TLS are passed on, with a PROXY header of version 2") {
    const site here;
    const haproxy proxy(here);
    talks_over_bosh(here, proxy.passed_on);
}

TEST_CASE("HAProxy in front: who hangs up while a request is held has hung up for the server too") {
    const site here(impatient);
    const haproxy proxy(here);
    SECTION("TLS ends at HAProxy") { notices_who_hangs_up(here, proxy.https); }
    SECTION("TLS is passed on") { notices_who_hangs_up(here, proxy.passed_on); }
}

TEST_CASE("the timeouts shown for proxies are longer than a request of BOSH is held") {
    const auto held = bosh_service_options{}.wait_cap;
    const std::pair<std::string, std::string> rows[] = {
        {"nginx-http.conf",
         "location /http-bind {\n        proxy_pass http://meerkat;\n        proxy_read_timeout "},
        {"haproxy.cfg", "\n    timeout client "},
        {"haproxy.cfg", "\n    timeout server "},
    };
    for (const auto& [file, option] : rows) {
        const std::string text = text_of(fs::path(MEERKAT_PROXIES) / file);
        const std::size_t at = text.find(option);
        INFO(file << ": " << option);
        REQUIRE(at != std::string::npos);
        std::string unit;
        long seconds = 0;
        std::istringstream(text.substr(at + option.size())) >> seconds >> unit;
        CHECK(unit.starts_with("s"));
        CHECK(std::chrono::seconds(seconds) > held);
    }
}
