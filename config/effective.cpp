#include "config/effective.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace meerkat::config {

std::string show(const effective_value& value) {
    return value.path + " = " + (value.secret ? "\"(secret)\"" : value.value);
}

std::vector<effective_change> differences(const effective_values& before, const effective_values& after) {
    std::map<std::string_view, effective_change> by_path;
    for (const effective_value& each : before) {
        by_path[each.path] = {.path = each.path, .before = &each, .reloadable = each.reloadable};
    }
    for (const effective_value& each : after) {
        effective_change& change = by_path[each.path];
        change.path = each.path;
        change.after = &each;
        change.reloadable = each.reloadable;
    }
    std::vector<effective_change> changes;
    for (auto& [path, change] : by_path) {
        if (change.before && change.after && change.before->value == change.after->value) continue;
        changes.push_back(std::move(change));
    }
    return changes;
}

}  // namespace meerkat::config
