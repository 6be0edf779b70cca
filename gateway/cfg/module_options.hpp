#pragma once
// Options of modules whose Erlang form is not simply {name, value}, or that have another name in TOML.

#include "gateway/cfg/translation.hpp"

namespace meerkat::cfg {

// One option into the table of its module; what has no entry of its own keeps its name and value.
void convert_module_option(translation& t, node& table, const std::string& module, const property& p);

}  // namespace meerkat::cfg
