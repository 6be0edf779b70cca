#pragma once
// What the TLS sources share: OpenSSL's context behind tls_context, and its errors as text. Included by them
// only.

#include "gateway/net/tls_context.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace meerkat::net {

struct openssl_deleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* connection) const { SSL_free(connection); }
};

class openssl_context final : public tls_context {
public:
    SSL_CTX* native() const { return native_.get(); }

private:
    friend class tls_context;
    std::unique_ptr<SSL_CTX, openssl_deleter> native_;
    std::string alpn_;  // as on the wire: each name after its length
};

// The newest error of this thread's queue, which is emptied.
std::string openssl_reason();

}  // namespace meerkat::net
