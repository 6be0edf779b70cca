#include "tests/support/certificate_maker.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <stdexcept>

namespace meerkat::testing {

namespace {

void require(bool worked, const char* what) {
    if (!worked) throw std::runtime_error(std::string("made certificate: ") + what);
}

void add_extension(X509* certificate, int nid, const std::string& value) {
    X509_EXTENSION* const made = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    require(made != nullptr, "extension");
    X509_add_ext(certificate, made, -1);
    X509_EXTENSION_free(made);
}

std::string content_of(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    std::string content(data, static_cast<std::size_t>(size));
    BIO_free(memory);
    return content;
}

}  // namespace

made_certificate::made_certificate(const certificate_plan& plan, const made_certificate* issuer)
    : key_(plan.rsa_bits == 0 ? EVP_EC_gen("P-256") : EVP_RSA_gen(plan.rsa_bits), EVP_PKEY_free),
      certificate_(X509_new(), X509_free) {
    static std::atomic<long> serial{1};
    require(key_ && certificate_, "memory");
    X509* const c = certificate_.get();
    X509_set_version(c, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(c), serial++);
    ASN1_TIME_set(X509_getm_notBefore(c), std::chrono::system_clock::to_time_t(plan.begin));
    ASN1_TIME_set(X509_getm_notAfter(c), std::chrono::system_clock::to_time_t(plan.end));
    X509_set_pubkey(c, key_.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(plan.common_name.c_str()), -1, -1, 0);
    const X509* const signer = issuer == nullptr ? c : issuer->certificate_.get();
    X509_set_issuer_name(c, X509_get_subject_name(signer));
    add_extension(c, NID_basic_constraints, plan.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (!plan.alternative_names.empty()) add_extension(c, NID_subject_alt_name, plan.alternative_names);
    EVP_PKEY* const signing = issuer == nullptr ? key_.get() : issuer->key_.get();
    require(X509_sign(c, signing, EVP_get_digestbyname(plan.hash)) != 0, "signature");
}

std::string made_certificate::pem() const {
    BIO* const out = BIO_new(BIO_s_mem());
    require(PEM_write_bio_X509(out, certificate_.get()) == 1, "certificate as PEM");
    return content_of(out);
}

std::string made_certificate::key_pem(const std::string& passphrase) const {
    BIO* const out = BIO_new(BIO_s_mem());
    const EVP_CIPHER* const cipher = passphrase.empty() ? nullptr : EVP_aes_128_cbc();
    require(PEM_write_bio_PrivateKey(out, key_.get(), cipher,
                                     reinterpret_cast<const unsigned char*>(passphrase.data()),
                                     static_cast<int>(passphrase.size()), nullptr, nullptr) == 1,
            "key as PEM");
    return content_of(out);
}

}  // namespace meerkat::testing
