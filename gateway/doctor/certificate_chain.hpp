#pragma once
// Whether the certificates of a file lead to an authority that is trusted, in the order in which TLS sends
// them.

#include "gateway/doctor/certificate_file.hpp"
#include "gateway/doctor/finding.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace meerkat::doctor {

// `chain` as in the file, the server's own certificate first. `authorities` as world::authorities() has it.
// Whether the server's own certificate has expired is not looked at here.
findings examine_chain(const std::vector<certificate_ptr>& chain, const std::string& looked_at,
                       const std::filesystem::path& authorities, std::chrono::system_clock::time_point now);

}  // namespace meerkat::doctor
