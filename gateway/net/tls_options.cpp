#include "gateway/net/tls_options.hpp"

#include "config/table.hpp"
#include "gateway/net/tls_context.hpp"
#include "gateway/net/tls_options_older.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace meerkat::net {

using namespace config;

namespace {

// Suites of TLS 1.3 have names of their own kind; OpenSSL takes them by another function.
bool usable_ciphers(const std::string& ciphers) {
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_server_method()),
                                                               &SSL_CTX_free);
    if (!context) return true;  // nothing can be said; making the listener's own context will
    const bool usable = SSL_CTX_set_cipher_list(context.get(), ciphers.c_str()) == 1 ||
                        SSL_CTX_set_ciphersuites(context.get(), ciphers.c_str()) == 1;
    ERR_clear_error();
    return usable;
}

shape<std::string> cipher_list() {
    return prepared_text(
        "a cipher list as OpenSSL writes them", "invalid_ciphers",
        [](const std::string& s) -> std::optional<std::string> {
            if (s.find('\0') != std::string::npos) return std::nullopt;
            if (!s.empty() && !usable_ciphers(s)) return std::nullopt;
            return s;
        },
        "ECDHE+AESGCM");
}

void check_certificate(reader& r, const node& section, tls_options& tls) {
    if (tls.certfile.empty()) {
        r.error(section.where(), "missing_certificate", "TLS is asked for, but there is no certificate",
                "write certfile and keyfile, or remove this table to serve without TLS");
        return;
    }
    if (!tls.keyfile.empty()) return;
    r.error(section.where(), "tls_certfile_without_keyfile",
            "certfile is written without keyfile, and the file itself holds no key",
            "write keyfile = \"...\", the private key of the certificate");
}

void check_versions(reader& r, const node& section, tls_options& tls) {
    const bool old_only = !tls.versions.empty();
    const auto removed =
        std::erase_if(tls.versions, [](const std::string& v) { return v == "tlsv1" || v == "tlsv1.1"; });
    if (removed == 0) return;
    if (old_only && tls.versions.empty()) {
        r.error(section.where(), "insecure_tls_versions", "TLS 1.0 and 1.1 are not served (RFC 8996)",
                "add \"tlsv1.2\" and \"tlsv1.3\" to versions");
    } else {
        r.warn(section.where(), "insecure_tls_versions",
               "TLS 1.0 and 1.1 are not served (RFC 8996); the other versions are");
    }
}

void check_verify_mode(reader& r, const node& section, tls_options& tls) {
    if (tls.verify == verify_mode::none) return;
    const node* written = section.find("verify_mode");
    r.block(written ? written->where() : section.where(), "not_supported_yet",
            std::string(written ? "verify_mode" : "verify_mode is not written, so it is \"peer\": it") +
                " refuses every client without a certificate, every browser included, which this release "
                "cannot do yet",
            "write verify_mode = \"none\" to serve clients without certificates");
}

known_table certificate_table() {
    return {
        known_required("domains", list(non_empty_text(), list_rule::unique_non_empty),
                       "The names it is for; \"*.example.org\" is any one label before the domain."),
        known_required("certfile", existing_file(), "The certificate (PEM)."),
        known("keyfile", existing_file(), std::nullopt, "Its private key (PEM)."),
        known("password", text(), std::nullopt, "The passphrase of keyfile.").secret(),
    };
}

// Which releases had which option, and what else they had.
void add_older(table<tls_options>& entries, tls_of owner) {
    for (const char* late : {"early_data", "session_tickets"}) entries.released(late, "6.4.0"_r);
    switch (owner) {
        case tls_of::c2s:
            entries.released("keyfile", "5.1.0"_r).released("password", "4.1.0"_r);
            break;
        case tls_of::s2s:
            for (const char* late : {"keyfile", "password", "versions", "disconnect_on_failure", "crl_files"})
                entries.released(late, "6.4.0"_r);
            entries.released("certfile", "5.1.0"_r).released("verify_mode", "5.1.0"_r);
            break;
        case tls_of::component:
            for (const char* late : {"verify_mode", "certfile", "keyfile", "password", "cacertfile",
                                     "ciphers", "versions", "disconnect_on_failure", "crl_files", "dhfile"})
                entries.released(late, "6.4.0"_r);
            break;
        case tls_of::http:
            entries.released("disconnect_on_failure", "6.4.0"_r).released("crl_files", "6.4.0"_r);
            break;
    }
    if (owner == tls_of::c2s || owner == tls_of::s2s) {
        entries.add(older("protocol_options", list(non_empty_text()), "4.0.0"_r, "6.3.3"_r,
                          protocol_options_to_versions(), "The versions of TLS left out, as no_tlsv1_1."));
    }
    if (owner == tls_of::c2s || owner == tls_of::http) {
        entries.add(older("verify_peer", boolean(), "4.0.0"_r, "5.0.1"_r, verify_peer_to_verify_mode(),
                          "Whether clients are asked for certificates."));
    }
    if (owner == tls_of::c2s) {
        entries
            .add(older("module", one_of<bool>({{"fast_tls", true}, {"just_tls", true}}), "4.0.0"_r, "6.3.3"_r,
                       dropped("there is one TLS library"), "The TLS library."))
            .add(older("server_name_indication", boolean(), "4.0.0"_r, "5.0.1"_r,
                       dropped("a listener is asked for a name, it does not ask"),
                       "Meant for connections going out."));
    }
    entries.modernize(modernize_tls);
}

}  // namespace

table<tls_options> tls_table(tls_of owner) {
    using t = tls_options;
    table<t> entries{
        optional("verify_mode", &t::verify,
                 one_of<verify_mode>({{"peer", verify_mode::peer},
                                      {"selfsigned_peer", verify_mode::selfsigned_peer},
                                      {"none", verify_mode::none}}),
                 "What is asked of a client's certificate; this release serves \"none\" only."),
        optional("certfile", &t::certfile, existing_file(),
                 "The certificate, followed by intermediate ones (PEM).")
            .reload(),
        optional("keyfile", &t::keyfile, existing_file(), "The private key of certfile (PEM).").reload(),
        optional("password", &t::password, text(), "The passphrase of keyfile.").reload().secret(),
        optional("ciphers", &t::ciphers, cipher_list(), "The ciphers, as OpenSSL writes them.").reload(),
        optional("versions", &t::versions,
                 list(one_of<std::string>({{"tlsv1", "tlsv1"},
                                           {"tlsv1.1", "tlsv1.1"},
                                           {"tlsv1.2", "tlsv1.2"},
                                           {"tlsv1.3", "tlsv1.3"}})),
                 "The versions served; if empty, 1.2 and 1.3.")
            .reload(),
        not_yet("cacertfile", existing_file(), std::nullopt, without::warns,
                "Authorities that clients' certificates are checked against."),
        not_yet("disconnect_on_failure", boolean(), true, without::warns,
                "Refuses a client with a bad certificate in the handshake."),
        not_yet("crl_files", list(existing_file()), std::vector<std::string>(), without::blocks,
                "Lists of revoked certificates."),
        not_yet("dhfile", existing_file(), std::nullopt, without::warns, "Diffie-Hellman parameters."),
        not_yet("early_data", boolean(), false, without::warns, "Data in the first flight of TLS 1.3."),
        not_yet("session_tickets", one_of<bool>({{"stateless", true}}), std::nullopt, without::warns,
                "Tickets by which a client resumes a TLS session."),
        not_yet("ocsp_file", existing_file(), std::nullopt, without::warns,
                "An OCSP response (DER) handed out in the handshake.")
            .own(),
        sections_not_yet("certificates", certificate_table(), without::warns,
                         "Further certificates, chosen by the name the client asks for (SNI).")
            .own(),
    };
    entries.check(check_certificate).check(check_versions).check(check_verify_mode);
    add_older(entries, owner);
    return entries;
}

tls_settings settings_from(const tls_options& options) {
    tls_settings settings;
    settings.certfile = options.certfile;
    settings.keyfile = options.keyfile;
    settings.password = options.password;
    settings.ciphers = options.ciphers;
    settings.versions = options.versions;
    return settings;
}

}  // namespace meerkat::net
