#include "gateway/net/tls_context.hpp"

#include "gateway/base/log.hpp"
#include "gateway/net/tls_openssl.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace meerkat::net {

namespace {

// Before it is known who a client is, it may make us keep this much of its certificates.
constexpr long largest_client_chain = 32 * 1024;
constexpr std::uint32_t most_early_data = 16 * 1024;
constexpr long most_single_use_tickets = 4096;

struct cipher_choice {
    std::string list;    // TLS 1.2
    std::string suites;  // TLS 1.3
};

// One option names both kinds; OpenSSL wants them apart.
cipher_choice split_ciphers(std::string_view ciphers) {
    cipher_choice chosen;
    while (!ciphers.empty()) {
        const std::size_t end = std::min(ciphers.find(':'), ciphers.size());
        const std::string_view name = ciphers.substr(0, end);
        ciphers.remove_prefix(std::min(end + 1, ciphers.size()));
        std::string& into = name.starts_with("TLS_") ? chosen.suites : chosen.list;
        if (!into.empty()) into += ':';
        into += name;
    }
    return chosen;
}

void set_behaviour(SSL_CTX* context) {
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
    // A connection cut without close_notify counts as ended: XMPP and HTTP mark their ends themselves.
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    // One recv() for a record instead of one for its header and one for its body.
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_max_cert_list(context, largest_client_chain);
}

// RFC 8446, 8: with early data every ticket is kept here and taken once, so that a first flight that somebody
// sends again is not read again. Without, tickets hold the session themselves and nothing is kept.
void set_tickets(SSL_CTX* context, const tls_settings& settings) {
    if (!settings.session_tickets) return;
    SSL_CTX_clear_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, settings.early_data ? 1 : 2);
    if (!settings.early_data) return;
    SSL_CTX_set_max_early_data(context, most_early_data);
    SSL_CTX_set_recv_max_early_data(context, most_early_data);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
    SSL_CTX_sess_set_cache_size(context, most_single_use_tickets);
}

// TLS 1.2 decides about tickets before it sees the client's certificate; see judge_client for 1.3.
int never_resumed(SSL*, int) { return 1; }

void ask_for_certificates(SSL_CTX* context, const tls_settings& settings) {
    if (settings.verify == verify_mode::none) return SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    const int missing = settings.disconnect_on_failure ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | missing, nullptr);
    SSL_CTX_set_not_resumable_session_callback(context, never_resumed);
    // Clients choose among their certificates by these names; one that signs itself would not be among them.
    if (settings.verify == verify_mode::peer && !settings.cacertfile.empty())
        SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(settings.cacertfile.c_str()));
}

// Opened once for each context: lines are short and written whole, so that several writers do not mix.
int open_key_log(bool wanted) {
    const char* const file = wanted ? std::getenv("SSLKEYLOGFILE") : nullptr;
    if (file == nullptr || *file == '\0') return -1;
    const int opened = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (opened < 0)
        log::error("tls_secrets_not_kept", {{"file", file}, {"reason", std::strerror(errno)}});
    else
        log::warning("tls_secrets_kept", {{"file", file}, {"advice", "whoever has it can read connections"}});
    return opened;
}

result<void> set_versions(SSL_CTX* context, const tls_settings& settings, const cipher_choice& ciphers) {
    const auto names = [&](std::string_view version) {
        return settings.versions.empty() ||
               std::ranges::find(settings.versions, version) != settings.versions.end();
    };
    for (const std::string& version : settings.versions) {
        if (version != "tlsv1.2" && version != "tlsv1.3")
            return error(errc::invalid, "TLS version " + version + " is neither tlsv1.2 nor tlsv1.3");
    }
    // Whoever names suites of TLS 1.3 alone does not want the library's ciphers of 1.2.
    const bool v12 = names("tlsv1.2") && (ciphers.suites.empty() || !ciphers.list.empty());
    const bool v13 = names("tlsv1.3");
    if (!v12 && !v13) return error(errc::invalid, "the ciphers fit none of the TLS versions");
    SSL_CTX_set_min_proto_version(context, v12 ? TLS1_2_VERSION : TLS1_3_VERSION);
    SSL_CTX_set_max_proto_version(context, v13 ? TLS1_3_VERSION : TLS1_2_VERSION);
    return {};
}

result<void> set_algorithms(SSL_CTX* context, const tls_settings& settings) {
    const cipher_choice ciphers = split_ciphers(settings.ciphers);
    if (!ciphers.list.empty() && SSL_CTX_set_cipher_list(context, ciphers.list.c_str()) != 1)
        return tls_refusal("ciphers", ciphers.list);
    if (!ciphers.suites.empty() && SSL_CTX_set_ciphersuites(context, ciphers.suites.c_str()) != 1)
        return tls_refusal("ciphers", ciphers.suites);
    if (SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") != 1)
        return tls_refusal("groups", "X25519:P-256:P-384");
    return set_versions(context, settings, ciphers);
}

}  // namespace

std::string openssl_reason() {
    // The earliest says what happened, the later ones only who was told.
    const unsigned long code = ERR_peek_error();
    ERR_clear_error();
    if (code == 0) return "no reason given";
    if (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE)
        return "there is nothing of that kind in it, in PEM form";
    if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
    const char* reason = ERR_reason_error_string(code);
    return reason == nullptr ? "error " + std::to_string(code) : reason;
}

result<context_ptr> openssl_context::make_native(const tls_settings& settings,
                                                 const named_certificate& shown) {
    context_ptr made(SSL_CTX_new(TLS_server_method()));
    if (!made) return error(errc::unavailable, openssl_reason());
    SSL_CTX* const context = made.get();
    set_behaviour(context);
    set_tickets(context, settings);
    if (auto outcome = use_certificate(context, shown); outcome.has_error()) return outcome.error();
    if (auto outcome = use_dh_parameters(context, settings.dhfile); outcome.has_error())
        return outcome.error();
    if (auto outcome = set_algorithms(context, settings); outcome.has_error()) return outcome.error();
    ask_for_certificates(context, settings);
    constexpr std::string_view name = "meerkat";  // of the sessions' purpose; there is one only
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(name.data()), name.size());
    if (authorities_) {
        SSL_CTX_set1_verify_cert_store(context, authorities_.get());
        SSL_CTX_set_cert_verify_callback(context, judge_client, this);
    }
    if (!alpn_.empty()) SSL_CTX_set_alpn_select_cb(context, select_alpn, &alpn_);
    if (secrets_ >= 0) {
        SSL_CTX_set_app_data(context, this);
        SSL_CTX_set_keylog_callback(context, log_secret);
    }
    return made;
}

// The server's preference among what the client offers. RFC 7301, 3.2: none in common is a fatal alert.
int openssl_context::select_alpn(SSL*, const unsigned char** chosen, unsigned char* size,
                                 const unsigned char* offered, unsigned int offered_size, void* user) {
    const auto& ours = *static_cast<const std::string*>(user);
    unsigned char* found = nullptr;
    const int outcome =
        SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(ours.data()),
                              static_cast<unsigned int>(ours.size()), offered, offered_size);
    if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

// In the form that NSS brought up and Wireshark reads.
void openssl_context::log_secret(const SSL* connection, const char* line) {
    const auto* const self =
        static_cast<const openssl_context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
    std::string whole(line);
    whole += '\n';
    if (::write(self->secrets_, whole.data(), whole.size()) < 0)
        log::error("tls_secrets_not_kept", {{"reason", std::strerror(errno)}});
    OPENSSL_cleanse(whole.data(), whole.size());
}

openssl_context::~openssl_context() {
    if (secrets_ >= 0) ::close(secrets_);
}

result<std::shared_ptr<const tls_context>> tls_context::make(const tls_settings& settings) {
    ERR_clear_error();
    auto made = std::make_shared<openssl_context>();
    for (const std::string& name : settings.alpn) {
        if (name.empty() || name.size() > 255) return error(errc::invalid, "ALPN name of impossible length");
        made->alpn_ += static_cast<char>(name.size());
        made->alpn_ += name;
    }
    auto authorities = read_authorities(settings);
    if (authorities.has_error()) return authorities.error();
    made->authorities_ = std::move(*authorities);
    made->self_signed_ = settings.verify == verify_mode::selfsigned_peer;
    made->disconnect_ = settings.disconnect_on_failure;
    made->early_data_ = settings.early_data && settings.session_tickets;
    made->secrets_ = open_key_log(settings.keep_secrets);
    auto native = made->make_native(settings, {{}, settings.certfile, settings.keyfile, settings.password});
    if (native.has_error()) return native.error();
    made->native_ = std::move(*native);
    made->narrow_validity(made->native());
    if (auto outcome = made->make_named(settings); outcome.has_error()) return outcome.error();
    auto staple = read_ocsp_staple(settings.ocsp_file, SSL_CTX_get0_certificate(made->native()));
    made->ocsp_response_ = std::move(staple.response);
    made->ocsp_end_ = staple.end;
    if (!made->ocsp_response_.empty()) {
        SSL_CTX_set_tlsext_status_cb(made->native(), openssl_context::staple);
        SSL_CTX_set_tlsext_status_arg(made->native(), made.get());
    }
    return std::shared_ptr<const tls_context>(std::move(made));
}

}  // namespace meerkat::net
