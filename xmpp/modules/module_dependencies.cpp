#include "xmpp/modules/module_dependencies.hpp"

#include <algorithm>
#include <iterator>

namespace meerkat {

namespace {

using config::node;

bool has_personal_events(const node& pubsub) {
    const node* const plugins = pubsub.find("plugins");
    if (!plugins || !plugins->array()) return false;
    return std::any_of(plugins->array()->begin(), plugins->array()->end(),
                       [](const node& plugin) { return plugin.text() && *plugin.text() == "pep"; });
}

struct dependency {
    std::string_view module;
    std::string_view brings;
    bool (*only_if)(const node& options) = nullptr;
};

constexpr dependency dependencies[] = {
    {"mod_bind2", "mod_sasl2"},
    {"mod_blocking", "mod_privacy"},
    {"mod_privacy", "mod_presence"},
    {"mod_external_filter", "mod_stanzaid"},
    {"mod_pubsub_old", "mod_caps", has_personal_events},
};

// What a module brings has its own row further down: one pass sees everything, and there are no circles.
consteval bool rows_are_in_order() {
    for (std::size_t i = 0; i < std::size(dependencies); ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            if (dependencies[j].module == dependencies[i].brings) return false;
        }
    }
    return true;
}
static_assert(rows_are_in_order());

}  // namespace

std::set<std::string_view> with_dependencies(const node& modules) {
    std::set<std::string_view> all;
    if (!modules.table()) return all;
    for (const config::member& m : *modules.table()) all.insert(m.key);
    for (const dependency& each : dependencies) {
        if (!all.contains(each.module)) continue;
        const node* const options = modules.find(each.module);
        if (each.only_if && (!options || !each.only_if(*options))) continue;
        all.insert(each.brings);
    }
    return all;
}

}  // namespace meerkat
