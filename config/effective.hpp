#pragma once
// What a configuration amounts to: every option that holds, with its value and where the value comes from.

#include "config/option.hpp"
#include "config/values.hpp"

#include <string>
#include <vector>

namespace meerkat::config {

struct effective_value {
    std::string path;   // entries of arrays are told apart: listen.c2s[5222].port, acl.local[1].match
    std::string value;  // as one would write it in the file; may be a secret: show() hides it
    place where;        // of the value in the file; 0:0 where the default holds
    bool written = false;
    bool secret = false;
    bool reloadable = false;
    option_state state = option_state::works;
    bool served_anyway = false;  // its purpose is served whatever it says

    bool has_effect() const { return state == option_state::works && !served_anyway; }
};

using effective_values = std::vector<effective_value>;

// `path = value`, the value of a secret left out.
std::string show(const effective_value& value);

struct effective_change {
    std::string path;
    const effective_value* before = nullptr;  // null: it is not there
    const effective_value* after = nullptr;
    bool reloadable = false;  // a reload applies it, as far as it has an effect
    bool has_effect = false;  // else it may be ignored
    bool whole_entry =
        false;  // a listener, a rule's clause, ...: `path` is the entry's, with all that is in it
};

// What differs, by path. An entry of an array that only one of them has is one change. Both lists must
// outlive the result.
std::vector<effective_change> differences(const effective_values& before, const effective_values& after);

}  // namespace meerkat::config
