#pragma once
// What is written of a tree, line by line: which tables get a header, which stand in braces or as dotted
// keys, and what comes first. Comments come in later (toml_text.cpp).

#include "config/document.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace meerkat::config {

// A header, or a key with its value.
struct toml_statement {
    place where;  // of what it is written for, in the text the tree comes from; may be unset
    bool header = false;
    std::size_t indent = 0;
    std::string text;  // several lines for long arrays, indented but for the first
};

std::vector<toml_statement> lay_out_toml(const node& root);

}  // namespace meerkat::config
