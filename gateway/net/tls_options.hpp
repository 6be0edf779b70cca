#pragma once
// The `tls` table that every listener shares. Data only: tls_context.hpp turns it into something that shakes
// hands.

#include "config/values.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace meerkat::net {

enum class verify_mode : std::uint8_t { peer, selfsigned_peer, none };

struct tls_options {
    verify_mode verify = verify_mode::peer;
    std::string certfile;               // set once read: a listener without a certificate is refused
    std::string keyfile;                // set once read; the certfile itself where that holds the key
    std::string password;               // of the key; empty: none
    std::string ciphers;                // as OpenSSL writes them; empty: the library's
    std::vector<std::string> versions;  // "tlsv1.2", "tlsv1.3"; empty: both
};

// Whose table it is: releases had different options for each.
enum class tls_of : std::uint8_t { c2s, s2s, component, http };

config::table<tls_options> tls_table(tls_of owner);

}  // namespace meerkat::net
