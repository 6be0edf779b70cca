// Access rules: where they are named, and the classes that their clauses name.

#include "config/suggestion.hpp"
#include "gateway/checks/checks.hpp"
#include "gateway/checks/rule_readers.hpp"
#include "gateway/checks/walk.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace meerkat::checks {

using config::member;
using config::node;
using config::reader;

namespace {

using names = std::set<std::string>;

// The names defined below a section (acl, access), by host; those of the whole server under the empty name.
std::map<std::string, names> defined_in(const node& root, std::string_view section) {
    std::map<std::string, names> defined;
    reader unused{std::string()};
    for_each_scope(unused, root, [&](const node& scope, const std::string& host) {
        defined[host];
        visit(unused, scope, std::string(section) + ".*",
              [&](const member& m) { defined[host].insert(m.key); });
    });
    return defined;
}

bool built_in(const std::string& name) { return name == "all" || name == "none"; }

// Whether somebody lacks a rule, and who: nothing after "everybody", or domains that are served.
struct lack {
    bool any = false;
    std::string at = {};  // " at a.example, b.example"
};

lack who_lacks(const std::map<std::string, names>& rules, const configuration& c, const std::string& rule,
               rule_scope scope, const std::string& host) {
    const auto has = [&](const std::string& at) {
        const auto own = rules.find(at);
        return own != rules.end() && own->second.contains(rule);
    };
    if (built_in(rule) || has("")) return {};
    if (scope == rule_scope::server || c.general.hosts.empty()) return {.any = true};
    lack found;
    std::size_t count = 0;
    for (const std::string& each : c.general.hosts) {
        if ((!host.empty() && each != host) || has(each)) continue;
        found.at += (count++ == 0 ? " at " : ", ") + each;
    }
    found.any = count > 0;
    if (count == c.general.hosts.size()) found.at.clear();
    return found;
}

void check_built_in(reader& r, const node& scope) {
    const auto tell = [&](const std::string& path, const std::string& what, const std::string& hint) {
        visit(r, scope, path, [&](const member& m) {
            r.warn(m.where, "built_in_name", shown(m.key) + " is built in, and " + what, hint);
        });
    };
    const std::string class_hint = "give the class another name";
    tell("acl.all", "everybody is in it: these patterns have no effect", class_hint);
    tell("acl.none", "nobody is in it: these patterns have no effect", class_hint);
    const std::string rule_hint = "give the rule another name";
    tell("access.all", "allows everybody: these clauses have no effect", rule_hint);
    tell("access.none", "denies everybody: these clauses have no effect", rule_hint);
}

}  // namespace

void access_rules(reader& r, const node& root, const configuration& c) {
    const auto rules = defined_in(root, "access");
    for_each_scope(r, root, [&](const node& scope, const std::string& host) {
        for (const rule_reader& each : rule_readers()) {
            visit(r, scope, each.path, [&](const member& m) {
                const std::string* const rule = m.value.text();
                const lack who = rule ? who_lacks(rules, c, *rule, each.scope, host) : lack{};
                if (!who.any) return;
                const bool limits = each.wanted == rule_answer::limit;
                r.warn(m.value.where(), "undefined_access_rule",
                       "there is no rule " + shown(*rule) + " in [access]: an undefined rule " +
                           (limits ? "limits nobody" : "denies everybody") + who.at,
                       "define it: [[access." + *rule + "]] with acl and value");
            });
        }
    });
}

void access_classes(reader& r, const node& root, const configuration&) {
    const auto classes = defined_in(root, "acl");
    for_each_scope(r, root, [&](const node& scope, const std::string& host) {
        names known;
        for (const auto& [of, own] : classes) {
            // A general clause may be meant for the classes of some host.
            if (host.empty() || of.empty() || of == host) known.insert(own.begin(), own.end());
        }
        visit(r, scope, "access.*.acl", [&](const member& m) {
            const std::string* const name = m.value.text();
            if (!name || built_in(*name) || known.contains(*name)) return;
            std::string hint = config::suggestion(*name, {known.begin(), known.end()});
            if (hint.empty()) hint = "define it: [[acl." + *name + "]] with patterns, or write \"all\"";
            r.warn(m.value.where(), "undefined_acl_class",
                   "there is no class " + shown(*name) + " in [acl]: this clause is for nobody",
                   std::move(hint));
        });
        check_built_in(r, scope);
    });
}

}  // namespace meerkat::checks
