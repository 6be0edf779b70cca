#pragma once
// The comments of a TOML text and what each of them belongs to, so that a writer can put them back when the
// keys have moved. Looks at the raw text; knows strings and brackets, and nothing else of TOML.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::config {

enum class comment_stand : std::uint8_t {
    above,   // belongs to the first key or header at `line` or after it
    behind,  // at the end of the key or header that begins at `line`
    below,   // lines right below the key or header that begins at `line`, and a blank line after them
};

struct comment {
    comment_stand stands = comment_stand::above;
    std::uint32_t line = 0;
    std::uint32_t column = 0;  // of those behind: where it stood, from 0
    std::string text;          // from the '#' to the end of its line; never holds a newline
    bool after_blank = false;
    bool before_blank = false;
};

struct comments {
    std::vector<comment> all;  // in the order of the file
    // The lines of keys and headers right after a blank line, in order.
    std::vector<std::uint32_t> after_blank;
};

// Total: for text that is no TOML it finds what looks like comments.
comments find_comments(std::string_view text);

}  // namespace meerkat::config
