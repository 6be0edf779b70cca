#include "gateway/cfg/handler_terms.hpp"

#include "gateway/cfg/listener_terms.hpp"

#include <algorithm>

namespace meerkat::cfg {
namespace {

// The documents of the oldest form misspell a module and the binding in its path.
std::string type_of(const std::string& handler) {
    return handler == "mongoose_api_client_contacts" ? "mongoose_client_api_contacts" : handler;
}

bool is_empty(const property& p) {
    return !p.value || (p.value->items.empty() && (p.value->is_list() || p.value->text.empty()));
}

// `{Module}` or `{Module, Options}` inside mod_cowboy, where the module stands at `at`.
std::optional<node> inner_handler(translation& t, const property& p, std::size_t at) {
    const auto& parts = p.whole->items;
    const bool complete = !p.is_flag() && (parts.size() == at + 1 || parts.size() == at + 2);
    const auto module = complete ? t.name(parts[at]) : std::nullopt;
    if (!complete)
        t.wrong_form(*p.whole, at == 1 ? "{http, Module, Options}" : "{ws, Protocol, Module, Options}");
    if (!module) return std::nullopt;
    node table = empty_table(p.whole->where);
    put(table, "handler", parts[at].where, text_node(type_of(*module), parts[at].where));
    const term* options = parts.size() == at + 2 ? &parts[at + 1] : nullptr;
    convert_handler_options(t, table, *module, {*module, parts[at].where, options, p.whole});
    return table;
}

}  // namespace

void convert_handler(translation& t, node& listener, const term& handler) {
    if (!handler.is_tuple(3) && !handler.is_tuple(4)) {
        return t.wrong_form(handler, "{Host, Path, Handler} or {Host, Path, Handler, Options}");
    }
    const auto& parts = handler.items;
    const auto host = t.text(parts[0]);
    const auto path = t.text(parts[1]);
    const auto name = t.name(parts[2]);
    if (!host || !path || !name) return;
    node table = empty_table(handler.where);
    put(table, "host", parts[0].where, text_node(*host, parts[0].where));
    put(table, "path", parts[1].where, text_node(*path, parts[1].where));
    const term* options = parts.size() == 4 ? &parts[3] : nullptr;
    convert_handler_options(t, table, *name, {*name, parts[2].where, options, &handler});
    if (node* handlers = table_below(listener, "handlers", handler.where)) {
        append(*handlers, type_of(*name), handler.where, std::move(table));
    }
}

void convert_handler_options(translation& t, node& into, const std::string& handler, const property& p) {
    const translation::inside path(t, handler);
    if (const cfg_option* whole = find_handler_option(handler, "")) return whole->apply(t, into, p);
    const auto known = handler_option_names(handler);
    if (known.empty()) return t.unknown(p.where, "HTTP handler", handler, handler_names());
    if (is_empty(p)) return;
    // Several WebSocket handlers may stand in one.
    const bool many = handler == "mod_cowboy";
    for (const property& option : many ? t.all_properties(*p.value) : t.properties(*p.value)) {
        if (const cfg_option* found = find_handler_option(handler, option.name)) {
            found->apply(t, into, option);
        } else {
            t.unknown(option.where, "option of " + handler, option.name, known);
        }
    }
}

void no_handler_options(translation& t, node&, const property& p) {
    if (!is_empty(p))
        t.no_modern_form(p.value->where, "the option list of " + p.name, "write [] instead of it");
}

void any_handler_options(translation&, node&, const property&) {}

void misspelt_contacts(translation& t, node& handler, const property& p) {
    no_handler_options(t, handler, p);
    const node* path = handler.find("path");
    if (!path || !path->text()) return;
    std::string corrected = *path->text();
    const place where = path->where();
    const auto binding = corrected.find("{:jid}");
    if (binding == std::string::npos) return;
    corrected.replace(binding, 6, "[:jid]");
    remove(handler, "path");
    put(handler, "path", where, text_node(corrected, where));
}

void handler_credentials(translation& t, node& handler, const property& p) {
    if (!p.value || !p.value->is_tuple(2)) return t.wrong_form(*p.whole, "{auth, {User, Password}}");
    for (const auto& [key, part] :
         {std::pair{"username", &p.value->items[0]}, {"password", &p.value->items[1]}}) {
        if (auto text = t.text(*part)) t.put(handler, key, p.where, text_node(*text, part->where));
    }
}

void handler_names_of_api(translation& t, node& handler, const property& p) {
    if (!p.value) return t.wrong_form(*p.whole, "{handlers, [Name, ...]}");
    t.put(handler, "handlers", p.where, t.names(*p.value));
}

void ping_rate(translation& t, node& handler, const property& p) {
    if (p.value && p.value->is_atom("none")) return;  // what holds without it
    t.put_value(handler, "ping_rate", p);
}

void component_over_websocket(translation& t, node& handler, const property& p) {
    if (!p.value) return t.wrong_form(*p.whole, "{ejabberd_service, Options}");
    node service = empty_table(p.value->where);
    const translation::inside path(t, "ejabberd_service");
    for (const property& option : t.properties(*p.value)) {
        const cfg_option* found = find_listener_option("ejabberd_service", option.name);
        if (!found) {
            t.unknown(option.where, "option of ejabberd_service", option.name,
                      listener_option_names("ejabberd_service"));
        } else if (found->listener.empty()) {
            t.warn(option.where, "no_effect",
                   option.name + " has no effect here: this handler has no socket of its own", "remove it");
        } else {
            found->apply(t, service, option);
        }
    }
    t.put(handler, "service", p.where, std::move(service));
}

void custom_headers(translation& t, node& handler, const property& p) {
    const auto* headers = t.list_of(p);
    if (!headers) return;
    node_array tables;
    for (const term& header : *headers) {
        if (!header.is_tuple(2)) {
            t.wrong_form(header, "{<<\"name\">>, <<\"value\">>}");
            continue;
        }
        const auto name = t.text(header.items[0]);
        const auto value = t.text(header.items[1]);
        if (!name || !value) continue;
        node table = empty_table(header.where);
        put(table, "name", header.items[0].where, text_node(*name, header.items[0].where));
        put(table, "value", header.items[1].where, text_node(*value, header.items[1].where));
        tables.push_back(std::move(table));
    }
    t.put(handler, "custom_headers", p.where, node(std::move(tables), p.value->where));
}

void plain_http_handler(translation& t, node& handler, const property& p) {
    auto inner = inner_handler(t, p, 1);
    if (inner) t.put(handler, "http", p.where, std::move(inner));
}

void websocket_handler(translation& t, node& handler, const property& p) {
    auto inner = inner_handler(t, p, 2);
    const auto protocol = inner ? t.text(p.whole->items[1]) : std::nullopt;
    if (!protocol) return;
    const place where = p.whole->items[1].where;
    inner->table()->insert(inner->table()->begin(), member{"protocol", where, text_node(*protocol, where)});
    append(handler, "ws", p.where, std::move(*inner));
}

void event_handler(translation& t, node& handler, const property& p) {
    const auto modules = p.value ? t.names(*p.value) : std::nullopt;
    if (!p.value || (modules && modules->array()->size() != 1)) {
        return t.wrong_form(p.value ? *p.value : *p.whole, "a list of one module");
    }
    if (modules) t.put(handler, "module", p.where, modules->array()->front());
}

// {priv_dir, App, Path} or {dir, Path}, each perhaps with [{mimetypes, ...}], which tells types by the ends
// of names, as is done anyway.
void static_files(translation& t, node& handler, const property& p) {
    const auto wrong = [&] {
        t.wrong_form(p.value ? *p.value : *p.whole, "{priv_dir, App, Path} or {dir, Path}");
    };
    if (!p.value || !p.value->is_tuple() || p.value->items.empty() || !p.value->items[0].is_atom())
        return wrong();
    const auto& parts = p.value->items;
    const std::string& type = parts[0].text;
    const bool of_app = type == "priv_dir" || type == "priv_file";
    const std::size_t least = of_app ? 3 : 2;
    if (parts.size() < least || parts.size() > least + 1) return wrong();
    t.put(handler, "type", parts[0].where, text_node(type, parts[0].where));
    if (of_app) t.put(handler, "app", parts[1].where, t.value(parts[1]));
    t.put(handler, "content_path", parts[least - 1].where, t.value(parts[least - 1]));
    if (parts.size() == least) return;
    for (const property& extra : t.all_properties(parts[least])) {
        if (extra.name != "mimetypes")
            t.no_modern_form(extra.where, "the option " + extra.name + " of cowboy_static");
    }
}

}  // namespace meerkat::cfg
