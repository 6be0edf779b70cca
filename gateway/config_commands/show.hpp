#pragma once
// `meerkat config show FILE` and `meerkat config diff A B`: what a file amounts to.

#include "config/release.hpp"

#include <filesystem>
#include <optional>

namespace meerkat::config_commands {

struct show_options {
    std::filesystem::path file;
    std::optional<config::release> as;
    bool hooks = false;  // also what each module takes part in
};

// Every option that holds, with its value and where it comes from; secrets are masked. 1: the file is wrong,
// and what is wrong stands on standard error.
int show(const show_options& how);

// What changes from one file to the other, and which of it a reload applies. 0: nothing differs; 1: one of
// the files is wrong; 2: something differs.
int diff(const std::filesystem::path& before, const std::filesystem::path& after);

}  // namespace meerkat::config_commands
