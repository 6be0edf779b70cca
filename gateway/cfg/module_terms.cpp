#include "gateway/cfg/module_options.hpp"
#include "gateway/cfg/top_terms.hpp"

namespace meerkat::cfg {
namespace {

// {{validity_period, access}, {13, minutes}}: the only option whose name is a pair.
bool put_validity(translation& t, node& table, const term& option) {
    const bool fits = option.is_tuple(2) && option.items[0].is_tuple(2) &&
                      option.items[0].is_tuple_of("validity_period") && option.items[1].is_tuple(2);
    const auto token = fits ? t.name(option.items[0].items[1]) : std::nullopt;
    if (!token) return false;
    node* periods = table_below(table, "validity_period", option.where);
    node* period = periods ? table_below(*periods, *token, option.where) : nullptr;
    if (!period) return false;
    t.put(*period, "value", option.where, t.value(option.items[1].items[0]));
    t.put(*period, "unit", option.where, t.value(option.items[1].items[1]));
    return true;
}

// Each service is a list of property lists of its own.
void external_services(translation& t, node& table, const term& options) {
    node_array services;
    for (const term& each : options.items) services.push_back(t.table(each));
    put(table, "service", options.where, node(std::move(services), options.where));
}

node module_table(translation& t, const std::string& module, const term& options) {
    node table = empty_table(options.where);
    if (module == "mod_extdisco" && !options.items.empty() && options.items.front().is_list()) {
        external_services(t, table, options);
        return table;
    }
    term plain = options;
    if (module == "mod_auth_token") {
        std::erase_if(plain.items, [&](const term& option) { return put_validity(t, table, option); });
    }
    for (const property& p : t.properties(plain)) convert_module_option(t, table, module, p);
    return table;
}

// [{Module, Options}, ...] into the tables below a section.
void put_all(translation& t, node& root, std::string_view section, const term& from) {
    const auto* items = t.list(from);
    node* tables = items ? table_below(root, section, from.where) : nullptr;
    if (!tables) return;
    for (const term& item : *items) {
        const auto name = item.is_tuple(2) ? t.name(item.items[0]) : std::nullopt;
        if (!item.is_tuple(2)) t.wrong_form(item, "{Name, [Option, ...]}");
        if (!name) continue;
        const translation::inside path(t, *name);
        if (put(*tables, *name, item.items[0].where, module_table(t, *name, item.items[1]))) continue;
        t.warn(item.where, given_twice, *name + " is given twice: the first one counts", "remove this one");
    }
}

}  // namespace

std::vector<top_term> module_terms() {
    return {
        {"modules", 2, repetition::last_counts,
         [](translation& t, node& root, const term& from) { put_all(t, root, "modules", from.items[1]); }},
        {"services", 2, repetition::last_counts,
         [](translation& t, node& root, const term& from) { put_all(t, root, "services", from.items[1]); }},
    };
}

}  // namespace meerkat::cfg
