#pragma once
// What the TLS sources share: OpenSSL's contexts behind tls_context, and its errors as text. Included by them
// only.

#include "gateway/net/tls_context.hpp"

#include <openssl/ssl.h>

#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::net {

struct openssl_deleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* connection) const { SSL_free(connection); }
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
    void operator()(X509_STORE_CTX* chain) const { X509_STORE_CTX_free(chain); }
    void operator()(BIO* file) const { BIO_free_all(file); }
};
using context_ptr = std::unique_ptr<SSL_CTX, openssl_deleter>;
using store_ptr = std::unique_ptr<X509_STORE, openssl_deleter>;
using bio_ptr = std::unique_ptr<BIO, openssl_deleter>;

class openssl_context final : public tls_context {
public:
    ~openssl_context() override;

    SSL_CTX* native() const { return native_.get(); }
    bool takes_early_data() const { return early_data_; }
    certificate_span certificates_valid() const override { return valid_; }

private:
    friend class tls_context;

    result<context_ptr> make_native(const tls_settings& settings, const named_certificate& shown);
    result<void> make_named(const tls_settings& settings);
    void narrow_validity(SSL_CTX* context);

    static int choose_certificate(SSL* connection, int* alert, void* user);
    static int select_alpn(SSL*, const unsigned char** chosen, unsigned char* size,
                           const unsigned char* offered, unsigned int offered_size, void* user);
    static int judge_client(X509_STORE_CTX* chain, void* user);
    static int staple(SSL* connection, void* user);
    static void log_secret(const SSL* connection, const char* line);

    context_ptr native_;
    std::vector<context_ptr> named_;                      // of further certificates
    std::map<std::string, SSL_CTX*, std::less<>> names_;  // patterns of server_names.hpp
    std::string alpn_;                                    // as on the wire: each name after its length
    store_ptr authorities_;                               // null: clients' certificates are not asked for
    bool self_signed_ = false;
    bool disconnect_ = true;
    bool early_data_ = false;
    std::string ocsp_response_;
    std::time_t ocsp_end_ = 0;
    int secrets_ = -1;  // the key log's descriptor
    certificate_span valid_{std::chrono::system_clock::time_point::min(),
                            std::chrono::system_clock::time_point::max()};
};

// The newest error of this thread's queue, which is emptied.
std::string openssl_reason();
// "what which: reason".
error tls_refusal(std::string_view what, const std::string& which);

// Into a context: a certificate with its key, the parameters of DHE.
result<void> use_certificate(SSL_CTX* context, const named_certificate& shown);
result<void> use_dh_parameters(SSL_CTX* context, const std::string& file);

// Those that clients' certificates are held against, with the lists of revoked ones.
result<store_ptr> read_authorities(const tls_settings& settings);

struct ocsp_staple {
    std::string response;  // DER
    std::time_t end = 0;   // it is not to be shown later
};
// Nothing, after a word in the log, when it is none, is over, or is about another certificate: a new
// certificate must not have to wait for its response.
ocsp_staple read_ocsp_staple(const std::string& file, X509* about);

}  // namespace meerkat::net
