#include "gateway/cfg/listener_terms.hpp"

#include "gateway/cfg/tls_terms.hpp"

#include <algorithm>
#include <utility>

namespace meerkat::cfg {
namespace {

struct listener_kind {
    std::string_view module;
    std::string_view type;
};

constexpr listener_kind kinds[] = {
    {"ejabberd_c2s", "c2s"},
    {"ejabberd_cowboy", "http"},
    {"ejabberd_s2s_in", "s2s"},
    {"ejabberd_service", "service"},
};

void put_protocol(translation& t, node& table, const term& protocol) {
    if (protocol.is_atom("tcp")) {
        t.put(table, "proto", protocol.where, text_node("tcp", protocol.where));
        return;
    }
    t.error(protocol.where, "unsupported_protocol",
            "found " + protocol.describe() + " as the protocol of a listener; only tcp is served",
            "remove this listener; WebSocket is a handler of ejabberd_cowboy");
}

// Port, {Port, Address}, {Port, Protocol} or {Port, Address, Protocol}.
void put_port(translation& t, node& table, const term& port) {
    const bool several = port.is_tuple(2) || port.is_tuple(3);
    const term& number = several ? port.items[0] : port;
    if (!number.is_integer()) return t.wrong_form(port, "a port, or {port, address}");
    t.put(table, "port", number.where, node(number.integer, number.where));
    if (!several) return;
    const term& second = port.items[1];
    if (port.items.size() == 2 && second.is_atom()) return put_protocol(t, table, second);
    if (auto address = t.address(second)) {
        t.put(table, "ip_address", second.where, text_node(*address, second.where));
    }
    if (port.items.size() == 3) put_protocol(t, table, port.items[2]);
}

void convert_options(translation& t, node& table, const std::string& module, const term& options) {
    for (const property& p : t.properties(options)) {
        if (const cfg_option* option = find_listener_option(module, p.name)) {
            option->apply(t, table, p);
        } else {
            t.unknown(p.where, "option of " + module, p.name, listener_option_names(module));
        }
    }
}

const std::vector<const cfg_option*>& every_option() {
    static const std::vector<const cfg_option*> all = [] {
        std::vector<const cfg_option*> found;
        for (const cfg_option& o : cfg_listener_options()) found.push_back(&o);
        for (const cfg_option& o : undocumented_listener_options()) found.push_back(&o);
        return found;
    }();
    return all;
}

bool serves(const cfg_option& o, std::string_view handler) {
    return std::find(o.handlers.begin(), o.handlers.end(), handler) != o.handlers.end();
}

bool belongs_to(const cfg_option& o, std::string_view listener) {
    return o.handlers.empty() && !o.key.empty() && (o.listener.empty() || o.listener == listener);
}

}  // namespace

void convert_listener(translation& t, node& root, const term& listener) {
    if (!listener.is_tuple(3)) return t.wrong_form(listener, "{Port, Module, Options}");
    const auto module = t.name(listener.items[1]);
    if (!module) return;
    const auto* kind = std::find_if(std::begin(kinds), std::end(kinds),
                                    [&module](const listener_kind& k) { return k.module == *module; });
    if (kind == std::end(kinds)) {
        std::vector<std::string> known;
        for (const listener_kind& k : kinds) known.emplace_back(k.module);
        return t.unknown(listener.items[1].where, "listener module", *module, known);
    }
    const translation::inside path(t, *module);
    node table = empty_table(listener.where);
    put_port(t, table, listener.items[0]);
    convert_options(t, table, *module, listener.items[2]);
    if (kind->type == "c2s") finish_client_tls(t, table);
    append_at(root, "listen." + std::string(kind->type), listener.where, std::move(table));
}

void put_listener_protocol(translation& t, node& table, const property& p) {
    if (p.value) return put_protocol(t, table, *p.value);
    t.wrong_form(*p.whole, "{proto, tcp}");
}

const cfg_option* find_listener_option(std::string_view listener, std::string_view key) {
    for (const cfg_option* o : every_option()) {
        if (o->key == key && belongs_to(*o, listener)) return o;
    }
    return nullptr;
}

const cfg_option* find_handler_option(std::string_view handler, std::string_view key) {
    for (const cfg_option* o : every_option()) {
        if (o->key == key && serves(*o, handler)) return o;
    }
    return nullptr;
}

std::vector<std::string> listener_option_names(std::string_view listener) {
    std::vector<std::string> names;
    for (const cfg_option* o : every_option()) {
        if (belongs_to(*o, listener)) names.push_back(o->key);
    }
    return names;
}

std::vector<std::string> handler_option_names(std::string_view handler) {
    std::vector<std::string> names;
    for (const cfg_option* o : every_option()) {
        if (serves(*o, handler) && !o->key.empty()) names.push_back(o->key);
    }
    return names;
}

std::vector<std::string> handler_names() {
    std::vector<std::string> names;
    for (const cfg_option* o : every_option())
        names.insert(names.end(), o->handlers.begin(), o->handlers.end());
    return names;
}

}  // namespace meerkat::cfg
