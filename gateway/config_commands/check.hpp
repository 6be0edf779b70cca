#pragma once
// `meerkat check FILE`: everything there is to say about a configuration, for people or for programs.

#include "config/release.hpp"

#include <filesystem>
#include <optional>

namespace meerkat::config_commands {

struct check_options {
    std::filesystem::path file;
    std::optional<config::release> as;  // unset: the file says
    bool json = false;
};

// 0: nothing to say. 1: the file is wrong. 2: it is accepted, with remarks.
int check(const check_options& how);

}  // namespace meerkat::config_commands
