#include "gateway/cfg/module_options.hpp"

#include "gateway/cfg/module_forms.hpp"

#include <algorithm>
#include <array>

namespace meerkat::cfg {
namespace {

// one_queue or {queues, 10}
void iq_discipline(translation& t, node& table, std::string_view key, const property& p) {
    if (!p.value) return t.wrong_form(*p.whole, "{iqdisc, Type}");
    node made = empty_table(p.value->where);
    const bool queues = p.value->is_tuple(2);
    const term& type = queues ? p.value->items[0] : *p.value;
    const auto name = t.name(type);
    if (!name) return;
    put(made, "type", type.where, text_node(*name, type.where));
    if (queues) t.put(made, "workers", p.value->items[1].where, t.value(p.value->items[1]));
    t.put(table, key, p.where, std::move(made));
}

// {Subject, Body}. Anything else, and two empty texts, sent nothing.
void welcome_message(translation& t, node& table, std::string_view key, const property& p) {
    const bool whole = p.value && p.value->is_tuple(2);
    const auto subject = whole ? t.text(p.value->items[0]) : std::nullopt;
    const auto body = whole ? t.text(p.value->items[1]) : std::nullopt;
    if (!subject || !body || (subject->empty() && body->empty())) return;
    node made = empty_table(p.value->where);
    put(made, "subject", p.value->items[0].where, text_node(*subject, p.value->items[0].where));
    put(made, "body", p.value->items[1].where, text_node(*body, p.value->items[1].where));
    t.put(table, key, p.where, std::move(made));
}

void ip_access(translation& t, node& table, std::string_view key, const property& p) {
    as_tables(t, table, key, p, {"policy", "address"});
}

void infinite(translation& t, node& table, std::string_view key, const property& p) {
    if (p.value && p.value->is_atom("infinite")) {
        t.put(table, key, p.where, text_node("infinity", p.value->where));
    } else {
        t.put_value(table, key, p);
    }
}

// {{User, Server, Resource}, Affiliation}, each.
void room_affiliations(translation& t, node& room, const property& p) {
    const auto* items = t.list_of(p);
    if (!items) return;
    constexpr std::array<std::string_view, 3> parts{"user", "server", "resource"};
    node_array rows;
    for (const term& item : *items) {
        if (!item.is_tuple(2) || !item.items[0].is_tuple(3)) {
            t.wrong_form(item, "{{User, Server, Resource}, Affiliation}");
            continue;
        }
        node row = empty_table(item.where);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            t.put(row, parts[i], item.where, t.value(item.items[0].items[i]));
        }
        t.put(row, "affiliation", item.where, t.value(item.items[1]));
        rows.push_back(std::move(row));
    }
    t.put(room, "affiliations", p.where, node(std::move(rows), p.value->where));
}

void default_room(translation& t, node& table, std::string_view key, const property& p) {
    if (!p.value) return t.wrong_form(*p.whole, "{default_room_options, [...]}");
    node room = empty_table(p.value->where);
    for (const property& option : t.properties(*p.value)) {
        if (option.name == "affiliations") {
            room_affiliations(t, room, option);
        } else {
            t.put(room, option.name, option.where, t.value_of(option));
        }
    }
    t.put(table, key, p.where, std::move(room));
}

// "field", {"field", Default}, {"field", Default, key, type}: the type is that of the default.
void room_schema(translation& t, node& table, std::string_view key, const property& p) {
    const auto* items = t.list_of(p);
    if (!items) return;
    node_array rows;
    for (const term& item : *items) {
        const bool tuple = item.is_tuple(2) || item.is_tuple(4);
        const auto field = t.text(tuple ? item.items[0] : item);
        if (!field) continue;
        node row = empty_table(item.where);
        put(row, "field", item.where, text_node(*field, item.where));
        const term* value = tuple ? &item.items[1] : nullptr;
        if (value && value->is_integer()) {
            put(row, "integer_value", value->where, node(value->integer, value->where));
        } else if (value && value->kind == term_kind::number) {
            put(row, "float_value", value->where, node(value->number, value->where));
        } else {
            t.put(row, "string_value", item.where,
                  value ? text_node(t.text(*value).value_or(""), value->where) : text_node("", item.where));
        }
        if (item.is_tuple(4)) t.put(row, "internal_key", item.items[2].where, t.value(item.items[2]));
        rows.push_back(std::move(row));
    }
    t.put(table, key, p.where, node(std::move(rows), p.value->where));
}

// {all or [Module, ...], Name, [Url, ...]}, each.
void server_info(translation& t, node& table, std::string_view key, const property& p) {
    const auto* items = t.list_of(p);
    if (!items) return;
    node_array rows;
    for (const term& item : *items) {
        if (!item.is_tuple(3)) {
            t.wrong_form(item, "{Modules, Name, [Url, ...]}");
            continue;
        }
        node row = empty_table(item.where);
        t.put(row, "name", item.where, t.value(item.items[1]));
        t.put(row, "urls", item.where, t.names(item.items[2]));
        if (!item.items[0].is_atom("all")) t.put(row, "modules", item.where, t.names(item.items[0]));
        rows.push_back(std::move(row));
    }
    t.put(table, key, p.where, node(std::move(rows), p.value->where));
}

// {Name, ram} or {Name, {file, Path}}, each.
void keystore_keys(translation& t, node& table, std::string_view key, const property& p) {
    const auto* items = t.list_of(p);
    if (!items) return;
    node_array rows;
    for (const term& item : *items) {
        const bool in_file =
            item.is_tuple(2) && item.items[1].is_tuple(2) && item.items[1].is_tuple_of("file");
        if (!in_file && !(item.is_tuple(2) && item.items[1].is_atom("ram"))) {
            t.wrong_form(item, "{Name, ram} or {Name, {file, \"path\"}}");
            continue;
        }
        node row = empty_table(item.where);
        t.put(row, "name", item.where, t.value(item.items[0]));
        put(row, "type", item.where, text_node(in_file ? "file" : "ram", item.where));
        if (in_file) t.put(row, "path", item.where, t.value(item.items[1].items[1]));
        rows.push_back(std::move(row));
    }
    t.put(table, key, p.where, node(std::move(rows), p.value->where));
}

void stale_h(translation& t, node& table, std::string_view key, const property& p) {
    if (!p.value) return t.wrong_form(*p.whole, "{stale_h, [...]}");
    node made = empty_table(p.value->where);
    for (const property& option : t.properties(*p.value)) {
        std::string_view name = option.name;
        if (name.starts_with("stale_h_")) name.remove_prefix(8);
        t.put_value(made, name, option);
    }
    t.put(table, key, p.where, std::move(made));
}

// no_buffer and never switched the whole off.
void buffer_max(translation& t, node& table, std::string_view key, const property& p) {
    if (p.value && p.value->is_atom("no_buffer")) {
        t.put(table, "buffer", p.where, node(false, p.value->where));
    } else {
        t.put_value(table, key, p);
    }
}

void ack_freq(translation& t, node& table, std::string_view key, const property& p) {
    if (p.value && p.value->is_atom("never")) {
        t.put(table, "ack", p.where, node(false, p.value->where));
    } else {
        t.put_value(table, key, p);
    }
}

void pep_mapping(translation& t, node& table, std::string_view key, const property& p) {
    as_tables(t, table, key, p, {"namespace", "node"});
}

// A string in TOML too, also where it says false.
void last_item_cache(translation& t, node& table, std::string_view key, const property& p) {
    if (!p.value) return t.wrong_form(*p.whole, "{last_item_cache, Where}");
    if (auto text = t.text(*p.value)) t.put(table, key, p.where, text_node(*text, p.value->where));
}

// {Host, Path, Method, Upstream}; without one of the two in the middle, a path begins with a slash.
void proxy_routes(translation& t, node& table, std::string_view key, const property& p) {
    const auto* items = t.list_of(p);
    if (!items) return;
    node_array rows;
    for (const term& item : *items) {
        if (!item.is_tuple(3) && !item.is_tuple(4)) {
            t.wrong_form(item, "{Host, Path, Method, Upstream}");
            continue;
        }
        const bool by_path = item.is_tuple(4) || item.items[1].text.starts_with('/');
        node row = empty_table(item.where);
        t.put(row, "host", item.where, t.value(item.items[0]));
        if (by_path) {
            t.put(row, "path", item.where, t.value(item.items[1]));
        } else {
            put(row, "path", item.where, text_node("_", item.where));
            t.put(row, "method", item.where, t.value(item.items[1]));
        }
        if (item.is_tuple(4)) t.put(row, "method", item.where, t.value(item.items[2]));
        t.put(row, "upstream", item.where, t.value(item.items.back()));
        rows.push_back(std::move(row));
    }
    t.put(table, key, p.where, node(std::move(rows), p.value->where));
}

struct module_option {
    std::string_view module;  // empty: of every module
    std::string_view name;
    std::string_view key;
    module_action apply;
};

constexpr module_option options[] = {
    {"", "iqdisc", "iqdisc", iq_discipline},
    {"", "bucket_type", "riak.bucket_type", as_value},
    {"", "defaults_bucket_type", "riak.defaults_bucket_type", as_value},
    {"", "names_bucket_type", "riak.names_bucket_type", as_value},
    {"", "version_bucket_type", "riak.version_bucket_type", as_value},
    {"", "search_index", "riak.search_index", as_value},
    {"mod_event_pusher", "backends", "", pusher_backends},
    {"mod_global_distrib", "connections", "connections", distribution_connections},
    {"mod_global_distrib", "cache", "cache", as_table},
    {"mod_global_distrib", "redis", "redis", as_table},
    {"mod_global_distrib", "bounce", "bounce", distribution_bounce},
    {"mod_muc_log", "cssfile", "css_file", log_style},
    {"mod_muc_log", "top_link", "top_link", log_link},
    {"mod_vcard", "ldap_uids", "ldap_uids", directory_uids},
    {"mod_vcard", "ldap_vcard_map", "ldap_vcard_map", directory_vcard_map},
    {"mod_vcard", "ldap_search_fields", "ldap_search_fields", directory_search_fields},
    {"mod_vcard", "ldap_search_reported", "ldap_search_reported", directory_search_reported},
    {"service_admin_extra", "submods", "submods", as_names},
    {"service_mongoose_system_metrics", "no_report", "report", no_report},
    {"service_mongoose_system_metrics", "intial_report", "initial_report", as_value},
    {"mod_disco", "server_info", "server_info", server_info},
    {"mod_disco", "extra_domains", "extra_domains", as_names},
    {"mod_http_upload", "s3", "s3", as_table},
    {"mod_keystore", "keys", "keys", keystore_keys},
    {"mod_mam_meta", "pm", "pm", as_table},
    {"mod_mam_meta", "muc", "muc", as_table},
    {"mod_muc", "default_room_options", "default_room", default_room},
    {"mod_muc", "max_room_id", "max_room_id", infinite},
    {"mod_muc", "max_room_name", "max_room_name", infinite},
    {"mod_muc", "max_room_desc", "max_room_desc", infinite},
    {"mod_muc_light", "config_schema", "config_schema", room_schema},
    {"mod_pubsub", "plugins", "plugins", as_names},
    {"mod_pubsub", "pep_mapping", "pep_mapping", pep_mapping},
    {"mod_pubsub", "default_node_config", "default_node_config", as_table},
    {"mod_pubsub", "last_item_cache", "last_item_cache", last_item_cache},
    {"mod_register", "welcome_message", "welcome_message", welcome_message},
    {"mod_register", "ip_access", "ip_access", ip_access},
    {"mod_register", "registration_watchers", "registration_watchers", as_names},
    {"mod_revproxy", "routes", "routes", proxy_routes},
    {"mod_stream_management", "stale_h", "stale_h", stale_h},
    {"mod_stream_management", "buffer_max", "buffer_max", buffer_max},
    {"mod_stream_management", "ack_freq", "ack_freq", ack_freq},
};

}  // namespace

void convert_module_option(translation& t, node& table, const std::string& module, const property& p) {
    const auto* found = std::find_if(std::begin(options), std::end(options), [&](const module_option& o) {
        return o.name == p.name && (o.module.empty() || o.module == module);
    });
    if (found == std::end(options)) {
        t.put(table, p.name, p.where, t.value_of(p));
    } else if (found->apply == as_value) {
        t.put_value(table, found->key, p);
    } else {
        const translation::inside path(t, p.name);
        found->apply(t, table, found->key, p);
    }
}

}  // namespace meerkat::cfg
