#pragma once
// Where a listener listens: what all listener types have in common.

#include "config/values.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace meerkat::net {

struct listener_options {
    std::uint16_t port = 0;                  // 0: any free one
    std::string ip_address;                  // numeric; set once read, "0.0.0.0" where the file says nothing
    std::optional<std::int64_t> ip_version;  // 4 or 6, where the file says it
    config::place where;                     // of the listener's table in the file
};

config::table<listener_options> listener_table();

}  // namespace meerkat::net
