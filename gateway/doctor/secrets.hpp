#pragma once
// The secrets that stand in a configuration file, found by the names of their keys alone: so those of
// sections that this release does not read yet are found too.

#include "config/document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meerkat::doctor {

// Views into the document.
struct written_secret {
    std::string path;  // keys joined by dots, without positions in arrays
    config::place where;
    std::string_view value;  // never to be shown
    std::string_view user;   // of the username beside it; empty if there is none
};

// In the order of the file.
std::vector<written_secret> secrets_in(const config::node& document);

}  // namespace meerkat::doctor
