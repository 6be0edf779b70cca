#pragma once
// Certificates of every kind for tests that judge them: any names, times, keys, hashes and issuers.

#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <string>

namespace meerkat::testing {

struct certificate_plan {
    std::string common_name = "localhost";
    std::string alternative_names =
        {};  // as OpenSSL writes them: "DNS:a.example,DNS:*.a.example"; empty: none
    std::chrono::system_clock::time_point begin = std::chrono::system_clock::now() - std::chrono::hours(1);
    std::chrono::system_clock::time_point end = begin + std::chrono::hours(24 * 365);
    bool authority = false;
    const char* hash = "SHA256";
    unsigned rsa_bits = 0;  // 0: an elliptic curve, P-256
};

class made_certificate {
public:
    // Without an issuer it signs itself.
    explicit made_certificate(const certificate_plan& plan, const made_certificate* issuer = nullptr);

    std::string pem() const;
    std::string key_pem(const std::string& passphrase = {}) const;

private:
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
    std::unique_ptr<X509, decltype(&X509_free)> certificate_;
};

}  // namespace meerkat::testing
