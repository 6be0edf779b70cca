#pragma once
// [services], [instrumentation] and [internal_databases]: what the whole process has besides connections.
// What does not act yet is checked all the same, and older spellings become today's.

#include "config/option.hpp"
#include "handlers/bosh/bosh_options.hpp"

#include <optional>

namespace meerkat {

struct services_options {
    std::optional<bosh_service_options> bosh;  // unset: BOSH is not served
};

config::table<services_options> services_table();
config::option instrumentation_section();
config::option internal_databases_section();

}  // namespace meerkat
