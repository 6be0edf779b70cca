#pragma once
// Passwords that everybody knows: written in the file, left over from the demo, or not asked for at all.

#include "gateway/doctor/finding.hpp"
#include "gateway/doctor/site.hpp"
#include "gateway/doctor/world.hpp"

namespace meerkat::doctor {

// Names where a weak secret stands, never the secret.
findings examine_passwords(const site& examined, world& around);

}  // namespace meerkat::doctor
