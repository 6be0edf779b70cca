#pragma once
// Which module brings which other one with it: a file that switches on the first has the second too, without
// a word.

#include "config/document.hpp"

#include <set>
#include <string_view>

namespace meerkat {

// The modules of a [modules] section and all that they bring. Views of the section and of static text.
std::set<std::string_view> with_dependencies(const config::node& modules);

}  // namespace meerkat
