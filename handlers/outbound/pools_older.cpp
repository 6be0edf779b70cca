#include "handlers/outbound/pools_older.hpp"

#include "config/table.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace meerkat {

using namespace config;

namespace {

bool says(const node& table, std::string_view key, std::string_view word) {
    const node* const found = table.find(key);
    return found && found->text() && *found->text() == word;
}

// `encrypt` switched TLS on; without it the tls table had no effect.
void modernize_ldap(rewriter& r, node& connection) {
    const auto encrypt = take(connection, "encrypt");
    const node* const tls = connection.find("tls");
    const bool encrypted = encrypt && encrypt->value.text() && *encrypt->value.text() == "tls";
    if (encrypt) {
        const rewriter::step here(r, "encrypt");
        r.warn(encrypt->where, "old_name", "encrypt is an older way to say whether there is a tls table",
               encrypted ? "remove it; the tls table says it" : "remove it");
    }
    if (encrypted && !tls) {
        // Such connections checked no certificates.
        const place where = encrypt->where;
        node_table content{{"verify_mode", where, node(std::string("none"), where)}};
        r.put_missing(connection, "tls", node(std::move(content), where));
    }
    if (encrypted || !tls || (!encrypt && r.read_as() >= "5.1.0"_r)) return;
    const rewriter::step here(r, "tls");
    r.warn(tls->where(), "old_default",
           "this table had no effect, because the connection was not encrypted; it is left out",
           "remove it, or keep it to have TLS");
    take(connection, "tls");
}

// Up to 6.5.0 it stood in the connection, and was 1000 where it was not written.
void modernize_rabbit_queue(rewriter& r, node& pool) {
    constexpr std::int64_t back_then = 1000;
    node* const connection = pool.find("connection");
    auto old = connection ? take(*connection, "max_worker_queue_len") : std::nullopt;
    if (old) {
        const rewriter::step here(r, "connection.max_worker_queue_len");
        r.warn(old->where, "old_place", "this is an older place of max_worker_queue_len of the pool",
               "write it in the pool's own table; without it there is no bound");
        // Without effect with other strategies, and refused there today.
        const bool used = !pool.find("strategy") || says(pool, "strategy", "best_worker");
        if (used) r.put(pool, "max_worker_queue_len", std::move(*old));
        return;
    }
    if (r.read_as() >= "6.6.0"_r || !pool.table() || pool.find("max_worker_queue_len")) return;
    if (pool.find("strategy") && !says(pool, "strategy", "best_worker")) return;
    const place where = pool.where();
    r.warn(where, "old_default",
           "max_worker_queue_len is not written: in files of " + to_string(r.read_as()) + " it is 1000",
           "write max_worker_queue_len = 1000");
    r.put_missing(pool, "max_worker_queue_len", node(back_then, where));
}

// The entry for a host, made where there is none; null when host_config is no array of tables.
node* host_entry(node& root, const std::string& host, place where) {
    node* list = root.find("host_config");
    if (!list) {
        root.table()->push_back({"host_config", where, node(node_array{}, where)});
        list = &root.table()->back().value;
    }
    if (!list->array()) return nullptr;
    node_array& entries = *list->array();
    // Of several the last one's pools hold.
    const auto at = std::find_if(entries.rbegin(), entries.rend(), [&](const node& entry) {
        return says(entry, "host_type", host) || (!entry.find("host_type") && says(entry, "host", host));
    });
    if (at != entries.rend()) return &*at;  // a table: it says something
    node_table content{{"host", where, node(host, where)}};
    entries.emplace_back(std::move(content), where);
    return &entries.back();
}

struct pool_of_host {
    std::string type, host;
    member pool;
};

// Takes the pools of single hosts out of one type's table.
void take_pools_of_hosts(const std::string& type, node& pools, std::vector<pool_of_host>& taken) {
    std::vector<std::string> tags;
    for (const member& pool : *pools.table()) {
        const node* const host = pool.value.find("host");
        if (says(pool.value, "scope", "single_host") && host && host->text()) tags.push_back(pool.key);
    }
    for (const std::string& tag : tags) {
        member pool = *take(pools, tag);
        take(pool.value, "scope");
        const auto host = take(pool.value, "host");
        taken.push_back({type, *host->value.text(), std::move(pool)});
    }
}

// What is left of the older keys: a host without the scope that reads it, and the older name of a scope.
void rename_scope(rewriter& r, node& pool) {
    node* const scope = pool.find("scope");
    if (scope && says(pool, "scope", "host")) {
        const rewriter::step here(r, "scope");
        r.warn(scope->where(), "old_name", "\"host\" is an older name of \"host_type\"",
               "write scope = \"host_type\"");
        *scope = node(std::string("host_type"), scope->where());
    }
    if (says(pool, "scope", "single_host")) return;
    if (const auto host = take(pool, "host")) {
        const rewriter::step here(r, "host");
        r.warn(host->where, "no_effect", "this has no effect: it belongs to scope = \"single_host\"",
               "remove it");
    }
}

}  // namespace

void add_older_ldap(pool_options& connection) {
    connection
        .add(older("rootdn", text(), "4.0.0"_r, "5.0.1"_r, renamed("root_dn"), "Older name of root_dn."))
        .add(older("encrypt", one_of_words({"none", "tls"}), "4.0.0"_r, "5.0.1"_r, nullptr,
                   "Whether the connection is encrypted; today the tls table says so."));
    connection.modernize(modernize_ldap);
}

void add_older_rabbit(pool_options& connection) {
    for (const char* const key : {"host", "username", "password"}) {
        connection.add(older(std::string("amqp_") + key, non_empty_text(), "4.0.0"_r, "5.0.1"_r, renamed(key),
                             std::string("Older name of ") + key + '.'));
    }
    connection
        .add(older("amqp_port", whole_number(0, 65535), "4.0.0"_r, "5.0.1"_r, renamed("port"),
                   "Older name of port."))
        .add(older("max_worker_queue_len", limited(whole_number(0, std::numeric_limits<std::int64_t>::max())),
                   "4.0.0"_r, "6.5.0"_r, nullptr, "Older place of the pool's max_worker_queue_len."));
}

void modernize_rabbit_pools(pool_options& pool) { pool.modernize(modernize_rabbit_queue); }

void add_older_rdbms(pool_options& pool) {
    const auto into_connection = [](rewriter& r, node& table, member old) {
        r.warn(old.where, "old_place", "this is an older place of connection.driver",
               "write it as connection.driver");
        const node* const connection = table.find("connection");
        if (!connection || !connection->find("driver"))
            r.put_within(table, "connection.driver", std::move(old));
    };
    pool.add(older("driver", one_of_words({"pgsql", "mysql", "odbc"}), "4.0.0"_r, "4.0.0"_r, into_connection,
                   "Older place of connection.driver."));
}

void add_older_scope(pool_options& pool) {
    pool.add(older("host", non_empty_text(), "4.0.0"_r, "6.2.0"_r, nullptr,
                   "The domain the pool is for, with scope = \"single_host\"; today the pool stands in that "
                   "domain's host_config."));
    pool.modernize(rename_scope);
}

option older_riak_pools() {
    known_table credentials{
        known_required("user", non_empty_text(), "Who logs in."),
        known_required("password", non_empty_text(), "Their password.").secret(),
    };
    known_table connection{
        known_required("address", non_empty_text(), "The server's name or address."),
        known_required("port", whole_number(0, 65535), "Its port."),
        known_section("credentials", credentials, "How to log in."),
    };
    known_table pool{
        known("scope", one_of_words({"global", "host", "single_host"}), "global", "Whom the pool is for."),
        known("host", non_empty_text(), std::nullopt, "The domain it is for."),
        known("workers", whole_number(1, 1'000'000), 10, "How many connections the pool has."),
        known("strategy", non_empty_text(), "best_worker", "Which connection takes the next request."),
        known("call_timeout", milliseconds(1), std::chrono::milliseconds(5000), "Time a request may take."),
        known_section("connection", connection, "Where to, and as whom."),
    };
    option riak = older_section(
        "riak", pool, "4.0.0"_r, "6.1.0"_r,
        dropped("Riak is gone from every release since 6.2.0, and does not come here"), "Riak clusters.");
    riak.form = option_form::named_sections;
    return riak;
}

void move_single_host_pools(rewriter& r, node& root) {
    node* const all = root.find("outgoing_pools");
    if (!all || !all->table()) return;
    std::vector<pool_of_host> taken;
    for (member& type : *all->table()) {
        if (type.value.table()) take_pools_of_hosts(type.key, type.value, taken);
    }
    for (const pool_of_host& each : taken) {
        const node* const left = all->find(each.type);
        if (left && left->table()->empty()) take(*all, each.type);
    }
    if (!taken.empty() && all->table()->empty()) take(root, "outgoing_pools");
    for (pool_of_host& each : taken) {
        const place where = each.pool.where;
        const std::string modern = "outgoing_pools." + each.type + '.' + each.pool.key;
        const rewriter::step here(r, modern);
        r.warn(where, "old_place", "a pool for one domain stands in the options of that domain today",
               "write [[host_config]] with host = \"" + each.host + "\", and below it [host_config." +
                   modern + "]");
        node* const entry = host_entry(root, each.host, where);
        node* const pools = entry ? table_at(*entry, "outgoing_pools", where) : nullptr;
        node* const of_type = pools ? table_at(*pools, each.type, where) : nullptr;
        if (of_type) r.put(*of_type, each.pool.key, std::move(each.pool));
    }
}

}  // namespace meerkat
