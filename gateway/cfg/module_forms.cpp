#include "gateway/cfg/module_forms.hpp"

namespace meerkat::cfg {

void as_value(translation& t, node& table, std::string_view key, const property& p) {
    t.put_value(table, key, p);
}

void as_table(translation& t, node& table, std::string_view key, const property& p) {
    if (p.value && p.value->is_atom("false")) return;
    if (!p.value && !p.is_flag()) return t.wrong_form(*p.whole, "{" + p.name + ", [...]}");
    const bool bare = p.is_flag() || p.value->is_atom("true");
    t.put(table, key, p.where, bare ? empty_table(p.where) : t.table(*p.value));
}

void as_names(translation& t, node& table, std::string_view key, const property& p) {
    if (!p.value) return t.wrong_form(*p.whole, "{" + p.name + ", [...]}");
    t.put(table, key, p.where, t.names(*p.value));
}

void as_tables(translation& t, node& table, std::string_view key, const property& p,
               const std::vector<std::string_view>& columns) {
    const auto* items = t.list_of(p);
    if (!items) return;
    node_array rows;
    for (const term& item : *items) {
        if (!item.is_tuple(columns.size())) {
            t.wrong_form(item, "a tuple of " + std::to_string(columns.size()));
            continue;
        }
        node row = empty_table(item.where);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            t.put(row, columns[i], item.items[i].where, t.value(item.items[i]));
        }
        rows.push_back(std::move(row));
    }
    t.put(table, key, p.where, node(std::move(rows), p.value->where));
}

namespace {

void pusher_backend(translation& t, node& table, const property& backend) {
    if (!backend.value) return t.wrong_form(*backend.whole, "{" + backend.name + ", [...]}");
    if (backend.name == "http") {
        if (node* http = table_below(table, "http", backend.where)) {
            append(*http, "handlers", backend.where, t.table(*backend.value));
        }
        return;
    }
    node made = empty_table(backend.value->where);
    for (const property& option : t.properties(*backend.value)) {
        if (option.name == "wpool" || option.name.ends_with("_exchange")) {
            as_table(t, made, option.name, option);
        } else {
            t.put_value(made, option.name, option);
        }
    }
    t.put(table, backend.name, backend.where, std::move(made));
}

// The TLS of links between servers is on when the option is there.
void link_tls(translation& t, node& connections, const property& p) {
    if (!p.value) return t.wrong_form(*p.whole, "{" + p.name + ", [...]}");
    if (p.value->is_atom("false")) return;
    node tls = empty_table(p.value->where);
    put(tls, "enabled", p.where, node(true, p.where));
    for (const property& option : t.properties(*p.value)) {
        t.put_value(tls, option.name == "cafile" ? std::string_view("cacertfile") : option.name, option);
    }
    t.put(connections, "tls", p.where, std::move(tls));
}

}  // namespace

// [{push, Options}, {http, Options}, ...]; several of http are several receivers.
void pusher_backends(translation& t, node& table, std::string_view, const property& p) {
    if (!p.value) return t.wrong_form(*p.whole, "{backends, [{Name, Options}, ...]}");
    for (const property& backend : t.all_properties(*p.value)) pusher_backend(t, table, backend);
}

void distribution_connections(translation& t, node& table, std::string_view key, const property& p) {
    if (!p.value) return t.wrong_form(*p.whole, "{connections, [...]}");
    node made = empty_table(p.value->where);
    for (const property& option : t.properties(*p.value)) {
        if (option.name == "endpoints" || option.name == "advertised_endpoints") {
            const bool off = option.value && option.value->is_atom("false");
            if (!off) as_tables(t, made, option.name, option, {"host", "port"});
        } else if (option.name == "tls_opts") {
            link_tls(t, made, option);
        } else if (option.name == "num_of_connections") {
            t.put_value(made, "connections_per_endpoint", option);
        } else {
            t.put_value(made, option.name, option);
        }
    }
    t.put(table, key, p.where, std::move(made));
}

void distribution_bounce(translation& t, node& table, std::string_view key, const property& p) {
    if (!p.value || !p.value->is_atom("false")) return as_table(t, table, key, p);
    node off = empty_table(p.value->where);
    put(off, "enabled", p.where, node(false, p.value->where));
    t.put(table, key, p.where, std::move(off));
}

void log_style(translation& t, node& table, std::string_view key, const property& p) {
    if (p.value && p.value->is_atom("false")) return;  // the style that is built in
    t.put_value(table, key, p);
}

void log_link(translation& t, node& table, std::string_view key, const property& p) {
    if (!p.value || !p.value->is_tuple(2)) return t.wrong_form(*p.whole, "{top_link, {Target, Text}}");
    node link = empty_table(p.value->where);
    t.put(link, "target", p.where, t.value(p.value->items[0]));
    t.put(link, "text", p.where, t.value(p.value->items[1]));
    t.put(table, key, p.where, std::move(link));
}

// attribute, {attribute} or {attribute, "format"}, each.
void directory_uids(translation& t, node& table, std::string_view key, const property& p) {
    const auto* items = t.list_of(p);
    if (!items) return;
    node_array uids;
    for (const term& item : *items) {
        const bool tuple = item.is_tuple(1) || item.is_tuple(2);
        const auto attr = t.text(tuple ? item.items[0] : item);
        if (!attr) continue;
        node uid = empty_table(item.where);
        put(uid, "attr", item.where, text_node(*attr, item.where));
        if (item.is_tuple(2)) t.put(uid, "format", item.where, t.value(item.items[1]));
        uids.push_back(std::move(uid));
    }
    t.put(table, key, p.where, node(std::move(uids), p.value->where));
}

// {Field, Pattern, [Attribute]}, each; TOML has one attribute only.
void directory_vcard_map(translation& t, node& table, std::string_view key, const property& p) {
    const auto* items = t.list_of(p);
    if (!items) return;
    node_array rows;
    for (const term& item : *items) {
        const bool whole = item.is_tuple(3) && item.items[2].is_list() && item.items[2].items.size() == 1;
        if (!whole) {
            t.wrong_form(item, "{Field, Pattern, [Attribute]}");
            continue;
        }
        node row = empty_table(item.where);
        t.put(row, "vcard_field", item.where, t.value(item.items[0]));
        t.put(row, "ldap_pattern", item.where, t.value(item.items[1]));
        t.put(row, "ldap_field", item.where, t.value(item.items[2].items[0]));
        rows.push_back(std::move(row));
    }
    t.put(table, key, p.where, node(std::move(rows), p.value->where));
}

void directory_search_fields(translation& t, node& table, std::string_view key, const property& p) {
    as_tables(t, table, key, p, {"search_field", "ldap_field"});
}

void directory_search_reported(translation& t, node& table, std::string_view key, const property& p) {
    as_tables(t, table, key, p, {"search_field", "vcard_field"});
}

void no_report(translation& t, node& table, std::string_view key, const property& p) {
    t.put(table, key, p.where, node(false, p.where));
}

}  // namespace meerkat::cfg
