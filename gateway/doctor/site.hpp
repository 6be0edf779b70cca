#pragma once
// What is examined: an accepted configuration with the file it came from, and its listeners seen as one kind
// of thing.

#include "config/document.hpp"
#include "gateway/configuration.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace meerkat::doctor {

struct site {
    const configuration& settings;
    const config::node& document;  // the file as a tree, in today's spelling
    std::filesystem::path file;
};

// One listener. Points into the configuration it was made from.
struct entrance {
    enum class kind : std::uint8_t { c2s, http };
    kind type = kind::c2s;
    const net::listener_options* socket = nullptr;
    const net::tls_options* tls = nullptr;  // null: none
    bool direct_tls = false;                // from the first byte
    const http_listener_options* http = nullptr;

    bool loopback() const;
    // "listen.c2s, line 12"
    std::string place() const;
};

std::vector<entrance> entrances_of(const configuration& settings);

// The default one, without domains, then those that are shown for some. Each with its key's file.
std::vector<net::named_certificate> certificates_of(const net::tls_options& tls);

// A listener that peers from elsewhere can reach.
bool open_to_the_network(const configuration& settings);

}  // namespace meerkat::doctor
