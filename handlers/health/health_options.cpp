#include "handlers/health/health_options.hpp"

#include "config/table.hpp"

namespace meerkat {

config::table<health_options> health_table() { return {}; }

}  // namespace meerkat
