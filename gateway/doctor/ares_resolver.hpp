#pragma once
// The DNS, asked by c-ares.

#include "gateway/doctor/resolver.hpp"

#include <memory>
#include <string>

namespace meerkat::doctor {

// `servers` as "address:port,..."; empty: those of /etc/resolv.conf. Unusable servers make every answer
// unanswered, with the reason.
std::unique_ptr<resolver> make_ares_resolver(const std::string& servers = {});

}  // namespace meerkat::doctor
