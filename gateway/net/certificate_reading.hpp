#pragma once
// What the TLS sources read from OpenSSL's certificates. Included by them only.

#include "gateway/net/client_certificate.hpp"

#include <openssl/x509.h>

#include <memory>

namespace meerkat::net {

// `verdict` is OpenSSL's, X509_V_OK for a certificate that is accepted.
std::shared_ptr<const client_certificate> read_client_certificate(X509* shown, long verdict);

}  // namespace meerkat::net
