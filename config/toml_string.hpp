#pragma once
// Where strings end in raw TOML: for whoever looks at the text itself, beside the library that parses it.

#include <cstddef>
#include <string_view>

namespace meerkat::config {

// `at` stands on the first quote of a string of any of the four kinds; the result is the position after its
// last quote. A single-line string that is not closed ends before its newline, any other at the end of the
// text: the library reports it.
std::size_t after_string(std::string_view text, std::size_t at);

}  // namespace meerkat::config
