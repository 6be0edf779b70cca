#include "gateway/older_shapers.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace meerkat {

using namespace config;

namespace {

struct rule_outcome {
    std::string shaper;
    bool same_for_all;
};

std::string text_of(const node& clause, std::string_view key) {
    const node* const found = clause.find(key);
    return found && found->text() ? *found->text() : std::string();
}

// What the rule says of users who are in no class of their own; nothing when it says nothing of them.
std::optional<rule_outcome> ordinary_outcome(const node& root, const std::string& rule) {
    const node* const rules = root.find("access");
    const node* const clauses = rules ? rules->find(rule) : nullptr;
    if (!clauses || !clauses->array()) return std::nullopt;
    for (const node& clause : *clauses->array()) {
        if (text_of(clause, "acl") != "all") continue;
        const std::string shaper = text_of(clause, "value");
        if (shaper.empty()) return std::nullopt;
        return rule_outcome{shaper, clauses->array()->size() == 1};
    }
    return std::nullopt;
}

bool is_shaper(const node& root, const std::string& name) {
    const node* const shapers = root.find("shaper");
    return name == "none" || (shapers && shapers->find(name) != nullptr);
}

void name_shaper(rewriter& r, const node& root, std::string_view type, node& listener) {
    node* const written = listener.find("shaper");
    if (!written || !written->text() || is_shaper(root, *written->text())) return;
    const std::string rule = *written->text();
    const std::string path = "listen." + std::string(type) + ".shaper";
    // A component's was always a shaper.
    const bool component = type == "component";
    const auto outcome = component ? std::nullopt : ordinary_outcome(root, rule);
    if (!outcome) {
        // Components, and from release 6.1 to 6.3 the others, took any name without a shaper for none.
        if (!component && r.read_as() < "6.1.0"_r) return;
        r.warn(written->where(), "old_form",
               path + ": there is no shaper \"" + rule + "\": in files of " + to_string(r.read_as()) +
                   " this means no limit",
               "write shaper = \"none\", or define [shaper." + rule + "]");
        *written = node(std::string("none"), written->where());
        return;
    }
    r.warn(written->where(), "old_form",
           path + ": \"" + rule + "\" is an access rule; a listener names the shaper itself" +
               (outcome->same_for_all
                    ? ""
                    : ". The rule has clauses for other classes of users too: these no longer differ"),
           "write shaper = \"" + outcome->shaper + '"');
    *written = node(outcome->shaper, written->where());
}

}  // namespace

void name_shapers_directly(rewriter& r, node& root) {
    if (r.read_as() >= "6.4.0"_r) return;
    node* const listen = root.find("listen");
    if (!listen) return;
    for (const std::string_view type : {"c2s", "s2s", "component"}) {
        node* const listeners = listen->find(type);
        if (!listeners || !listeners->array()) continue;
        for (node& each : *listeners->array()) {
            if (each.table()) name_shaper(r, root, type, each);
        }
    }
}

}  // namespace meerkat
