#pragma once
// The option table as a JSON Schema (draft 2020-12), by which editors complete and check a TOML file.

#include "config/option.hpp"

#include <string>

namespace meerkat::config {

// Pretty-printed; ends with a newline.
std::string json_schema(const option_table& root, const std::string& title);

}  // namespace meerkat::config
