#include "gateway/doctor/certificate_file.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string_view>

namespace meerkat::doctor {

namespace {

using bio_ptr = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

bio_ptr open(const std::string& file) { return {BIO_new_file(file.c_str(), "r"), &BIO_free_all}; }

std::string system_reason() {
    ERR_clear_error();
    return std::strerror(errno);
}

std::string openssl_reason() {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    const char* reason = ERR_reason_error_string(code);
    return reason == nullptr ? "no reason given" : reason;
}

struct passphrase_request {
    const std::string& passphrase;
    bool asked = false;
};

// Never asks on the terminal.
int give_passphrase(char* into, int size, int, void* user) {
    auto& request = *static_cast<passphrase_request*>(user);
    request.asked = true;
    const std::string& passphrase = request.passphrase;
    if (passphrase.empty() || passphrase.size() > static_cast<std::size_t>(size)) return -1;
    std::copy(passphrase.begin(), passphrase.end(), into);
    return static_cast<int>(passphrase.size());
}

std::string name_text(const X509_NAME* name) {
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at >= 0) {
        unsigned char* text = nullptr;
        const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
        if (size >= 0) {
            std::string common(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
            OPENSSL_free(text);
            return common;
        }
    }
    std::array<char, 256> whole{};
    X509_NAME_oneline(name, whole.data(), static_cast<int>(whole.size()));
    ERR_clear_error();
    return whole.data();
}

std::chrono::system_clock::time_point to_time(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

}  // namespace

result<std::vector<certificate_ptr>> read_certificates(const std::string& file) {
    ERR_clear_error();
    const bio_ptr in = open(file);
    if (!in) return error(errc::unavailable, "cannot be opened: " + system_reason());
    std::vector<certificate_ptr> all;
    while (X509* each = PEM_read_bio_X509_AUX(in.get(), nullptr, nullptr, nullptr)) all.emplace_back(each);
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    const std::string reason = openssl_reason();
    if (!at_end)
        return error(errc::invalid,
                     "certificate " + std::to_string(all.size() + 1) + " of the file is damaged: " + reason);
    if (all.empty()) return error(errc::invalid, "holds no certificate in PEM form");
    return all;
}

key_reading read_key(const std::string& file, const std::string& passphrase) {
    ERR_clear_error();
    key_reading reading;
    const bio_ptr in = open(file);
    if (!in) {
        reading.reason = "cannot be opened: " + system_reason();
        return reading;
    }
    passphrase_request request{passphrase};
    reading.key.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, give_passphrase, &request));
    ERR_clear_error();
    if (reading.key) return reading;
    if (!request.asked) {
        reading.reason = "holds no private key in PEM form";
    } else if (passphrase.empty()) {
        reading.trouble = key_trouble::passphrase_missing;
        reading.reason = "is encrypted, and the file has no passphrase for it";
    } else {
        reading.trouble = key_trouble::passphrase_wrong;
        reading.reason = "is encrypted, and the passphrase in the file does not open it";
    }
    return reading;
}

std::string subject_of(const X509* certificate) { return name_text(X509_get_subject_name(certificate)); }
std::string issuer_of(const X509* certificate) { return name_text(X509_get_issuer_name(certificate)); }

std::chrono::system_clock::time_point begin_of(const X509* certificate) {
    return to_time(X509_get0_notBefore(certificate));
}
std::chrono::system_clock::time_point end_of(const X509* certificate) {
    return to_time(X509_get0_notAfter(certificate));
}

}  // namespace meerkat::doctor
