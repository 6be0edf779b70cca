#pragma once
// All options of a table and of the tables inside it, one after the other.

#include "config/option.hpp"

#include <string>
#include <vector>

namespace meerkat::config {

struct listed_option {
    std::string path;  // listen.c2s[].port, shaper.<name>.max_rate, acl.<name>[].match
    const option* entry;
    // Of the entry, or of the sections around it: the least that any of them says.
    option_state state;
    bool reloadable;
    bool host_scope;     // may stand in host_config too
    bool served_anyway;  // its purpose is served whatever it says
    bool older;          // an older spelling
};

// Sections themselves are listed as well. Entries point into the table.
std::vector<listed_option> list_options(const option_table& root);

}  // namespace meerkat::config
