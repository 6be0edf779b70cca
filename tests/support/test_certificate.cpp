#include "tests/support/test_certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <stdlib.h>

namespace meerkat::testing {

namespace {

void require(bool worked, const char* what) {
    if (!worked) throw std::runtime_error(std::string("test certificate: ") + what);
}

struct file_closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using file = std::unique_ptr<std::FILE, file_closer>;

}  // namespace

test_certificate::test_certificate(const char* hash, const std::string& name) {
    std::string pattern = (std::filesystem::temp_directory_path() / "meerkat-test-XXXXXX").string();
    require(::mkdtemp(pattern.data()) != nullptr, "folder");
    folder_ = pattern;
    certfile_ = folder_ + "/cert.pem";
    keyfile_ = folder_ + "/key.pem";

    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    require(key && certificate, "memory");
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* const subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    const std::string alternative = "DNS:" + name;
    X509_EXTENSION* const names =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative.c_str());
    require(names != nullptr, "name");
    X509_add_ext(certificate.get(), names, -1);
    X509_EXTENSION_free(names);
    require(X509_sign(certificate.get(), key.get(), EVP_get_digestbyname(hash)) != 0, "signature");

    const file cert_out(std::fopen(certfile_.c_str(), "w"));
    const file key_out(std::fopen(keyfile_.c_str(), "w"));
    require(cert_out && key_out, "files");
    require(PEM_write_X509(cert_out.get(), certificate.get()) == 1, "certfile");
    require(PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
            "keyfile");
}

test_certificate::~test_certificate() {
    std::error_code ignored;  // what is left lies in the temporary folder
    std::filesystem::remove_all(folder_, ignored);
}

}  // namespace meerkat::testing
