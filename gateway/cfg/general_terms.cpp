#include "gateway/cfg/top_terms.hpp"

#include <array>

namespace meerkat::cfg {
namespace {

void log_level(translation& t, node& root, const term& from) {
    constexpr std::array<std::string_view, 6> names{"none", "critical", "error", "warning", "info", "debug"};
    const term& level = from.items[1];
    std::string name = level.text;
    if (level.is_integer() && level.integer >= 0 && level.integer < 6) {
        name = names[static_cast<std::size_t>(level.integer)];
    } else if (!level.is_atom()) {
        return t.wrong_form(level, "a number from 0 (none) to 5 (debug), or the name of a level");
    }
    t.put(root, "general.loglevel", from.where, text_node(name, level.where));
}

// mnesia or {mnesia, Options}; the options of all backends moved elsewhere long ago.
void session_backend(translation& t, node& root, const term& from) {
    const term& backend = from.items[1];
    const term& name = backend.is_tuple(2) ? backend.items[0] : backend;
    if (backend.is_tuple(2) && !backend.items[1].items.empty()) {
        t.no_modern_form(backend.items[1].where, "the option list of a session backend",
                         "write []; connections are described by outgoing_pools");
    }
    if (auto read = t.name(name)) t.put(root, "general.sm_backend", from.where, text_node(*read, name.where));
}

void routed_subdomains(translation& t, node& root, const term& from) {
    t.put(root, "general.route_subdomains", from.where, t.value(from.items[1]));
}

// [{Argument, Value}, ...], the arguments named by atoms or texts.
node arguments(translation& t, const term& from) {
    node made = empty_table(from.where);
    const auto* items = t.list(from);
    if (!items) return made;
    for (const term& item : *items) {
        const auto name = item.is_tuple(2) ? t.name(item.items[0]) : std::nullopt;
        if (!item.is_tuple(2)) t.wrong_form(item, "{Argument, Value}");
        auto value = name ? t.value(item.items[1]) : std::nullopt;
        if (value) put(made, *name, item.where, std::move(*value));
    }
    return made;
}

// [{Rule, Commands or all, [{Argument, Value}]}]
void control_commands(translation& t, node& root, const term& from) {
    node rules = empty_table(from.where);
    const auto* items = t.list(from.items[1]);
    if (!items) return;
    for (const term& item : *items) {
        const auto name = item.is_tuple(3) ? t.name(item.items[0]) : std::nullopt;
        if (!item.is_tuple(3)) t.wrong_form(item, "{Rule, Commands, Arguments}");
        if (!name) continue;
        node rule = empty_table(item.where);
        const term& commands = item.items[1];
        t.put(rule, "commands", commands.where, commands.is_atom() ? t.value(commands) : t.names(commands));
        t.put(rule, "argument_restrictions", item.items[2].where, arguments(t, item.items[2]));
        put(rules, *name, item.where, std::move(rule));
    }
    t.put(root, "general.mongooseimctl_access_commands", from.where, std::move(rules));
}

top_term override_term(const std::string& what) {
    return {"override_" + what, 0, repetition::last_counts,
            [what](translation&, node& root, const term& from) {
                append_at(root, "general.override", from.where, text_node(what, from.where));
            }};
}

}  // namespace

std::function<void(translation&, node&, const term&)> value_at(std::string path) {
    return [path = std::move(path)](translation& t, node& root, const term& from) {
        t.put(root, path, from.where, t.value(from.items[1]));
    };
}

std::function<void(translation&, node&, const term&)> names_at(std::string path) {
    return [path = std::move(path)](translation& t, node& root, const term& from) {
        t.put(root, path, from.where, t.names(from.items[1]));
    };
}

std::vector<top_term> general_terms() {
    const auto plain = [](std::string name, std::string path) {
        return top_term{std::move(name), 2, repetition::last_counts, value_at("general." + std::move(path))};
    };
    return {
        {"loglevel", 2, repetition::last_counts, log_level},
        {"hosts", 2, repetition::last_counts, names_at("general.hosts")},
        plain("language", "language"),
        plain("registration_timeout", "registration_timeout"),
        {"routing_modules", 2, repetition::last_counts, names_at("general.routing_modules")},
        plain("replaced_wait_timeout", "replaced_wait_timeout"),
        plain("hide_service_name", "hide_service_name"),
        {"route_subdomain", 2, repetition::last_counts, routed_subdomains},
        {"route_subdomains", 2, repetition::last_counts, routed_subdomains},
        {"sm_backend", 2, repetition::last_counts, session_backend},
        plain("cowboy_server_name", "http_server_name"),
        plain("max_fsm_queue", "max_fsm_queue"),
        plain("all_metrics_are_global", "all_metrics_are_global"),
        plain("pgsql_users_number_estimate", "pgsql_users_number_estimate"),
        plain("rdbms_server_type", "rdbms_server_type"),
        {"mongooseimctl_access_commands", 2, repetition::last_counts, control_commands},
        override_term("global"),
        override_term("local"),
        override_term("acls"),
    };
}

}  // namespace meerkat::cfg
