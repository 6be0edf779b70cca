#pragma once
// [outgoing_pools.<type>.<tag>]: connections to databases, directories, brokers and web services, several to
// a pool. No pool is made yet: their options are checked, and older spellings become today's.

#include "config/option.hpp"

namespace meerkat {

// Whose pools: those of the whole server say for whom they are (`scope`), those of one host cannot.
enum class pools_of : std::uint8_t { server, host };

config::option outgoing_pools_section(pools_of whose);

}  // namespace meerkat
