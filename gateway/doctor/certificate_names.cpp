#include "gateway/doctor/certificate_names.hpp"

#include "gateway/base/encoding.hpp"
#include "xmpp/address/domain_name.hpp"

#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>

namespace meerkat::doctor {

namespace {

struct general_names_deleter {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

enum class name_type : std::uint8_t { dns, srv, xmpp, ip };

struct alternative_name {
    name_type type = name_type::dns;
    std::string text;
};

std::string text_of(const ASN1_STRING* value) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
            static_cast<std::size_t>(ASN1_STRING_length(value))};
}

std::string ip_text(const ASN1_OCTET_STRING* value) {
    const int size = ASN1_STRING_length(value);
    const unsigned char* bytes = ASN1_STRING_get0_data(value);
    if (size != 4) return to_hex(text_of(value));
    std::string text;
    for (int i = 0; i < size; ++i) text += (i == 0 ? "" : ".") + std::to_string(bytes[i]);
    return text;
}

// RFC 6120, 13.7.1.4, and RFC 4985: otherName with an object identifier of its own.
void add_other_name(const OTHERNAME* other, std::vector<alternative_name>& all) {
    const int kind = OBJ_obj2nid(other->type_id);
    const int type = other->value->type;
    if (kind == NID_XmppAddr && type == V_ASN1_UTF8STRING)
        all.push_back({name_type::xmpp, text_of(other->value->value.utf8string)});
    if (kind == NID_SRVName && type == V_ASN1_IA5STRING)
        all.push_back({name_type::srv, text_of(other->value->value.ia5string)});
}

std::vector<alternative_name> alternative_names(const X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, general_names_deleter> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<alternative_name> all;
    if (!names) return all;
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* each = sk_GENERAL_NAME_value(names.get(), i);
        if (each->type == GEN_DNS) all.push_back({name_type::dns, text_of(each->d.dNSName)});
        if (each->type == GEN_IPADD) all.push_back({name_type::ip, ip_text(each->d.iPAddress)});
        if (each->type == GEN_OTHERNAME) add_other_name(each->d.otherName, all);
    }
    return all;
}

bool equal_without_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool has_dns_name(X509* certificate, const std::string& ascii, unsigned flags) {
    return X509_check_host(certificate, ascii.data(), ascii.size(),
                           flags | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) == 1;
}

}  // namespace

coverage covers(X509* certificate, const std::string& domain, audience whom) {
    if (X509_check_ip_asc(certificate, domain.c_str(), 0) == 1) return coverage::full;
    const std::string ascii = to_ascii_domain(domain).value_or(domain);
    if (has_dns_name(certificate, ascii, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)) return coverage::full;
    if (whom == audience::xmpp_clients) {
        for (const alternative_name& each : alternative_names(certificate)) {
            const bool named =
                (each.type == name_type::srv && equal_without_case(each.text, "_xmpp-client." + ascii)) ||
                (each.type == name_type::xmpp && equal_without_case(each.text, domain));
            if (named) return coverage::full;
        }
    }
    return has_dns_name(certificate, ascii, 0) ? coverage::common_name_only : coverage::none;
}

std::vector<std::string> names_of(const X509* certificate) {
    std::vector<std::string> all;
    for (alternative_name& each : alternative_names(certificate)) {
        if (std::ranges::find(all, each.text) == all.end()) all.push_back(std::move(each.text));
    }
    if (all.empty()) all.push_back(subject_of(certificate));
    return all;
}

}  // namespace meerkat::doctor
