// Shapers, classes of users and the rules made of them.

#include "gateway/cfg/top_terms.hpp"

#include <algorithm>

namespace meerkat::cfg {
namespace {

// {shaper, Name, {maxrate, N}}
void shaper(translation& t, node& root, const term& from) {
    const auto name = t.name(from.items[1]);
    const term& rate = from.items[2];
    if (!name) return;
    if (rate.is_atom("none")) {
        return t.no_modern_form(from.where, "a shaper without a rate",
                                "write none where the shaper is named");
    }
    if (!rate.is_tuple_of("maxrate") || !rate.is_tuple(2))
        return t.wrong_form(rate, "{maxrate, BytesPerSecond}");
    node* shapers = table_below(root, "shaper", from.where);
    node* made = shapers ? table_below(*shapers, *name, from.where) : nullptr;
    if (made) t.put(*made, "max_rate", rate.where, t.value(rate.items[1]));
}

struct pattern {
    std::string_view name;
    std::vector<std::string_view> conditions;
};

const std::vector<pattern>& patterns() {
    static const std::vector<pattern> all{
        {"user", {"user"}},
        {"user", {"user", "server"}},
        {"server", {"server"}},
        {"resource", {"resource"}},
        {"user_regexp", {"user_regexp"}},
        {"user_regexp", {"user_regexp", "server"}},
        {"server_regexp", {"server_regexp"}},
        {"resource_regexp", {"resource_regexp"}},
        {"node_regexp", {"user_regexp", "server_regexp"}},
        {"user_glob", {"user_glob"}},
        {"user_glob", {"user_glob", "server"}},
        {"server_glob", {"server_glob"}},
        {"resource_glob", {"resource_glob"}},
        {"node_glob", {"user_glob", "server_glob"}},
    };
    return all;
}

// A condition on the server or resource said nothing about the domain the rule is judged for; one on the user
// alone meant users of that domain.
std::optional<node> class_pattern(translation& t, const term& from) {
    node made = empty_table(from.where);
    if (from.is_atom("all") || from.is_atom("none")) {
        put(made, "match", from.where, text_node(from.text, from.where));
        return made;
    }
    const auto fits = [&from](const pattern& p) {
        return from.is_tuple_of(p.name) && from.is_tuple(p.conditions.size() + 1);
    };
    const auto found = std::find_if(patterns().begin(), patterns().end(), fits);
    if (found == patterns().end()) {
        t.wrong_form(from,
                     "all, none, or a condition such as {user, \"alice\"} or {server, \"example.org\"}");
        return std::nullopt;
    }
    for (std::size_t i = 0; i < found->conditions.size(); ++i) {
        const auto text = t.text(from.items[i + 1]);
        if (!text) return std::nullopt;
        put(made, found->conditions[i], from.items[i + 1].where, text_node(*text, from.items[i + 1].where));
    }
    const bool user_alone = found->conditions.size() == 1 && found->conditions[0].starts_with("user");
    if (!user_alone) put(made, "match", from.where, text_node("all", from.where));
    return made;
}

// {acl, Name, Pattern}: each adds to the class.
void user_class(translation& t, node& root, const term& from) {
    const auto name = t.name(from.items[1]);
    auto made = class_pattern(t, from.items[2]);
    if (!name || !made) return;
    if (node* classes = table_below(root, "acl", from.where)) {
        append(*classes, *name, from.where, std::move(*made));
    }
}

// {access, Name, [{Value, Class}, ...]}
void access_rule(translation& t, node& root, const term& from) {
    const auto name = t.name(from.items[1]);
    const auto* clauses = t.list(from.items[2]);
    if (!name || !clauses) return;
    node_array made;
    for (const term& clause : *clauses) {
        if (!clause.is_tuple(2)) {
            t.wrong_form(clause, "{Value, Class}");
            continue;
        }
        const auto of = t.name(clause.items[1]);
        auto value = t.value(clause.items[0]);
        if (!of || !value) continue;
        node table = empty_table(clause.where);
        put(table, "acl", clause.items[1].where, text_node(*of, clause.items[1].where));
        put(table, "value", clause.items[0].where, std::move(*value));
        made.push_back(std::move(table));
    }
    node* rules = table_below(root, "access", from.where);
    if (rules) put(*rules, *name, from.where, node(std::move(made), from.items[2].where));
}

}  // namespace

std::vector<top_term> access_terms() {
    return {
        {"shaper", 3, repetition::last_of_a_name_counts, shaper},
        {"acl", 3, repetition::all_count, user_class},
        {"access", 3, repetition::last_of_a_name_counts, access_rule},
    };
}

}  // namespace meerkat::cfg
