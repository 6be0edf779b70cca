#pragma once
// Whether the listeners of the file could be bound now.

#include "gateway/doctor/finding.hpp"
#include "gateway/doctor/site.hpp"
#include "gateway/doctor/world.hpp"

namespace meerkat::doctor {

// A port that this very program holds is fine: the server may be running.
findings examine_ports(const site& examined, world& around);

}  // namespace meerkat::doctor
