#pragma once
// "Did you mean": the nearest of some words.

#include <string>
#include <string_view>
#include <vector>

namespace meerkat::config {

// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

// `did you mean "x"?`, or nothing when no word is near enough.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace meerkat::config
