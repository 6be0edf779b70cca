#include "gateway/net/tls_options.hpp"

#include "config/table.hpp"
#include "gateway/net/server_names.hpp"
#include "gateway/net/tls_options_older.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

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

void check_unused(reader& r, const node& section, tls_options& tls) {
    if (tls.verify != verify_mode::none) return;
    for (const char* unused : {"cacertfile", "crl_files"}) {
        const node* const written = section.find(unused);
        if (written == nullptr) continue;
        const reader::step here(r, unused);
        r.warn(written->where(), "no_effect",
               "this has no effect: with verify_mode = \"none\" clients are not asked for certificates",
               "remove it, or write verify_mode = \"peer\"");
    }
}

void check_default_mode(reader& r, const node& section, tls_options& tls) {
    if (tls.verify != verify_mode::peer || !tls.disconnect_on_failure || section.find("verify_mode")) return;
    r.warn(
        section.where(), "clients_need_certificates",
        "verify_mode is not written, so it is \"peer\": every client without a certificate is refused, every "
        "browser included",
        "write verify_mode = \"none\" to serve clients without certificates, or disconnect_on_failure = "
        "false "
        "to serve them too");
}

void check_early_data(reader& r, const node& section, tls_options& tls) {
    if (!tls.early_data || tls.session_tickets) return;
    const reader::step here(r, "early_data");
    r.warn(section.find("early_data")->where(), "no_effect",
           "this has no effect without session_tickets: a client needs a ticket to send early data",
           "write session_tickets = \"stateless\" too");
}

shape<std::string> domain_pattern() {
    return prepared_text(
        "a domain name, or \"*.\" before one", "invalid_domain",
        [](const std::string& s) { return server_name_pattern(s); }, "*.example.org");
}

table<named_certificate> certificate_table() {
    using c = named_certificate;
    table<c> t{
        required("domains", &c::domains, list(domain_pattern(), list_rule::unique_non_empty),
                 "The names it is for; \"*.example.org\" is any one label before the domain."),
        required("certfile", &c::certfile, existing_file(),
                 "The certificate, followed by intermediate ones (PEM)."),
        optional("keyfile", &c::keyfile, existing_file(),
                 "Its private key (PEM); if unset, it is in certfile."),
        optional("password", &c::password, text(), "The passphrase of keyfile.").secret(),
    };
    return t;
}

void check_domains(reader& r, const node& section, tls_options& tls) {
    std::set<std::string> seen;
    for (const named_certificate& each : tls.certificates) {
        for (const std::string& domain : each.domains) {
            if (seen.insert(domain).second) continue;
            const reader::step here(r, "certificates");
            r.warn(section.find("certificates")->where(), "duplicate_domain",
                   '"' + domain + "\" has two certificates: the first is shown", "name it in one of them");
        }
    }
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
        optional(
            "verify_mode", &t::verify,
            one_of<verify_mode>({{"peer", verify_mode::peer},
                                 {"selfsigned_peer", verify_mode::selfsigned_peer},
                                 {"none", verify_mode::none}}),
            "What is asked of a client's certificate: a trusted authority behind it; that, or that it signs "
            "itself; nothing.")
            .reload(),
        optional(
            "disconnect_on_failure", &t::disconnect_on_failure, boolean(),
            "A bad or missing certificate of a client ends the handshake; otherwise it counts as absent.")
            .reload(),
        optional("cacertfile", &t::cacertfile, existing_file(),
                 "Authorities that clients' certificates are checked against (PEM); if unset, those of the "
                 "system.")
            .reload(),
        optional("crl_files", &t::crl_files, list(existing_file()),
                 "Lists of revoked certificates (PEM or DER); every authority of a chain needs one.")
            .reload(),
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
        optional("dhfile", &t::dhfile, existing_file(),
                 "Diffie-Hellman parameters (PEM), for clients of TLS 1.2 that know no elliptic curves.")
            .reload(),
        optional("session_tickets", &t::session_tickets,
                 one_of<ticket_kind>({{"stateless", ticket_kind::stateless}}),
                 "Gives clients tickets by which they resume a TLS session; if unset, none.")
            .reload(),
        optional("early_data", &t::early_data, boolean(),
                 "Takes data in the first flight of TLS 1.3; tickets are good for one time then.")
            .reload(),
        optional("ocsp_file", &t::ocsp_file, existing_file(),
                 "An OCSP response (DER) about certfile, handed out in the handshake.")
            .own()
            .reload(),
        sections("certificates", &t::certificates, certificate_table(),
                 "Further certificates, chosen by the name the client asks for (SNI).")
            .own()
            .reload(),
    };
    if (owner != tls_of::http) {
        entries.add(
            optional("keep_secrets", &t::keep_secrets, boolean(),
                     "Writes session keys to the file that the environment variable SSLKEYLOGFILE names, "
                     "for looking into connections.")
                .since("6.6.0"_r)
                .reload());
    }
    entries.check(check_certificate).check(check_versions).check(check_early_data).check(check_domains);
    entries.check(check_unused);
    if (owner == tls_of::c2s || owner == tls_of::http) entries.check(check_default_mode);
    add_older(entries, owner);
    return entries;
}

tls_settings settings_from(const tls_options& options) {
    tls_settings settings;
    settings.certfile = options.certfile;
    settings.keyfile = options.keyfile;
    settings.password = options.password;
    settings.certificates = options.certificates;
    settings.ocsp_file = options.ocsp_file;
    settings.ciphers = options.ciphers;
    settings.versions = options.versions;
    settings.dhfile = options.dhfile;
    settings.verify = options.verify;
    settings.disconnect_on_failure = options.disconnect_on_failure;
    settings.cacertfile = options.cacertfile;
    settings.crl_files = options.crl_files;
    settings.session_tickets = options.session_tickets.has_value();
    settings.early_data = options.early_data;
    settings.keep_secrets = options.keep_secrets;
    return settings;
}

std::vector<std::filesystem::path> files_of(const tls_options& options) {
    std::vector<std::filesystem::path> files;
    const auto add = [&files](const std::string& file) {
        if (!file.empty()) files.emplace_back(file);
    };
    for (const std::string& each :
         {options.certfile, options.keyfile, options.cacertfile, options.dhfile, options.ocsp_file})
        add(each);
    for (const std::string& each : options.crl_files) add(each);
    for (const named_certificate& each : options.certificates) {
        add(each.certfile);
        add(each.keyfile);
    }
    return files;
}

}  // namespace meerkat::net
