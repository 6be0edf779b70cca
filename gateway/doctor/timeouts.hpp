#pragma once
// How long connections stay silent, against the patience of the proxies that usually stand before a server.

#include "gateway/doctor/finding.hpp"
#include "gateway/doctor/site.hpp"
#include "gateway/doctor/world.hpp"

namespace meerkat::doctor {

findings examine_timeouts(const site& examined, world& around);

}  // namespace meerkat::doctor
