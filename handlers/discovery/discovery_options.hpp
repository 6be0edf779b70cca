#pragma once
// One [[listen.http.handlers.meerkat_discovery]]: host-meta and host-meta.json, XEP-0156.

#include "config/values.hpp"

namespace meerkat {

struct discovery_options {};

config::table<discovery_options> discovery_table();

}  // namespace meerkat
