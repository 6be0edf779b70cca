#pragma once
// A self-made certificate for the demo: ECDSA on P-256, for one domain and loopback.

#include "gateway/base/error.hpp"

#include <filesystem>
#include <string>

namespace meerkat {

// Writes both PEM files, the key readable by the owner only, unless both are there already.
result<void> make_self_signed(const std::filesystem::path& certfile, const std::filesystem::path& keyfile,
                              const std::string& domain);

}  // namespace meerkat
