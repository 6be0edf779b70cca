#include "gateway/net/certificate_reading.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <array>
#include <optional>
#include <string>

namespace meerkat::net {

namespace {

// A zero byte would make one name here and another, shorter one elsewhere.
std::optional<std::string> utf8_of(const ASN1_STRING* text) {
    unsigned char* bytes = nullptr;
    const int size = ASN1_STRING_to_UTF8(&bytes, text);
    if (size < 0) return std::nullopt;
    std::string converted(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    if (converted.empty() || converted.find('\0') != std::string::npos) return std::nullopt;
    return converted;
}

std::string fingerprint_of(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
    return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string common_name_of(const X509* certificate) {
    const X509_NAME* const subject = X509_get_subject_name(certificate);
    int last = -1;
    for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) last = at;
    if (last < 0) return {};
    return utf8_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last))).value_or(std::string());
}

std::optional<std::string> xmpp_address_of(const OTHERNAME& name) {
    if (OBJ_obj2nid(name.type_id) != NID_XmppAddr || name.value->type != V_ASN1_UTF8STRING)
        return std::nullopt;
    return utf8_of(name.value->value.utf8string);
}

void read_alternative_names(const X509* certificate, client_certificate& into) {
    auto* const names =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DNS) {
            if (auto text = utf8_of(name->d.dNSName)) into.dns_names.push_back(std::move(*text));
        } else if (name->type == GEN_OTHERNAME) {
            if (auto text = xmpp_address_of(*name->d.otherName))
                into.xmpp_addresses.push_back(std::move(*text));
        }
    }
    GENERAL_NAMES_free(names);
}

}  // namespace

std::shared_ptr<const client_certificate> read_client_certificate(X509* shown, long verdict) {
    auto read = std::make_shared<client_certificate>();
    read->fingerprint = fingerprint_of(shown);
    if (verdict != X509_V_OK) {
        read->refusal = X509_verify_cert_error_string(verdict);
    } else {
        read->common_name = common_name_of(shown);
        read_alternative_names(shown, *read);
    }
    ERR_clear_error();  // of names that could not be read
    return read;
}

}  // namespace meerkat::net
