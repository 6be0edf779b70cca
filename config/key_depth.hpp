#pragma once
// A look at raw TOML before the library parses it: the library builds a table for each part of a dotted key
// and destroys them recursively, so a key of a million parts would exhaust the stack.

#include "config/values.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace meerkat::config {

// The place of the first key with more than `limit` parts. Exact on valid TOML; on invalid TOML at least as
// strict as the library is up to its first error.
std::optional<place> find_deep_key(std::string_view text, std::size_t limit);

}  // namespace meerkat::config
