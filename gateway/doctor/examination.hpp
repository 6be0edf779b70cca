#pragma once
// The whole visit: every subject in its turn, and what is said at the end.

#include "gateway/doctor/finding.hpp"
#include "gateway/doctor/site.hpp"
#include "gateway/doctor/world.hpp"

#include <string>

namespace meerkat::doctor {

// In the order of the subjects; within one, in the order of the file where it has one.
findings examine(const site& examined, world& around);

// 0: nothing to do; 1: problems; 2: advice only.
int exit_code(const findings& all);

// For people: problems first, what is fine last, then how many of each.
std::string report(const findings& all);
// For programs: one JSON object.
std::string report_json(const findings& all, const std::string& file);

}  // namespace meerkat::doctor
