#pragma once
// The auth methods that are to come: their sections are checked, and a file that uses one is not served.

#include "config/option.hpp"

#include <vector>

namespace meerkat {

// Sections of [auth]. Whether a file uses them is for auth_options.cpp to see.
std::vector<config::option> auth_methods_to_come();

}  // namespace meerkat
