#pragma once
// An option table without types: what the reader walks and the reference prints. Areas do not write these;
// they use the typed builders of table.hpp, which make them.

#include "config/document.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace meerkat::config {

class reader;
struct option_table;

enum class option_state : std::uint8_t {
    works,
    known_not_yet,  // accepted; this release does nothing with it and says so
    known_never,    // accepted for the files that have it; nothing here that it could act on
};

// What follows when a known_not_yet option is used.
enum class without : std::uint8_t {
    warns,   // the rest works without it
    blocks,  // leaving it out would open a door or miss a listener, handler or auth method
};

enum class option_form : std::uint8_t {
    value,
    section,         // [key]
    sections,        // [[key]]
    named_sections,  // [key.<name>]
    named_lists,     // [[key.<name>]]
    open,            // a table or array whose content is not looked at
};

struct option {
    std::string key;
    option_form form = option_form::value;
    option_state state = option_state::works;
    bool required = false;
    std::string expected;  // a phrase for messages and the reference: `an integer from 0 to 65535`
    std::string fallback;  // as one would write it in the file; empty: unset
    std::string meaning;   // one sentence
    std::string modern;    // not empty: `key` is an older spelling of this option of the same table

    // Reads a value into the struct of the table this option stands in. Not set for older spellings.
    std::function<void(reader&, const member&, void*)> read;
    std::shared_ptr<const option_table> inside;  // of sections
};

struct option_table {
    std::vector<option> options;
    // Before the options: takes the table's place down. After them, if they were free of errors: checks and
    // derived values of several options.
    std::vector<std::function<void(const node&, void*)>> beginnings;
    std::vector<std::function<void(reader&, const node&, void*)>> checks;
    std::string unknown_reason = "unexpected_key";

    const option* find(std::string_view key) const;
};

}  // namespace meerkat::config
