#pragma once
// What values an option takes, as data: for the JSON Schema, for tests that make valid and invalid files, and
// for whoever wants to know without reading a sentence.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meerkat::config {

struct value_kind {
    enum class type : std::uint8_t { boolean, string, integer, number, list, integer_or_string };

    type is = type::string;
    std::vector<std::string> words;           // a closed list, if not empty; of lists: strings instead of one
    std::vector<std::int64_t> numbers;        // integers: a closed list, if not empty
    std::optional<std::int64_t> least, most;  // integers
    bool infinity = false;                    // the string "infinity" too
    bool non_empty = false;                   // strings and lists
    bool unique = false;                      // lists
    bool file = false, directory = false;     // strings: it must exist
    std::string example;                      // strings of a form of their own: one that is right
    std::shared_ptr<const value_kind> item;   // of lists
};

}  // namespace meerkat::config
