#pragma once
// Certificates and keys read from PEM files by OpenSSL, for the doctor's eyes only: what serves TLS is
// gateway/net/tls_context.hpp.

#include "gateway/base/error.hpp"

#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace meerkat::doctor {

struct x509_deleter {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
struct key_deleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using certificate_ptr = std::unique_ptr<X509, x509_deleter>;
using key_ptr = std::unique_ptr<EVP_PKEY, key_deleter>;

// All certificates of a file, in its order; at least one. Errors are sentences about the file.
result<std::vector<certificate_ptr>> read_certificates(const std::string& file);

enum class key_trouble : std::uint8_t { unreadable, passphrase_missing, passphrase_wrong };

struct key_reading {
    key_ptr key;  // null: see trouble
    key_trouble trouble = key_trouble::unreadable;
    std::string reason;  // a sentence about the file
};

key_reading read_key(const std::string& file, const std::string& passphrase);

// The subject's and the issuer's common name, or the whole name where it has none.
std::string subject_of(const X509* certificate);
std::string issuer_of(const X509* certificate);

std::chrono::system_clock::time_point begin_of(const X509* certificate);
std::chrono::system_clock::time_point end_of(const X509* certificate);

}  // namespace meerkat::doctor
