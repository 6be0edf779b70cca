#include "handlers/outbound/pools_options.hpp"

#include "config/table.hpp"
#include "gateway/net/client_tls_options.hpp"
#include "handlers/outbound/pools_older.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace meerkat {

using namespace config;

namespace {

shape<std::int64_t> port_number() { return whole_number(0, 65535); }
shape<std::int64_t> at_least(std::int64_t least) {
    return whole_number(least, std::numeric_limits<std::int64_t>::max());
}

option tls_section(release since) {
    return known_section("tls", net::client_tls_table(since),
                         "TLS; with this table the connection is encrypted.")
        .since(since);
}

known_table cassandra_connection() {
    known_table server{
        known_required("host", non_empty_text(), "Its name or address.").since("5.1.0"_r),
        known("port", port_number(), 9042, "Its port."),
        older("ip_address", non_empty_text(), "4.0.0"_r, "5.0.1"_r, renamed("host"), "Older name of host."),
    };
    known_table plain{
        known_required("username", text(), "Who logs in."),
        known_required("password", text(), "Their password.").secret(),
    };
    known_table login{known_section("plain", plain, "By name and password.")};
    return {
        known_sections("servers", server, "The servers of the cluster; if unset, localhost.")
            .identified_by("host"),
        known("keyspace", non_empty_text(), "mongooseim", "The keyspace the tables are in."),
        known_section("auth", login, "How to log in; without this table nobody logs in."),
        tls_section(releases::first_toml),
    };
}

known_table elastic_connection() {
    return {
        known("host", non_empty_text(), "localhost", "The server's name or address."),
        known("port", port_number(), 9200, "Its port."),
    };
}

known_table http_connection() {
    return {
        known_required("host", non_empty_text(),
                       "The service, as \"https://example.org:8443\": its scheme says whether TLS is used."),
        known("path_prefix", non_empty_text(), "/", "What the path of every request begins with."),
        known("request_timeout", milliseconds(0), std::chrono::milliseconds(2000),
              "Time the service has to answer a request."),
        tls_section(releases::first_toml),
    };
}

known_table ldap_connection() {
    known_table t{
        known("servers", list(non_empty_text(), list_rule::unique_non_empty),
              std::vector<std::string>{"localhost"}, "The directory's servers, tried in this order."),
        known("port", port_number(), std::nullopt, "Their port; if unset, 389, or 636 with a tls table."),
        known("root_dn", text(), "", "Who looks users up in the directory; empty for nobody in particular.")
            .since("5.1.0"_r),
        known("password", text(), "", "The password of root_dn.").secret(),
        known("connect_interval", milliseconds(1), std::chrono::milliseconds(10'000),
              "Pause after a failed attempt to connect."),
        tls_section(releases::first_toml),
    };
    add_older_ldap(t);
    return t;
}

known_table rabbit_connection() {
    known_table reconnecting{
        known("attempts", at_least(0), 0, "Attempts after which what waits to be sent is given up.")
            .since("6.6.0"_r),
        known("delay", milliseconds(0), std::chrono::milliseconds(2000), "Pause between attempts.")
            .since("6.6.0"_r),
    };
    known_table t{
        known("host", non_empty_text(), "localhost", "The broker's name or address.").since("5.1.0"_r),
        known("port", port_number(), 5672, "Its port.").since("5.1.0"_r),
        known("username", non_empty_text(), "guest", "Who logs in.").since("5.1.0"_r),
        known("password", non_empty_text(), "guest", "Their password.").since("5.1.0"_r).secret(),
        known("virtual_host", non_empty_text(), "/", "The broker's virtual host, which must exist.")
            .since("6.5.0"_r),
        known("confirms_enabled", boolean(), false, "Waits for the broker to confirm what it was sent."),
        known_section("reconnect", reconnecting, "What follows when the broker is lost.").since("6.6.0"_r),
        tls_section("6.5.0"_r),
    };
    add_older_rabbit(t);
    return t;
}

known_table rdbms_connection() {
    known_table tls = net::client_tls_table(releases::first_toml);
    tls.add(known("required", boolean(), false,
                  "Refuses a server without TLS; for PostgreSQL and CockroachDB only."));
    known_table t{
        known_required("driver", one_of_words({"pgsql", "mysql", "cockroachdb", "odbc"}),
                       "The kind of database; \"odbc\" is known from older files and does not come."),
        // Which of the following are needed depends on the driver.
        known("host", non_empty_text(), std::nullopt, "The server's name or address."),
        known("port", port_number(), std::nullopt,
              "Its port; if unset, the usual one of the kind: 5432, 3306 or 26257.")
            .since("5.1.0"_r),
        known("database", non_empty_text(), std::nullopt, "The name of the database."),
        known("username", non_empty_text(), std::nullopt, "Who logs in."),
        known("password", non_empty_text(), std::nullopt, "Their password.").secret(),
        known("keepalive_interval", seconds(1), std::nullopt,
              "How often an idle connection is used, so that nothing between closes it; if unset, never."),
        known("query_timeout", milliseconds(0), std::chrono::milliseconds(5000), "Time a query may take.")
            .since("6.0.0"_r),
        known("max_start_interval", seconds(1), std::chrono::seconds(30),
              "Longest pause between attempts to connect.")
            .since("5.1.0"_r),
        known_section("tls", tls, "TLS; with this table the connection is encrypted."),
        never("settings", text(), std::nullopt, "The connection string of ODBC, which does not come.")
            .until("6.5.0"_r)
            .secret(),
    };
    t.check([](reader& r, const node& connection, known_options&) {
        const node* const driver = connection.find("driver");
        if (!driver || !driver->text() || *driver->text() != "odbc") return;
        const reader::step here(r, "driver");
        r.warn(driver->where(), "no_effect", "ODBC does not come: this pool will reach no database",
               "write driver = \"pgsql\", \"cockroachdb\" or \"mysql\", and host, database, username and "
               "password");
    });
    return t;
}

known_table redis_connection() {
    return {
        known("host", non_empty_text(), "127.0.0.1", "The server's name or address."),
        known("port", port_number(), 6379, "Its port."),
        known("database", at_least(0), 0, "The number of the database in the server."),
        known("username", text(), std::nullopt, "Who logs in.").since("6.6.0"_r),
        known("password", text(), std::nullopt, "Their password.").secret(),
        tls_section("6.5.0"_r),
    };
}

// What tells one type of pool from another besides its connection.
struct pool_kind {
    std::int64_t workers = 10;
    std::chrono::milliseconds call_timeout{5000};
    bool connection_required = false;
};

known_table pool_table(pools_of whose, const known_table& connection, const pool_kind& kind) {
    option connecting = known_section("connection", connection, "Where to, and as whom.");
    connecting.required = kind.connection_required;
    known_table t{
        known("workers", at_least(1), kind.workers, "How many connections the pool has."),
        known("strategy",
              one_of_words({"best_worker", "random_worker", "next_worker", "available_worker",
                            "next_available_worker"}),
              "best_worker", "Which connection takes the next request."),
        known("call_timeout", milliseconds(1), kind.call_timeout,
              "Time a request may take, waiting included."),
        known("max_worker_queue_len", limited(at_least(0)), std::nullopt,
              "Requests that may wait for one connection, with strategy = \"best_worker\"; if unset, any "
              "number.")
            .since("6.6.0"_r),
        std::move(connecting),
    };
    if (whose == pools_of::server) {
        t.add(known("scope", one_of_words({"global", "host_type", "host"}), "global",
                    "One pool for all domains, or one for each host type."));
        add_older_scope(t);
    }
    return t;
}

option pools(std::string type, known_table table, std::string meaning) {
    return known_names(std::move(type), table, std::move(meaning));
}

}  // namespace

option outgoing_pools_section(pools_of whose) {
    using std::chrono::milliseconds;
    auto rabbit = pool_table(whose, rabbit_connection(), {});
    modernize_rabbit_pools(rabbit);
    auto rdbms = pool_table(whose, rdbms_connection(),
                            {.call_timeout = milliseconds(60'000), .connection_required = true});
    add_older_rdbms(rdbms);
    known_table all{
        pools("cassandra", pool_table(whose, cassandra_connection(), {.workers = 20}), "Cassandra clusters."),
        pools("elastic", pool_table(whose, elastic_connection(), {}),
              "Elasticsearch; the tag is \"default\"."),
        pools("http", pool_table(whose, http_connection(), {.connection_required = true}), "Web services."),
        pools("ldap", pool_table(whose, ldap_connection(), {}), "Directories."),
        pools("rabbit", std::move(rabbit), "RabbitMQ; the tag \"event_pusher\" is for mod_event_pusher."),
        pools("rdbms", std::move(rdbms), "Relational databases."),
        pools("redis", pool_table(whose, redis_connection(), {}), "Redis."),
    };
    if (whose == pools_of::server) all.add(older_riak_pools());
    option section = section_not_yet("outgoing_pools", all, without::warns,
                                     whose == pools_of::server
                                         ? "Connections to databases and services, by type and tag."
                                         : "Connections of this host to databases and services: instead of "
                                           "the general ones of the same type and tag.");
    if (whose == pools_of::host) section.releases.since = "6.2.1"_r;
    return section;
}

}  // namespace meerkat
