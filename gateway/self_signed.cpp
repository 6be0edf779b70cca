#include "gateway/self_signed.hpp"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <unistd.h>

namespace meerkat {

namespace {

constexpr long days_valid = 825;

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* p) const {
        Free(p);
    }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using number_ptr = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using file_ptr = std::unique_ptr<std::FILE, freed_by<std::fclose>>;

bool add_extension(X509* certificate, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const extension_ptr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

certificate_ptr make_certificate(EVP_PKEY* key, const std::string& domain) {
    certificate_ptr certificate(X509_new());
    const number_ptr serial(BN_new());
    if (!certificate || !serial || BN_rand(serial.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) != 1)
        return nullptr;
    X509* const c = certificate.get();
    X509_set_version(c, X509_VERSION_3);
    BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(c));
    X509_gmtime_adj(X509_getm_notBefore(c), -3600);
    X509_gmtime_adj(X509_getm_notAfter(c), days_valid * 24 * 3600);
    X509_NAME* const name = X509_get_subject_name(c);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(domain.c_str()), -1, -1, 0);
    X509_set_issuer_name(c, name);
    X509_set_pubkey(c, key);
    const bool extended = add_extension(c, NID_basic_constraints, "critical,CA:FALSE") &&
                          add_extension(c, NID_key_usage, "critical,digitalSignature") &&
                          add_extension(c, NID_ext_key_usage, "serverAuth") &&
                          add_extension(c, NID_subject_alt_name, "DNS:" + domain + ",IP:127.0.0.1,IP:::1");
    if (!extended || X509_sign(c, key, EVP_sha256()) == 0) return nullptr;
    return certificate;
}

file_ptr create(const std::filesystem::path& path, mode_t mode) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    return file_ptr(fd < 0 ? nullptr : ::fdopen(fd, "w"));
}

}  // namespace

result<void> make_self_signed(const std::filesystem::path& certfile, const std::filesystem::path& keyfile,
                              const std::string& domain) {
    std::error_code ignored;  // whatever it is, creating the file tells
    if (std::filesystem::exists(certfile, ignored) && std::filesystem::exists(keyfile, ignored)) return {};
    const key_ptr key(EVP_EC_gen("P-256"));
    if (!key) return error(errc::unavailable, "cannot make a P-256 key");
    const certificate_ptr certificate = make_certificate(key.get(), domain);
    if (!certificate) return error(errc::unavailable, "cannot make a certificate for " + domain);
    const file_ptr key_out = create(keyfile, 0600);
    if (!key_out ||
        PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return error(errc::unavailable, "cannot write " + keyfile.string() + ": " + std::strerror(errno));
    const file_ptr certificate_out = create(certfile, 0644);
    if (!certificate_out || PEM_write_X509(certificate_out.get(), certificate.get()) != 1)
        return error(errc::unavailable, "cannot write " + certfile.string() + ": " + std::strerror(errno));
    return {};
}

}  // namespace meerkat
