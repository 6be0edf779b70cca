#pragma once
// Tries whether an address and port can be bound, and names who holds one that cannot.

#include "gateway/doctor/world.hpp"

namespace meerkat::doctor {

// Binds and lets go at once, without listening: no peer ever connects to it.
port_facts probe_port(const std::string& ip, std::uint16_t port);

}  // namespace meerkat::doctor
