// Clients' certificates: what they are held against, and what a bad one leads to.

#include "gateway/net/tls_openssl.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

namespace meerkat::net {

namespace {

result<void> add_authorities(X509_STORE* store, const std::string& cacertfile) {
    const bool read = cacertfile.empty() ? X509_STORE_set_default_paths(store) == 1
                                         : X509_STORE_load_file(store, cacertfile.c_str()) == 1;
    if (read) {
        ERR_clear_error();  // a system without a default file is no error
        return {};
    }
    return tls_refusal("authorities", cacertfile.empty() ? "of the system" : cacertfile);
}

result<void> add_revocations(X509_STORE* store, const std::string& file) {
    X509_LOOKUP* const lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    if (lookup == nullptr) return tls_refusal("revocation list", file);
    if (X509_load_crl_file(lookup, file.c_str(), X509_FILETYPE_PEM) > 0) return {};
    const error as_pem = tls_refusal("revocation list", file);
    if (X509_load_crl_file(lookup, file.c_str(), X509_FILETYPE_ASN1) > 0) return {};
    ERR_clear_error();
    return as_pem;
}

// A certificate that signs itself is held against all the rest: its time, purpose, strength, signature and
// critical extensions.
bool holds_by_itself(X509_STORE_CTX* chain, int security_level) {
    X509* const leaf = X509_STORE_CTX_get0_cert(chain);
    const store_ptr store(X509_STORE_new());
    const std::unique_ptr<X509_STORE_CTX, openssl_deleter> alone(X509_STORE_CTX_new());
    if (!store || !alone || X509_STORE_add_cert(store.get(), leaf) != 1 ||
        X509_STORE_CTX_init(alone.get(), store.get(), leaf, nullptr) != 1 ||
        X509_STORE_CTX_set_default(alone.get(), "ssl_client") != 1)
        return false;
    X509_VERIFY_PARAM* const how = X509_STORE_CTX_get0_param(alone.get());
    X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_CHECK_SS_SIGNATURE);
    X509_VERIFY_PARAM_set_auth_level(how, security_level);
    const bool good = X509_verify_cert(alone.get()) == 1;
    X509_STORE_CTX_set_error(chain, X509_STORE_CTX_get_error(alone.get()));
    return good;
}

}  // namespace

result<store_ptr> read_authorities(const tls_settings& settings) {
    store_ptr store;
    if (settings.verify == verify_mode::none) return store;
    store.reset(X509_STORE_new());
    if (!store) return error(errc::unavailable, openssl_reason());
    if (auto outcome = add_authorities(store.get(), settings.cacertfile); outcome.has_error())
        return outcome.error();
    for (const std::string& file : settings.crl_files) {
        if (auto outcome = add_revocations(store.get(), file); outcome.has_error()) return outcome.error();
    }
    if (!settings.crl_files.empty())
        X509_STORE_set_flags(store.get(), X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    return store;
}

// Its verdict stays with the connection (SSL_get_verify_result).
int openssl_context::judge_client(X509_STORE_CTX* chain, void* user) {
    const auto& self = *static_cast<const openssl_context*>(user);
    auto* const connection =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    // A resumed session would bring the certificate back without asking whether it still holds.
    SSL_set_num_tickets(connection, 0);
    bool good = X509_verify_cert(chain) == 1;
    if (!good && self.self_signed_ &&
        X509_STORE_CTX_get_error(chain) == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT)
        good = holds_by_itself(chain, SSL_get_security_level(connection));
    if (!good && X509_STORE_CTX_get_error(chain) == X509_V_OK)
        X509_STORE_CTX_set_error(chain, X509_V_ERR_UNSPECIFIED);
    ERR_clear_error();
    return good || !self.disconnect_ ? 1 : 0;
}

}  // namespace meerkat::net
