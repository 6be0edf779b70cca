#pragma once
// Whether clients find the server by the names it serves: addresses and SRV records (RFC 6120, 3.2;
// XEP-0368), and discovery of the WebSocket (XEP-0156).

#include "gateway/doctor/finding.hpp"
#include "gateway/doctor/site.hpp"
#include "gateway/doctor/world.hpp"

namespace meerkat::doctor {

// Takes three seconds at most. Without a name server there is one advice and no problem.
findings examine_names(const site& examined, world& around);

}  // namespace meerkat::doctor
