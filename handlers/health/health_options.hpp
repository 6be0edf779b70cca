#pragma once
// One [[listen.http.handlers.meerkat_health]]: /healthz and /readyz.

#include "config/values.hpp"

namespace meerkat {

struct health_options {};

config::table<health_options> health_table();

}  // namespace meerkat
