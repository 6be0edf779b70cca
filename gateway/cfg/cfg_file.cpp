#include "gateway/cfg/cfg_file.hpp"

#include "gateway/cfg/listener_terms.hpp"
#include "gateway/cfg/top_terms.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace meerkat {

using namespace cfg;

namespace {

void listeners(translation& t, node& root, const term& from) {
    const auto* all = t.list(from.items[1]);
    if (!all) return;
    for (const term& listener : *all) convert_listener(t, root, listener);
}

void host_config(translation& t, node& root, const term& from);

// By name.
const std::map<std::string, top_term, std::less<>>& top_terms() {
    static const auto all = [] {
        std::map<std::string, top_term, std::less<>> found;
        for (auto&& area :
             {general_terms(), auth_terms(), access_terms(), s2s_terms(), pool_terms(), module_terms()}) {
            for (const top_term& each : area) found.emplace(each.name, each);
        }
        found.emplace("listen", top_term{"listen", 2, repetition::last_counts, listeners});
        found.emplace("host_config", top_term{"host_config", 3, repetition::all_count, host_config});
        return found;
    }();
    return all;
}

// The atom that says what a term is about; null if there is none.
const term* name_of(const term& from) {
    const term* at = &from;
    if (at->is_tuple() && !at->items.empty()) at = &at->items.front();
    if (at->is_tuple(2)) at = &at->items.front();
    return at->is_atom() ? at : nullptr;
}

// Two terms of one identity mean the same option.
std::string identity(const top_term& what, const term& from) {
    std::string of = what.name;
    if (what.twice == repetition::last_of_a_name_counts) {
        const auto& items = what.keyed ? from.items[0].items : from.items;
        of += '\0' + items[1].text;
    }
    return of;
}

bool has_form(const top_term& what, const term& from) {
    if (what.size == 0) return from.is_atom();
    return from.is_tuple(what.size) && from.items[0].is_tuple(2) == what.keyed;
}

// What older releases had in place of outgoing_pools, and what cannot be in one file.
void refuse_by_name(translation& t, const term& from, const std::string& name) {
    static const std::set<std::string, std::less<>> before_pools{"odbc_server",
                                                                 "odbc_pools",
                                                                 "odbc_pool_size",
                                                                 "odbc_keepalive_interval",
                                                                 "pool",
                                                                 "riak_server",
                                                                 "cassandra_servers",
                                                                 "elasticsearch_server",
                                                                 "http_connections",
                                                                 "redis_server",
                                                                 "ldap_servers",
                                                                 "ldap_rootdn"};
    if (name == "define_macro") {
        return t.error(from.where, "macros_not_supported", "macros, {define_macro, ...}, cannot be used",
                       "write the macro's value wherever its name stands, and remove its definition");
    }
    if (name == "include_config_file") {
        return t.error(from.where, "include_not_supported",
                       "other files, {include_config_file, ...}, cannot be included",
                       "copy the content of that file to this place");
    }
    if (before_pools.contains(name)) {
        return t.error(from.where, "unexpected_key", name + " belongs to a release before 3.2.0",
                       "describe the connection by {outgoing_pools, [{Type, global, Tag, [], Options}]}");
    }
    std::vector<std::string> known;
    for (const auto& [each, what] : top_terms()) known.push_back(each);
    t.unknown(from.where, "option", name, known);
}

// The entry of a term in its right form, or nothing and a finding.
const top_term* recognize(translation& t, const term& from) {
    const term* name = name_of(from);
    if (!name) {
        t.wrong_form(from, "an option: {name, value}");
        return nullptr;
    }
    const auto found = top_terms().find(name->text);
    if (found == top_terms().end()) {
        refuse_by_name(t, from, name->text);
        return nullptr;
    }
    const top_term& what = found->second;
    if (has_form(what, from)) return &what;
    const translation::inside path(t, what.name);
    const std::string start = what.keyed ? "{{" + what.name + ", Host}" : "{" + what.name;
    t.wrong_form(from, what.size == 0   ? "the bare name " + what.name
                       : what.size == 2 ? start + ", Value}"
                                        : start + ", Name, Value}");
    return nullptr;
}

void convert_terms(translation& t, node& into, const std::vector<term>& terms) {
    std::vector<std::pair<const top_term*, const term*>> recognized;
    std::map<std::string, const term*> last;
    for (const term& from : terms) {
        const top_term* what = recognize(t, from);
        if (!what) continue;
        recognized.emplace_back(what, &from);
        if (what->twice != repetition::all_count) last[identity(*what, from)] = &from;
    }
    for (const auto& [what, from] : recognized) {
        const translation::inside path(t, what->size == 0 ? "" : what->name);
        if (what->twice == repetition::all_count || last[identity(*what, *from)] == from) {
            what->apply(t, into, *from);
        } else {
            t.warn(from->where, given_twice, what->name + " is given again further down: the last one counts",
                   "remove this one");
        }
    }
}

// {host_config, Host, [Term, ...]}
void host_config(translation& t, node& root, const term& from) {
    const auto host = t.name(from.items[1]);
    const auto* terms = t.list(from.items[2]);
    if (!host || !terms) return;
    node entry = empty_table(from.where);
    put(entry, "host", from.items[1].where, text_node(*host, from.items[1].where));
    std::vector<term> of_host;
    for (const term& each : *terms) {
        const term* name = name_of(each);
        const bool global =
            name && (name->text == "host_config" || name->text == "listen" || name->text == "hosts");
        if (global) {
            t.error(each.where, "unexpected_key", name->text + " cannot stand in the options of one host",
                    "move it to the top level of the file");
        } else {
            of_host.push_back(each);
        }
    }
    convert_terms(t, entry, of_host);
    append(root, "host_config", from.where, std::move(entry));
}

}  // namespace

std::optional<config::node> read_cfg(std::string_view text, std::string_view file,
                                     config::diagnostics& findings) {
    const auto terms = config::read_terms(text, file, findings);
    if (!terms) return std::nullopt;
    translation t(file, findings);
    node root = empty_table({1, 1});
    convert_terms(t, root, *terms);
    return root;
}

}  // namespace meerkat
