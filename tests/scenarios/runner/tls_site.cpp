#include "tests/scenarios/runner/tls_site.hpp"

#include "tests/scenarios/runner/served_text.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <fstream>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace meerkat::testing {

tuned_client::tuned_client() : context_(SSL_CTX_new(TLS_client_method())) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to whom has gone
    SSL_CTX_set_app_data(context_, this);
    SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context_, [](SSL* connection, SSL_SESSION* session) {
        auto* const self = static_cast<tuned_client*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
        SSL_SESSION_free(std::exchange(self->session_, session));
        return 1;
    });
}

tuned_client::~tuned_client() {
    disconnect();
    SSL_SESSION_free(session_);
    SSL_CTX_free(context_);
}

void tuned_client::prepare(std::uint16_t port) {
    disconnect();
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("nobody listens on port " + std::to_string(port));
    tls_ = SSL_new(context_);
    SSL_set_fd(tls_, fd_);
    if (session_ != nullptr) SSL_set_session(tls_, session_);
}

std::string tuned_client::ask(std::string_view question) {
    SSL_write(tls_, question.data(), static_cast<int>(question.size()));
    return read();
}

std::string tuned_client::read() {
    char buffer[4096];
    const int got = SSL_read(tls_, buffer, sizeof buffer);
    return {buffer, got > 0 ? static_cast<std::size_t>(got) : 0};
}

std::string tuned_client::certificate_name() const {
    char name[256] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_get0_peer_certificate(tls_)), NID_commonName, name,
                              sizeof name);
    return name;
}

void tuned_client::disconnect() {
    // Without it OpenSSL takes the session for broken.
    if (tls_ != nullptr) SSL_set_shutdown(tls_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(std::exchange(tls_, nullptr));
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

const dialogue dialogues[2] = {
    {0,
     "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
     "xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>",
     "<?xml"},
    {1, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 200"},
};

tls_site::tls_site(const certificate_plan& plan) : own_(plan, &authority_) {
    put("cert.pem", own_.pem());
    put("key.pem", own_.key_pem());
    put("ca.pem", authority_.pem());
}

std::string tls_site::put(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return '"' + path(name) + '"';
}

std::string tls_site::listeners(const std::string& options,
                                const std::function<std::string(const std::string&)>& sections) const {
    const std::string tls =
        "certfile = \"" + path("cert.pem") + "\"\nkeyfile = \"" + path("key.pem") + "\"\n" + options;
    const auto below = [&sections](const std::string& table) { return sections ? sections(table) : ""; };
    return listener("c2s") + "[listen.c2s.tls]\nmode = \"tls\"\n" + tls + below("listen.c2s.tls") +
           listener("http") + "[listen.http.tls]\n" + tls + below("listen.http.tls") +
           "[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\n";
}

}  // namespace meerkat::testing
