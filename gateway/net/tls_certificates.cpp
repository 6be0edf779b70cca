// Certificates, keys and what else a TLS context reads from files about itself.

#include "gateway/base/log.hpp"
#include "gateway/net/server_names.hpp"
#include "gateway/net/tls_openssl.hpp"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

namespace meerkat::net {

namespace {

constexpr std::size_t largest_ocsp_response = 64 * 1024;

// Without a password there must be no prompt on the terminal.
int give_password(char* into, int size, int, void* user) {
    const auto& password = *static_cast<const std::string*>(user);
    if (password.empty() || password.size() > static_cast<std::size_t>(size)) return -1;
    std::memcpy(into, password.data(), password.size());
    return static_cast<int>(password.size());
}

std::chrono::system_clock::time_point to_time(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

std::time_t seconds_of(const ASN1_GENERALIZEDTIME* time) {
    std::tm parts{};
    return ASN1_TIME_to_tm(time, &parts) == 1 ? ::timegm(&parts) : 0;
}

std::optional<std::string> read_small(const std::string& file, std::size_t most) {
    std::ifstream in(file, std::ios::binary);
    std::string content(most + 1, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
    if (content.empty() || content.size() > most) return std::nullopt;
    return content;
}

// When what the response says of the certificate ends; why it says nothing.
result<std::time_t> end_of_answer(OCSP_BASICRESP* answers, X509* about) {
    for (int i = 0; i < OCSP_resp_count(answers); ++i) {
        OCSP_SINGLERESP* const single = OCSP_resp_get0(answers, i);
        ASN1_INTEGER* serial = nullptr;
        OCSP_id_get0_info(nullptr, nullptr, nullptr, &serial,
                          const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(single)));
        if (serial == nullptr || ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(about)) != 0) continue;
        ASN1_GENERALIZEDTIME* next = nullptr;
        OCSP_single_get0_status(single, nullptr, nullptr, nullptr, &next);
        if (next == nullptr) return error(errc::invalid, "it does not say when there is a newer one");
        return seconds_of(next);
    }
    return error(errc::invalid, "it is about another certificate");
}

result<std::time_t> end_of_response(const std::string& der, X509* about) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response(
        d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(der.size())), &OCSP_RESPONSE_free);
    if (!response) return error(errc::invalid, "it is no OCSP response in DER form");
    if (OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return error(errc::invalid, "it says that the request for it failed");
    const std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)> answers(
        OCSP_response_get1_basic(response.get()), &OCSP_BASICRESP_free);
    if (!answers) return error(errc::invalid, "it is an OCSP response of an unknown kind");
    const auto end = end_of_answer(answers.get(), about);
    if (end.has_value() && *end <= std::time(nullptr)) return error(errc::invalid, "its time is over");
    return end;
}

}  // namespace

error tls_refusal(std::string_view what, const std::string& which) {
    return {errc::invalid, std::string(what) + " " + which + ": " + openssl_reason()};
}

result<void> use_certificate(SSL_CTX* context, const named_certificate& shown) {
    std::string password = shown.password;
    SSL_CTX_set_default_passwd_cb(context, give_password);
    SSL_CTX_set_default_passwd_cb_userdata(context, &password);
    const std::string& keyfile = shown.keyfile.empty() ? shown.certfile : shown.keyfile;
    result<void> outcome;
    if (SSL_CTX_use_certificate_chain_file(context, shown.certfile.c_str()) != 1) {
        outcome = tls_refusal("certificate", shown.certfile);
    } else if (SSL_CTX_use_PrivateKey_file(context, keyfile.c_str(), SSL_FILETYPE_PEM) != 1) {
        outcome = tls_refusal("key", keyfile);
    } else if (SSL_CTX_check_private_key(context) != 1) {
        outcome = tls_refusal("key does not belong to certificate", shown.certfile);
    }
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    OPENSSL_cleanse(password.data(), password.size());
    return outcome;
}

result<void> use_dh_parameters(SSL_CTX* context, const std::string& file) {
    if (file.empty()) return {};
    const bio_ptr in(BIO_new_file(file.c_str(), "r"));
    EVP_PKEY* const parameters = in ? PEM_read_bio_Parameters(in.get(), nullptr) : nullptr;
    if (parameters == nullptr) return tls_refusal("Diffie-Hellman parameters", file);
    if (SSL_CTX_set0_tmp_dh_pkey(context, parameters) == 1) return {};
    EVP_PKEY_free(parameters);
    return tls_refusal("Diffie-Hellman parameters", file);
}

ocsp_staple read_ocsp_staple(const std::string& file, X509* about) {
    if (file.empty()) return {};
    auto response = read_small(file, largest_ocsp_response);
    const result<std::time_t> end =
        response ? end_of_response(*response, about)
                 : result<std::time_t>(error(errc::invalid, "it cannot be read, is empty or too large"));
    ERR_clear_error();
    if (end.has_value()) return {std::move(*response), *end};
    log::warning("ocsp_response_unusable", {{"file", file},
                                            {"reason", end.error().detail},
                                            {"advice", "clients are shown none until the file changes"}});
    return {};
}

void openssl_context::narrow_validity(SSL_CTX* context) {
    const X509* const leaf = SSL_CTX_get0_certificate(context);
    valid_.begin = std::max(valid_.begin, to_time(X509_get0_notBefore(leaf)));
    valid_.end = std::min(valid_.end, to_time(X509_get0_notAfter(leaf)));
}

result<void> openssl_context::make_named(const tls_settings& settings) {
    for (const named_certificate& each : settings.certificates) {
        auto made = make_native(settings, each);
        if (made.has_error()) return made.error();
        for (const std::string& name : each.domains) names_.emplace(name, made->get());
        narrow_validity(made->get());
        named_.push_back(std::move(*made));
    }
    if (!names_.empty()) {
        SSL_CTX_set_tlsext_servername_callback(native(), choose_certificate);
        SSL_CTX_set_tlsext_servername_arg(native(), this);
    }
    return {};
}

// A client that asks for a name of nobody gets the default certificate: it may know better (RFC 6066, 3).
int openssl_context::choose_certificate(SSL* connection, int*, void* user) {
    const auto& self = *static_cast<const openssl_context*>(user);
    const char* const asked = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
    if (asked == nullptr) return SSL_TLSEXT_ERR_OK;
    const std::string name = asked_server_name(asked);
    auto found = self.names_.find(name);
    if (found == self.names_.end()) found = self.names_.find(wildcard_over(name));
    if (found != self.names_.end()) SSL_set_SSL_CTX(connection, found->second);
    return SSL_TLSEXT_ERR_OK;
}

int openssl_context::staple(SSL* connection, void* user) {
    const auto& self = *static_cast<const openssl_context*>(user);
    if (self.ocsp_end_ <= std::time(nullptr)) return SSL_TLSEXT_ERR_NOACK;
    void* const copy = OPENSSL_memdup(self.ocsp_response_.data(), self.ocsp_response_.size());
    if (copy == nullptr) return SSL_TLSEXT_ERR_NOACK;
    SSL_set_tlsext_status_ocsp_resp(connection, copy, static_cast<long>(self.ocsp_response_.size()));
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace meerkat::net
