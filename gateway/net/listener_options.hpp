#pragma once
// Where a listener listens: what all listener types have in common.

#include "config/values.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace meerkat::net {

struct listen_settings;

struct listener_options {
    std::uint16_t port = 0;                  // 0: any free one
    std::string ip_address;                  // numeric; set once read, "0.0.0.0" where the file says nothing
    std::string unix_path;                   // a UNIX socket instead of address and port; empty: none
    std::optional<unsigned> unix_mode;       // access rights of its file; unset: as the umask says
    std::optional<std::int64_t> ip_version;  // 4 or 6, where the file says it
    bool proxy_protocol = false;
    config::place where;  // of the listener's table in the file

    // The place itself, whatever it is held to: the same place is the same listener. Port 0 is a place of
    // its own each time.
    bool same_place(const listener_options& other) const {
        return unix_path == other.unix_path && ip_address == other.ip_address && port == other.port;
    }
    // For messages: "port 5222", "unix:/run/meerkat/http".
    std::string name() const;
};

config::table<listener_options> listener_table();

listen_settings settings_from(const listener_options& options);

}  // namespace meerkat::net
