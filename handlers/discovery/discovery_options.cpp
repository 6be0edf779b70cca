#include "handlers/discovery/discovery_options.hpp"

#include "config/table.hpp"

namespace meerkat {

config::table<discovery_options> discovery_table() { return {}; }

}  // namespace meerkat
