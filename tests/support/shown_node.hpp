#pragma once
// A configuration document on one line, in the order of the file, for comparison: {a = 1, b = ["x"]}.

#include "config/document.hpp"

#include <sstream>
#include <string>

namespace meerkat::test {

inline std::string shown(const config::node& n) {
    std::ostringstream out;
    std::string between;
    if (const auto* table = n.table()) {
        for (const config::member& m : *table) {
            out << between << m.key << " = " << shown(m.value);
            between = ", ";
        }
        return "{" + out.str() + "}";
    }
    if (const auto* array = n.array()) {
        for (const config::node& item : *array) {
            out << between << shown(item);
            between = ", ";
        }
        return "[" + out.str() + "]";
    }
    if (n.boolean()) out << (*n.boolean() ? "true" : "false");
    if (n.integer()) out << *n.integer();
    if (n.number()) out << *n.number();
    if (n.text()) out << '"' << *n.text() << '"';
    return out.str();
}

}  // namespace meerkat::test
