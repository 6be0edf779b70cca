#include "gateway/checks/checks.hpp"
#include "gateway/checks/rule_readers.hpp"
#include "gateway/checks/walk.hpp"

#include <map>

namespace meerkat::checks {

using config::member;
using config::node;
using config::reader;

namespace {

// What a rule of the file is asked for.
struct question {
    rule_answer wanted;
    std::string asked_by;
    std::string otherwise;
};

// A rule that several ask is held to what the first of them wants; options come before names.
std::map<std::string, question> questions(const node& root) {
    std::map<std::string, question> asked;
    reader unused{std::string()};
    for_each_scope(unused, root, [&](const node& scope, const std::string&) {
        for (const rule_reader& each : rule_readers()) {
            visit(unused, scope, each.path, [&](const member& m) {
                if (!m.value.text()) return;
                const bool limits = each.wanted == rule_answer::limit;
                asked.try_emplace(*m.value.text(),
                                  question{each.wanted, "which " + std::string(each.path) + " names",
                                           limits ? "nothing is limited" : "it denies"});
            });
        }
    });
    for (const known_rule& each : known_rules())
        asked.try_emplace(std::string(each.name),
                          question{each.wanted, "by its name", std::string(each.otherwise)});
    return asked;
}

bool answers(const node& value, rule_answer wanted, const configuration& c) {
    const std::string* const word = value.text();
    switch (wanted) {
        case rule_answer::verdict:
            return word && (*word == "allow" || *word == "deny");
        case rule_answer::verdict_or_default:
            return word && (*word == "allow" || *word == "deny" || *word == "default");
        case rule_answer::limit:
            return word ? *word == "infinity" : value.integer() != nullptr;
        case rule_answer::number:
            return value.integer() != nullptr;
        case rule_answer::shaper:
            return word && (*word == "none" || c.access.shaper.contains(*word));
    }
    return false;
}

std::string phrase(rule_answer wanted) {
    switch (wanted) {
        case rule_answer::verdict:
            return "\"allow\" or \"deny\"";
        case rule_answer::verdict_or_default:
            return "\"allow\", \"deny\" or \"default\"";
        case rule_answer::limit:
            return "an integer or \"infinity\"";
        case rule_answer::number:
            return "an integer";
        case rule_answer::shaper:
            return "a name from [shaper] or \"none\"";
    }
    return {};
}

}  // namespace

void rule_values(reader& r, const node& root, const configuration& c) {
    const auto asked = questions(root);
    for_each_scope(r, root, [&](const node& scope, const std::string&) {
        visit(r, scope, "access.*", [&](const member& rule) {
            const auto found = asked.find(rule.key);
            if (found == asked.end() || rule.key == "all" || rule.key == "none" || !rule.value.array())
                return;
            const question& q = found->second;
            for (const node& clause : *rule.value.array()) {
                const node* const value = clause.find("value");
                if (!value || answers(*value, q.wanted, c)) continue;
                const reader::step here(r, "value");
                r.warn(value->where(), "unexpected_rule_value",
                       "found " + value->describe(false) + ", expected " + phrase(q.wanted) +
                           ": that is what this rule is asked for, " + q.asked_by + "; with anything else " +
                           q.otherwise);
            }
        });
    });
}

}  // namespace meerkat::checks
