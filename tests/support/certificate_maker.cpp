#include "tests/support/certificate_maker.hpp"

#include <openssl/bio.h>
#include <openssl/dh.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
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

void add_unknown_critical(X509* certificate) {
    ASN1_OBJECT* const oid = OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1);
    ASN1_OCTET_STRING* const value = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(value, reinterpret_cast<const unsigned char*>("\x05\x00"), 2);
    X509_EXTENSION* const made = X509_EXTENSION_create_by_OBJ(nullptr, oid, 1, value);
    require(made != nullptr, "critical extension");
    X509_add_ext(certificate, made, -1);
    X509_EXTENSION_free(made);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(oid);
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
    if (!plan.extended_key_usage.empty()) add_extension(c, NID_ext_key_usage, plan.extended_key_usage);
    if (plan.unknown_critical) add_unknown_critical(c);
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

std::string made_certificate::revocation_list(const std::vector<const made_certificate*>& revoked) const {
    X509_CRL* const list = X509_CRL_new();
    ASN1_TIME* const now = X509_gmtime_adj(nullptr, -60);
    ASN1_TIME* const next = X509_gmtime_adj(nullptr, 3600);
    X509_CRL_set_version(list, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list, X509_get_subject_name(certificate_.get()));
    X509_CRL_set1_lastUpdate(list, now);
    X509_CRL_set1_nextUpdate(list, next);
    for (const made_certificate* each : revoked) {
        X509_REVOKED* const entry = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(each->certificate_.get()));
        X509_REVOKED_set_revocationDate(entry, now);
        X509_CRL_add0_revoked(list, entry);
    }
    require(X509_CRL_sign(list, key_.get(), EVP_sha256()) != 0, "revocation list");
    BIO* const out = BIO_new(BIO_s_mem());
    PEM_write_bio_X509_CRL(out, list);
    ASN1_TIME_free(now);
    ASN1_TIME_free(next);
    X509_CRL_free(list);
    return content_of(out);
}

std::string made_certificate::ocsp_response(const made_certificate& about, std::chrono::seconds valid) const {
    OCSP_BASICRESP* const basic = OCSP_BASICRESP_new();
    OCSP_CERTID* const id = OCSP_cert_to_id(EVP_sha1(), about.certificate_.get(), certificate_.get());
    ASN1_TIME* const begin = X509_gmtime_adj(nullptr, -7200);
    ASN1_TIME* const end = X509_gmtime_adj(nullptr, static_cast<long>(valid.count()));
    OCSP_basic_add1_status(basic, id, V_OCSP_CERTSTATUS_GOOD, 0, nullptr, begin, end);
    require(OCSP_basic_sign(basic, certificate_.get(), key_.get(), EVP_sha256(), nullptr, 0) == 1,
            "response");
    OCSP_RESPONSE* const response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    unsigned char* der = nullptr;
    const int size = i2d_OCSP_RESPONSE(response, &der);
    require(size > 0, "response as DER");
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    OCSP_RESPONSE_free(response);
    ASN1_TIME_free(begin);
    ASN1_TIME_free(end);
    OCSP_CERTID_free(id);
    OCSP_BASICRESP_free(basic);
    return bytes;
}

std::string xmpp_address(const std::string& jid) { return "otherName:1.3.6.1.5.5.7.8.5;UTF8:" + jid; }

std::string dh_parameters() {
    EVP_PKEY_CTX* const maker = EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr);
    EVP_PKEY_paramgen_init(maker);
    EVP_PKEY_CTX_set_dh_nid(maker, NID_ffdhe2048);
    EVP_PKEY* made = nullptr;
    EVP_PKEY_paramgen(maker, &made);
    BIO* const out = BIO_new(BIO_s_mem());
    require(PEM_write_bio_Parameters(out, made) == 1, "parameters as PEM");
    EVP_PKEY_free(made);
    EVP_PKEY_CTX_free(maker);
    return content_of(out);
}

}  // namespace meerkat::testing
