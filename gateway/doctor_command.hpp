#pragma once
// `meerkat doctor FILE`: whether this machine and this configuration fit each other.

#include <filesystem>

namespace meerkat {

// Prints what was found and returns the exit code: 0 nothing to do, 1 problems, 2 advice only. A file that is
// not accepted is answered with its own errors.
int run_doctor(const std::filesystem::path& file, bool json);

}  // namespace meerkat
