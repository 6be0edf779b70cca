#pragma once
// Who may read and write the files of a site, and what the system leaves a server to work with.

#include "gateway/doctor/finding.hpp"
#include "gateway/doctor/site.hpp"
#include "gateway/doctor/world.hpp"

namespace meerkat::doctor {

findings examine_files(const site& examined, world& around);

}  // namespace meerkat::doctor
