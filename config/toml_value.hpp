#pragma once
// Keys and values as TOML text, on one line or on several.

#include "config/document.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace meerkat::config {

// Bare where TOML allows it.
std::string toml_key(std::string_view key);

// On one line whatever it is; tables in braces.
std::string toml_value(const node& value);

// An array that is long, or holds several tables, has an item on each line. Lines after the first begin with
// `indent` blanks; `before` is what stands on the first line already.
std::string toml_lines(const node& value, std::size_t indent, std::size_t before);

inline constexpr std::size_t toml_width = 100;  // a line longer than this is broken where TOML allows it

}  // namespace meerkat::config
