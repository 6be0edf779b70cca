#include "config/effective.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace meerkat::config {

std::string show(const effective_value& value) {
    return value.path + " = " + (value.secret ? "\"(secret)\"" : value.value);
}

namespace {

bool inside(std::string_view path, std::string_view entry) {
    return path.starts_with(entry) &&
           (path.size() == entry.size() || path[entry.size()] == '.' || path[entry.size()] == '[');
}

bool has_entry(const effective_values& values, std::string_view entry) {
    return std::any_of(values.begin(), values.end(),
                       [entry](const effective_value& each) { return inside(each.path, entry); });
}

// The outermost entry of an array around a path that `other` does not have; empty when it has them all.
std::string_view missing_entry(std::string_view path, const effective_values& other) {
    for (std::size_t end = path.find(']'); end != std::string_view::npos; end = path.find(']', end + 1)) {
        const std::string_view entry = path.substr(0, end + 1);
        if (!has_entry(other, entry)) return entry;
    }
    return {};
}

// Adds a change, or takes it into the entry that it belongs to as a whole.
void add(std::vector<effective_change>& changes, effective_change change, std::string_view entry) {
    if (!entry.empty()) {
        // What has no effect decides nothing.
        change.reloadable = change.reloadable || !change.has_effect;
        effective_change* const last = changes.empty() ? nullptr : &changes.back();
        if (last && last->whole_entry && last->path == entry) {
            last->reloadable = last->reloadable && change.reloadable;
            last->has_effect = last->has_effect || change.has_effect;
            return;
        }
        change.path = entry;
        change.whole_entry = true;
    }
    changes.push_back(std::move(change));
}

}  // namespace

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
        change.has_effect =
            (change.before && change.before->has_effect()) || (change.after && change.after->has_effect());
        const bool one_sided = !change.before || !change.after;
        const std::string_view entry =
            one_sided ? missing_entry(path, change.before ? after : before) : std::string_view();
        add(changes, std::move(change), entry);
    }
    return changes;
}

}  // namespace meerkat::config
