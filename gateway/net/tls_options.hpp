#pragma once
// The `tls` table that every listener shares. Data only: tls_context.hpp turns it into something that shakes
// hands.

#include "config/values.hpp"
#include "gateway/net/tls_settings.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace meerkat::net {

enum class ticket_kind : std::uint8_t { stateless };

struct tls_options {
    verify_mode verify = verify_mode::peer;
    bool disconnect_on_failure = true;
    std::string cacertfile;              // empty: the authorities that the system trusts
    std::vector<std::string> crl_files;  // of revoked certificates
    std::string certfile;                // set once read: a listener without a certificate is refused
    std::string keyfile;                 // set once read; the certfile itself where that holds the key
    std::string password;                // of the key; empty: none
    std::string ciphers;                 // as OpenSSL writes them; empty: the library's
    std::vector<std::string> versions;   // "tlsv1.2", "tlsv1.3"; empty: both
    std::string dhfile;                  // empty: DHE is not served
    std::vector<named_certificate> certificates;  // by the name that a client asks for
    std::string ocsp_file;                        // about certfile; empty: none
    std::optional<ticket_kind> session_tickets;
    bool early_data = false;
    bool keep_secrets = false;  // not in the table of HTTP listeners
};

// What a listener's TLS is to be; the protocols of ALPN are its own to add.
tls_settings settings_from(const tls_options& options);

// Every file that the options name: a change of one is taken up without a reload.
std::vector<std::filesystem::path> files_of(const tls_options& options);

// Whose table it is: releases had different options for each.
enum class tls_of : std::uint8_t { c2s, s2s, component, http };

config::table<tls_options> tls_table(tls_of owner);

}  // namespace meerkat::net
