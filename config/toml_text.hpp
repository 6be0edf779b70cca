#pragma once
// Writes a tree of values as TOML, the way a person would: sections under headers, in the order of the places
// the values have; plain values before the sections below them; the comments of the text that the tree comes
// from. Reading the result gives an equal tree: the same keys and values, arrays in the same order, tables in
// the same order among each other.

#include "config/comments.hpp"
#include "config/document.hpp"

#include <string>

namespace meerkat::config {

// `root` is a table. Its strings and keys are UTF-8, or the result is not TOML.
std::string write_toml(const node& root, const comments& kept);

// The same keys with the same values, wherever they stand in their files.
bool same_values(const node& a, const node& b);

}  // namespace meerkat::config
