// {outgoing_pools, [{Type, Scope, Tag, PoolOptions, ConnectionOptions}, ...]}

#include "gateway/cfg/tls_terms.hpp"
#include "gateway/cfg/top_terms.hpp"

#include <algorithm>

namespace meerkat::cfg {
namespace {

using action = void (*)(translation&, node& connection, const property&);

void tls_options(translation& t, node& connection, const property& p) {
    if (node* tls = table_below(connection, "tls", p.where)) connection_tls(t, *tls, *p.value);
}

// [{ssl, required or true}, {ssl_opts, Options}] for PostgreSQL, the options themselves for MySQL.
void database_tls(translation& t, node& connection, const term& options) {
    node* tls = table_below(connection, "tls", options.where);
    if (!tls) return;
    const auto all = t.properties(options);
    const bool wrapped = std::any_of(
        all.begin(), all.end(), [](const property& p) { return p.name == "ssl" || p.name == "ssl_opts"; });
    if (!wrapped) return connection_tls(t, *tls, options);
    for (const property& p : all) {
        if (p.name == "ssl_opts" && p.value) {
            connection_tls(t, *tls, *p.value);
        } else if (p.name != "ssl" || !p.value) {
            t.no_modern_form(p.where, "the TLS option " + p.name);
        } else if (p.value->is_atom("false")) {
            t.no_modern_form(p.where, "{ssl, false} with further TLS options", "remove the TLS options");
        } else {
            t.put(*tls, "required", p.where, node(p.value->is_atom("required"), p.value->where));
        }
    }
}

// {Driver, Host, Database, User, Password}, with a port behind the host and TLS options at the end if any; or
// the connection string of ODBC.
void database_server(translation& t, node& connection, const property& p) {
    const term& server = *p.value;
    if (server.is_text()) {
        put(connection, "driver", p.where, text_node("odbc", p.where));
        put(connection, "settings", p.where, text_node(server.text, server.where));
        return;
    }
    const bool port = server.is_tuple() && server.items.size() > 2 && server.items[2].is_integer();
    const std::size_t plain = port ? 6 : 5;
    if (!server.is_tuple(plain) && !server.is_tuple(plain + 1)) {
        return t.wrong_form(server,
                            "{Driver, Host, Port, Database, User, Password}, or the same with TLS options");
    }
    std::vector<std::string_view> keys{"driver", "host", "database", "username", "password"};
    if (port) keys.insert(keys.begin() + 2, "port");
    for (std::size_t i = 0; i < keys.size(); ++i) {
        t.put(connection, keys[i], server.items[i].where, t.value(server.items[i]));
    }
    if (server.is_tuple(plain + 1)) database_tls(t, connection, server.items[plain]);
}

// "host" or {"host", port}, each.
void cassandra_servers(translation& t, node& connection, const property& p) {
    const auto* items = t.list(*p.value);
    if (!items) return;
    node_array servers;
    for (const term& item : *items) {
        const auto host = t.text(item.is_tuple(2) ? item.items[0] : item);
        if (!host) continue;
        node server = empty_table(item.where);
        put(server, "ip_address", item.where, text_node(*host, item.where));
        if (item.is_tuple(2)) t.put(server, "port", item.items[1].where, t.value(item.items[1]));
        servers.push_back(std::move(server));
    }
    t.put(connection, "servers", p.where, node(std::move(servers), p.value->where));
}

// {auth, {cqerl_auth_plain_handler, [{User, Password}]}}
void cassandra_auth(translation& t, node& connection, const property& p) {
    const term& how = *p.value;
    const bool plain = how.is_tuple(2) && how.is_tuple_of("cqerl_auth_plain_handler") &&
                       how.items[1].items.size() == 1 && how.items[1].items[0].is_tuple(2);
    if (!plain) return t.wrong_form(how, "{cqerl_auth_plain_handler, [{User, Password}]}");
    const term& credentials = how.items[1].items[0];
    t.put(connection, "auth.plain.username", p.where, t.value(credentials.items[0]));
    t.put(connection, "auth.plain.password", p.where, t.value(credentials.items[1]));
}

// {credentials, User, Password}
void riak_credentials(translation& t, node& connection, const property& p) {
    t.put(connection, "credentials.user", p.where, t.value(p.whole->items[1]));
    t.put(connection, "credentials.password", p.where, t.value(p.whole->items[2]));
}

void server_list(translation& t, node& connection, const property& p) {
    t.put(connection, "servers", p.where, t.names(*p.value));
}

// Redis numbers its databases; files have the number as a text too.
void redis_database(translation& t, node& connection, const property& p) {
    const std::string& text = p.value->text;
    const bool number = p.value->is_text() && !text.empty() && text.size() < 10 &&
                        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!number) return static_cast<void>(t.put_value(connection, "database", p));
    t.put(connection, "database", p.where, node(std::int64_t{std::stol(text)}, p.value->where));
}

struct connection_option {
    std::string_view type;
    std::string_view name;
    std::string_view key;    // the value is taken as it is
    action apply = nullptr;  // called with tuples of `size` only
    std::size_t size = 2;
};

// What is not here keeps its name and value.
constexpr connection_option options[] = {
    {"rdbms", "server", "", database_server},        {"http", "server", "host"},
    {"redis", "database", "", redis_database},       {"riak", "credentials", "", riak_credentials, 3},
    {"riak", "cacertfile", "tls.cacertfile"},        {"riak", "ssl_opts", "", tls_options},
    {"cassandra", "servers", "", cassandra_servers}, {"cassandra", "auth", "", cassandra_auth},
    {"cassandra", "ssl", "", tls_options},           {"ldap", "servers", "", server_list},
    {"ldap", "tls_options", "", tls_options},
};

node connection(translation& t, const std::string& type, const term& from) {
    node made = empty_table(from.where);
    for (const property& p : t.properties(from)) {
        const auto* option =
            std::find_if(std::begin(options), std::end(options),
                         [&](const connection_option& o) { return o.type == type && o.name == p.name; });
        const bool known = option != std::end(options);
        if (!known || !option->apply) {
            t.put_value(made, known ? option->key : std::string_view(p.name), p);
        } else if (p.whole->is_tuple(option->size)) {
            option->apply(t, made, p);
        } else {
            t.wrong_form(*p.whole,
                         option->size == 2 ? "{" + p.name + ", Value}" : "{" + p.name + ", Value, Value}");
        }
    }
    return made;
}

void put_scope(translation& t, node& pool, const term& scope) {
    if (scope.is_atom("global") || scope.is_atom("host")) {
        put(pool, "scope", scope.where, text_node(scope.text, scope.where));
        return;
    }
    const auto host = t.name(scope);
    if (!host) return;
    put(pool, "scope", scope.where, text_node("single_host", scope.where));
    put(pool, "host", scope.where, text_node(*host, scope.where));
}

void one_pool(translation& t, node& pools, const term& from) {
    if (!from.is_tuple(5)) return t.wrong_form(from, "{Type, Scope, Tag, PoolOptions, ConnectionOptions}");
    const auto type = t.name(from.items[0]);
    const auto tag = t.name(from.items[2]);
    if (!type || !tag) return;
    const translation::inside path(t, *type);
    node pool = empty_table(from.where);
    put_scope(t, pool, from.items[1]);
    for (const property& p : t.properties(from.items[3])) {
        if (auto value = t.value_of(p)) t.put(pool, p.name, p.where, std::move(value));
    }
    put(pool, "connection", from.items[4].where, connection(t, *type, from.items[4]));
    node* of_type = table_below(pools, *type, from.where);
    if (of_type && put(*of_type, *tag, from.where, std::move(pool))) return;
    t.error(from.where, "duplicate_pool", "there is another pool of this type and tag",
            "give pools of different hosts different tags, or put them into host_config");
}

void outgoing_pools(translation& t, node& root, const term& from) {
    const auto* pools = t.list(from.items[1]);
    node* made = pools ? table_below(root, "outgoing_pools", from.where) : nullptr;
    if (!made) return;
    for (const term& pool : *pools) one_pool(t, *made, pool);
}

}  // namespace

std::vector<top_term> pool_terms() {
    return {{"outgoing_pools", 2, repetition::last_counts, outgoing_pools}};
}

}  // namespace meerkat::cfg
