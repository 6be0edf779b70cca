#pragma once
// Certificates of every kind for tests that judge them: any names, times, keys, hashes and issuers.

#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace meerkat::testing {

struct certificate_plan {
    std::string common_name = "localhost";
    // As OpenSSL writes them: "DNS:a.example,DNS:*.a.example"; xmpp_address() makes one. Empty: none.
    std::string alternative_names = {};
    std::chrono::system_clock::time_point begin = std::chrono::system_clock::now() - std::chrono::hours(1);
    std::chrono::system_clock::time_point end = begin + std::chrono::hours(24 * 365);
    bool authority = false;
    const char* hash = "SHA256";
    unsigned rsa_bits = 0;                // 0: an elliptic curve, P-256
    bool unknown_critical = false;        // with a critical extension that nobody knows
    std::string extended_key_usage = {};  // "serverAuth"; empty: none
};

// id-on-xmppAddr (RFC 6120, 13.7.1.4), for alternative_names.
std::string xmpp_address(const std::string& jid);

// Parameters of DHE (RFC 7919, ffdhe2048), PEM.
std::string dh_parameters();

class made_certificate {
public:
    // Without an issuer it signs itself.
    explicit made_certificate(const certificate_plan& plan, const made_certificate* issuer = nullptr);

    std::string pem() const;
    std::string key_pem(const std::string& passphrase = {}) const;

    // As an authority: what it has revoked, as PEM, and what it says of a certificate that it issued, as the
    // DER form of an OCSP response.
    std::string revocation_list(const std::vector<const made_certificate*>& revoked) const;
    std::string ocsp_response(const made_certificate& about, std::chrono::seconds valid) const;

    X509* native() const { return certificate_.get(); }
    EVP_PKEY* key() const { return key_.get(); }

private:
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
    std::unique_ptr<X509, decltype(&X509_free)> certificate_;
};

}  // namespace meerkat::testing
