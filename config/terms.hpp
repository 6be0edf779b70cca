#pragma once
// Text as Erlang terms: the grammar of the oldest configuration files. Knows values and their places and
// nothing of what they mean; gateway/cfg turns them into options.

#include "config/diagnostic.hpp"
#include "config/values.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::config {

enum class term_kind : std::uint8_t { atom, integer, number, string, binary, tuple, list };

struct term {
    term_kind kind = term_kind::list;
    place where;                // of its first character
    std::string text;           // of atoms, strings and binaries; UTF-8
    std::int64_t integer = 0;   // also of a character such as $a
    double number = 0;          // of numbers with a fraction
    std::vector<term> items{};  // of tuples and lists

    bool is_atom() const { return kind == term_kind::atom; }
    bool is_atom(std::string_view name) const { return is_atom() && text == name; }
    bool is_integer() const { return kind == term_kind::integer; }
    // A string or a binary: files use either where a text is meant.
    bool is_text() const { return kind == term_kind::string || kind == term_kind::binary; }
    bool is_list() const { return kind == term_kind::list; }
    bool is_tuple() const { return kind == term_kind::tuple; }
    bool is_tuple(std::size_t size) const { return is_tuple() && items.size() == size; }
    // {name, ...}
    bool is_tuple_of(std::string_view name) const {
        return is_tuple() && !items.empty() && items.front().is_atom(name);
    }

    // For messages: `the atom x`, `a tuple of 3`. Texts and numbers are not shown: they may be secrets.
    std::string describe() const;
};

inline constexpr std::size_t deepest_term = 64;     // tuples and lists in each other
inline constexpr std::size_t most_terms = 200'000;  // in one file, each element of a tuple or list counted

// The terms of a file, `Term.` each, or nothing and one finding: what follows an error cannot be told. Texts
// are taken as UTF-8. An empty map reads as an empty list, because files have one where a list is allowed;
// other maps, functions, variables, macros and `[Head | Tail]` are refused.
std::optional<std::vector<term>> read_terms(std::string_view text, std::string_view file,
                                            diagnostics& findings);

}  // namespace meerkat::config
