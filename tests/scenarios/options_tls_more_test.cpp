// What the options of TLS do that concern names, sessions and revocation, on every kind of listener; with an
// OpenSSL client whose every knob can be turned.

#include "tests/scenarios/runner/served_text.hpp"
#include "tests/support/certificate_maker.hpp"

#include <catch2/catch.hpp>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <csignal>
#include <fstream>
#include <functional>
#include <iterator>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

using namespace meerkat::testing;

namespace {

// A client with its sessions. Every call waits for the server, but not for ever.
class tuned_client {
public:
    tuned_client() : context_(SSL_CTX_new(TLS_client_method())) {
        std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to whom has gone
        SSL_CTX_set_app_data(context_, this);
        SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(context_, [](SSL* connection, SSL_SESSION* session) {
            auto* const self = static_cast<tuned_client*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
            SSL_SESSION_free(std::exchange(self->session_, session));
            return 1;
        });
    }
    tuned_client(const tuned_client&) = delete;
    tuned_client& operator=(const tuned_client&) = delete;
    ~tuned_client() {
        disconnect();
        SSL_SESSION_free(session_);
        SSL_CTX_free(context_);
    }

    SSL_CTX* context() { return context_; }
    SSL* native() { return tls_; }
    bool has_session() const { return session_ != nullptr; }

    // Everything before the first byte; the session from before is taken up if there is one.
    void prepare(std::uint16_t port) {
        disconnect();
        fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
        const timeval patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        tls_ = SSL_new(context_);
        SSL_set_fd(tls_, fd_);
        if (session_ != nullptr) SSL_set_session(tls_, session_);
    }
    bool shake() { return SSL_connect(tls_) == 1; }
    // Asks something and reads the answer's beginning, tickets with it. Empty: the connection is over.
    std::string ask(std::string_view question) {
        SSL_write(tls_, question.data(), static_cast<int>(question.size()));
        return read();
    }
    std::string read() {
        char buffer[4096];
        const int got = SSL_read(tls_, buffer, sizeof buffer);
        return {buffer, got > 0 ? static_cast<std::size_t>(got) : 0};
    }
    std::string certificate_name() const {
        char name[256] = {};
        X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_get0_peer_certificate(tls_)), NID_commonName,
                                  name, sizeof name);
        return name;
    }

private:
    void disconnect() {
        // Without it OpenSSL takes the session for broken.
        if (tls_ != nullptr) SSL_set_shutdown(tls_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        SSL_free(std::exchange(tls_, nullptr));
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }

    SSL_CTX* context_;
    SSL* tls_ = nullptr;
    SSL_SESSION* session_ = nullptr;
    int fd_ = -1;
};

// What each kind of listener is asked, and how its answer begins.
struct dialogue {
    std::size_t listener;
    std::string question;
    std::string answer;
};
const dialogue dialogues[] = {
    {0,
     "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
     "xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>",
     "<?xml"},
    {1, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 200"},
};

class tls_site {
public:
    explicit tls_site(const certificate_plan& plan = {}) : own_(plan, &authority_) {
        put("cert.pem", own_.pem());
        put("key.pem", own_.key_pem());
        put("ca.pem", authority_.pem());
    }

    std::string put(const std::string& name, const std::string& content) const {
        const std::string path = (folder_ / name).string();
        std::ofstream(path, std::ios::binary) << content;
        return '"' + path + '"';
    }
    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    // A listener for clients with direct TLS, and one for HTTPS. `sections` stand in both tables.
    std::string listeners(const std::string& options,
                          const std::function<std::string(const std::string&)>& sections = {}) const {
        const std::string tls =
            "certfile = \"" + path("cert.pem") + "\"\nkeyfile = \"" + path("key.pem") + "\"\n" + options;
        const auto below = [&sections](const std::string& table) { return sections ? sections(table) : ""; };
        return listener("c2s") + "[listen.c2s.tls]\nmode = \"tls\"\n" + tls + below("listen.c2s.tls") +
               listener("http") + "[listen.http.tls]\n" + tls + below("listen.http.tls") +
               "[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\n";
    }

    const made_certificate& authority() const { return authority_; }
    const made_certificate& own() const { return own_; }

private:
    temporary_directory folder_;
    made_certificate authority_{{.common_name = "Root", .authority = true}};
    made_certificate own_;
};

const std::string anybody = "verify_mode = \"none\"\n";

std::string content_of(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("each domain of a listener has its own certificate") {
    const tls_site site({.common_name = "default"});
    const made_certificate other({.common_name = "other"});
    const made_certificate starred({.common_name = "starred"});
    const std::string other_files = "certfile = " + site.put("other.pem", other.pem()) +
                                    "\nkeyfile = " + site.put("other-key.pem", other.key_pem("locked")) +
                                    "\npassword = \"locked\"\n";
    const std::string starred_files =
        "certfile = " + site.put("starred.pem", starred.pem() + starred.key_pem()) + "\n";
    const served_text server(site.listeners(anybody, [&](const std::string& table) {
        return "[[" + table + ".certificates]]\ndomains = [\"B\\u00fccher.example\", \"other.example\"]\n" +
               other_files + "[[" + table + ".certificates]]\ndomains = [\"*.example.org\"]\n" +
               starred_files;
    }));
    REQUIRE(server.refusal().empty());
    const std::pair<const char*, std::string> names[] = {
        {"xn--bcher-kva.example", "other"}, {"OTHER.example", "other"},   {"chat.example.org", "starred"},
        {"example.org", "default"},         {"somewhere.org", "default"},
    };
    for (const dialogue& each : dialogues) {
        for (const auto& [asked, shown] : names) {
            tuned_client client;
            client.prepare(server.port(each.listener));
            SSL_set_tlsext_host_name(client.native(), asked);
            REQUIRE(client.shake());
            INFO(asked);
            CHECK(client.certificate_name() == shown);
        }
    }
}

TEST_CASE("the OCSP response of a file is stapled") {
    const tls_site site;
    const std::string response = site.authority().ocsp_response(site.own(), std::chrono::hours(24));
    const served_text server(
        site.listeners(anybody + "ocsp_file = " + site.put("ocsp.der", response) + '\n'));
    for (const dialogue& each : dialogues) {
        tuned_client client;
        client.prepare(server.port(each.listener));
        SSL_set_tlsext_status_type(client.native(), TLSEXT_STATUSTYPE_ocsp);
        REQUIRE(client.shake());
        const unsigned char* got = nullptr;
        const long size = SSL_get_tlsext_status_ocsp_resp(client.native(), &got);
        REQUIRE(size > 0);
        CHECK(std::string(reinterpret_cast<const char*>(got), static_cast<std::size_t>(size)) == response);
    }
}

TEST_CASE("clients resume sessions where session_tickets are given, and only there") {
    const tls_site site;
    for (const bool given : {true, false}) {
        const served_text server(
            site.listeners(anybody + (given ? "session_tickets = \"stateless\"\n" : "")));
        for (const dialogue& each : dialogues) {
            tuned_client client;
            client.prepare(server.port(each.listener));
            REQUIRE(client.shake());
            REQUIRE(client.ask(each.question).starts_with(each.answer));
            CHECK(client.has_session() == given);
            client.prepare(server.port(each.listener));
            REQUIRE(client.shake());
            CHECK((SSL_session_reused(client.native()) == 1) == given);
        }
    }
}

TEST_CASE("early data is answered where it is taken, and only once") {
    const tls_site site;
    const served_text server(
        site.listeners(anybody + "session_tickets = \"stateless\"\nearly_data = true\n"));
    for (const dialogue& each : dialogues) {
        tuned_client client;
        client.prepare(server.port(each.listener));
        REQUIRE(client.shake());
        REQUIRE(client.ask(each.question).starts_with(each.answer));
        REQUIRE(client.has_session());
        client.prepare(server.port(each.listener));
        std::size_t written = 0;
        REQUIRE(SSL_write_early_data(client.native(), each.question.data(), each.question.size(), &written) ==
                1);
        REQUIRE(client.shake());
        CHECK(SSL_get_early_data_status(client.native()) == SSL_EARLY_DATA_ACCEPTED);
        CHECK(client.read().starts_with(each.answer));
    }
}

TEST_CASE("a client whose certificate is revoked is refused, one whose is not is served") {
    const tls_site site;
    const made_certificate good({.common_name = "good"}, &site.authority());
    const made_certificate revoked({.common_name = "revoked"}, &site.authority());
    const std::string list = site.put("list.crl", site.authority().revocation_list({&revoked}));
    const served_text server(site.listeners("verify_mode = \"peer\"\ncacertfile = \"" + site.path("ca.pem") +
                                            "\"\ncrl_files = [" + list + "]\n"));
    for (const dialogue& each : dialogues) {
        for (const made_certificate* shown : {&good, &revoked}) {
            tuned_client client;
            client.prepare(server.port(each.listener));
            SSL_use_certificate(client.native(), shown->native());
            SSL_use_PrivateKey(client.native(), shown->key());
            client.shake();
            CHECK(client.ask(each.question).starts_with(each.answer) == (shown == &good));
        }
    }
}

TEST_CASE("clients that know no elliptic curves are served with the parameters of dhfile") {
    const tls_site site({.rsa_bits = 2048});
    const std::string ciphers = anybody + "versions = [\"tlsv1.2\"]\nciphers = \"ECDHE+AESGCM:DHE+AESGCM\"\n";
    const std::string parameters = "dhfile = " + site.put("dh.pem", dh_parameters()) + "\n";
    for (const bool given : {true, false}) {
        const served_text server(site.listeners(ciphers + (given ? parameters : "")));
        for (const dialogue& each : dialogues) {
            tuned_client client;
            client.prepare(server.port(each.listener));
            SSL_set_cipher_list(client.native(), "DHE+AESGCM");
            CHECK(client.shake() == given);
        }
    }
}

TEST_CASE("session keys of a listener are kept where keep_secrets asks for it") {
    const tls_site site;
    const std::string log = site.path("keys.log");
    ::setenv("SSLKEYLOGFILE", log.c_str(), 1);
    const std::string whole = site.listeners(anybody);
    const std::string of_clients = whole.substr(0, whole.find("[[listen.http]]")) + "keep_secrets = true\n";
    for (const bool asked : {false, true}) {
        const served_text server(asked ? of_clients : whole);
        tuned_client client;
        client.prepare(server.port(0));
        REQUIRE(client.shake());
        // The server knows the client's last secret when it has read the end of its handshake.
        REQUIRE(client.ask(dialogues[0].question).starts_with(dialogues[0].answer));
        CHECK((content_of(log).find("CLIENT_TRAFFIC_SECRET_0 ") != std::string::npos) == asked);
    }
    ::unsetenv("SSLKEYLOGFILE");
}
