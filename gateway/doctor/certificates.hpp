#pragma once
// The certificates of all TLS listeners: file and key, names, time, strength, chain.

#include "gateway/doctor/finding.hpp"
#include "gateway/doctor/site.hpp"
#include "gateway/doctor/world.hpp"

namespace meerkat::doctor {

// Each pair of certificate and key once, however many listeners share it. Files that this user may not read
// are left to examine_files().
findings examine_certificates(const site& examined, world& around);

}  // namespace meerkat::doctor
