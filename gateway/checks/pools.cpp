#include "gateway/checks/checks.hpp"
#include "gateway/checks/walk.hpp"

#include <array>

namespace meerkat::checks {

using config::member;
using config::node;
using config::reader;

namespace {

std::string text_at(const node& table, const char* key) {
    const node* const found = table.find(key);
    return found && found->text() ? *found->text() : std::string();
}

}  // namespace

void pool_strategies(reader& r, const node& root, const configuration&) {
    for_each_scope(r, root, [&](const node& scope, const std::string&) {
        visit(r, scope, "outgoing_pools.*.*", [&](const member& pool) {
            const node* const strategy = pool.value.find("strategy");
            const node* const longest = pool.value.find("max_worker_queue_len");
            if (!strategy || !longest || text_at(pool.value, "strategy") == "best_worker") return;
            const reader::step here(r, "max_worker_queue_len");
            r.error(longest->where(), "invalid_worker_pool_strategy_option",
                    "max_worker_queue_len is for strategy = \"best_worker\", and strategy is " +
                        strategy->describe(false),
                    "remove one of the two");
        });
    });
}

void rdbms_connections(reader& r, const node& root, const configuration&) {
    constexpr std::array of_servers = {"host", "database", "username", "password"};
    for_each_scope(r, root, [&](const node& scope, const std::string&) {
        visit(r, scope, "outgoing_pools.rdbms.*.connection", [&](const member& connection) {
            const node& options = connection.value;
            const node* const driver = options.find("driver");
            // An odbc pool is told that it has no effect.
            if (!options.table() || !driver || !driver->text() || *driver->text() == "odbc") return;
            const std::string called = "driver " + shown(*driver->text());
            std::string missing;
            for (const char* const key : of_servers) {
                if (!options.find(key)) missing += (missing.empty() ? "" : ", ") + std::string(key);
            }
            if (!missing.empty())
                r.error(connection.where, "invalid_rdbms_connection_options",
                        called + " also needs " + missing);
            const node* const tls = options.find("tls");
            const node* const required = tls ? tls->find("required") : nullptr;
            if (!required || *driver->text() != "mysql") return;
            const reader::step here(r, "tls.required");
            r.error(required->where(), "invalid_rdbms_tls_options",
                    "only drivers \"pgsql\" and \"cockroachdb\" have this option, and this is " + called,
                    "remove it: with a tls table this driver uses TLS");
        });
    });
}

}  // namespace meerkat::checks
