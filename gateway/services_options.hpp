#pragma once
// [services], [instrumentation] and [internal_databases]: what the whole process has besides connections.
// None of it acts yet; the options are checked, and older spellings become today's.

#include "config/option.hpp"

namespace meerkat {

config::option services_section();
config::option instrumentation_section();
config::option internal_databases_section();

}  // namespace meerkat
