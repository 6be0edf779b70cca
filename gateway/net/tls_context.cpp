#include "gateway/net/tls_context.hpp"

#include "gateway/net/tls_openssl.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace meerkat::net {

namespace {

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

// Without a password there must be no prompt on the terminal.
int give_password(char* into, int size, int, void* user) {
    const auto& password = *static_cast<const std::string*>(user);
    if (password.empty() || password.size() > static_cast<std::size_t>(size)) return -1;
    std::memcpy(into, password.data(), password.size());
    return static_cast<int>(password.size());
}

// The server's preference among what the client offers. RFC 7301, 3.2: none in common is a fatal alert.
int select_alpn(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                unsigned int offered_size, void* user) {
    const auto& ours = *static_cast<const std::string*>(user);
    unsigned char* found = nullptr;
    const int outcome =
        SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(ours.data()),
                              static_cast<unsigned int>(ours.size()), offered, offered_size);
    if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

error refusal(std::string_view what, const std::string& which) {
    return {errc::invalid, std::string(what) + " " + which + ": " + openssl_reason()};
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
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
}

result<void> set_certificate(SSL_CTX* context, const tls_settings& settings) {
    std::string password = settings.password;
    SSL_CTX_set_default_passwd_cb(context, give_password);
    SSL_CTX_set_default_passwd_cb_userdata(context, &password);
    const std::string& keyfile = settings.keyfile.empty() ? settings.certfile : settings.keyfile;
    result<void> outcome;
    if (SSL_CTX_use_certificate_chain_file(context, settings.certfile.c_str()) != 1) {
        outcome = refusal("certificate", settings.certfile);
    } else if (SSL_CTX_use_PrivateKey_file(context, keyfile.c_str(), SSL_FILETYPE_PEM) != 1) {
        outcome = refusal("key", keyfile);
    } else if (SSL_CTX_check_private_key(context) != 1) {
        outcome = refusal("key does not belong to certificate", settings.certfile);
    }
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    OPENSSL_cleanse(password.data(), password.size());
    return outcome;
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
        return refusal("ciphers", ciphers.list);
    if (!ciphers.suites.empty() && SSL_CTX_set_ciphersuites(context, ciphers.suites.c_str()) != 1)
        return refusal("ciphers", ciphers.suites);
    if (SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") != 1)
        return refusal("groups", "X25519:P-256:P-384");
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

result<std::shared_ptr<const tls_context>> tls_context::make(const tls_settings& settings) {
    ERR_clear_error();
    auto made = std::make_shared<openssl_context>();
    made->native_.reset(SSL_CTX_new(TLS_server_method()));
    if (!made->native_) return error(errc::unavailable, openssl_reason());
    SSL_CTX* const context = made->native();
    set_behaviour(context);
    if (auto outcome = set_certificate(context, settings); outcome.has_error()) return outcome.error();
    if (auto outcome = set_algorithms(context, settings); outcome.has_error()) return outcome.error();
    for (const std::string& name : settings.alpn) {
        if (name.empty() || name.size() > 255) return error(errc::invalid, "ALPN name of impossible length");
        made->alpn_ += static_cast<char>(name.size());
        made->alpn_ += name;
    }
    if (!made->alpn_.empty()) SSL_CTX_set_alpn_select_cb(context, select_alpn, &made->alpn_);
    return std::shared_ptr<const tls_context>(std::move(made));
}

}  // namespace meerkat::net
