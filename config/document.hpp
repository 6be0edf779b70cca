#pragma once
// A configuration file as a tree of plain values, each with its place in the text. Knows TOML's grammar (by a
// library, in document.cpp only) and nothing of options.

#include "config/diagnostic.hpp"
#include "config/values.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace meerkat::config {

struct member;
class node;

// Dates and times have no place in a configuration: they are refused when the file is read.
using node_array = std::vector<node>;
using node_table = std::vector<member>;  // in the order of the file; no key twice

class node {
public:
    using content = std::variant<bool, std::int64_t, double, std::string, node_array, node_table>;

    node();  // an empty table
    node(content value, place where);
    node(const node&);
    node(node&&) noexcept;
    node& operator=(const node&);
    node& operator=(node&&) noexcept;
    ~node();

    place where() const { return where_; }

    const bool* boolean() const { return std::get_if<bool>(&value_); }
    const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value_); }
    const double* number() const { return std::get_if<double>(&value_); }
    const std::string* text() const { return std::get_if<std::string>(&value_); }
    const node_array* array() const { return std::get_if<node_array>(&value_); }
    const node_table* table() const { return std::get_if<node_table>(&value_); }
    node_array* array() { return std::get_if<node_array>(&value_); }
    node_table* table() { return std::get_if<node_table>(&value_); }

    // The value of a key; null when this is no table or has no such key.
    const node* find(std::string_view key) const;
    node* find(std::string_view key);

    // For messages: `the string "x"`, `the integer 5`, `a table`. With `secret`, the kind alone.
    std::string describe(bool secret) const;

private:
    content value_;
    place where_;
};

struct member {
    std::string key;
    place where;  // of the key
    node value;
};

inline constexpr std::size_t largest_document = std::size_t{16} * 1024 * 1024;  // bytes
inline constexpr std::size_t deepest_document = 64;  // tables and arrays in each other

// The tree, or nothing and one finding: TOML's errors leave nothing to go on with.
std::optional<node> read_document(std::string_view text, std::string_view file, diagnostics& findings);

}  // namespace meerkat::config
