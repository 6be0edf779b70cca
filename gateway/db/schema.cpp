#include "gateway/db/schema.hpp"

#include <string>

namespace meerkat::db {

namespace {

std::size_t version_of(connection& c, std::string_view store) {
    auto rows = c.prepare("SELECT version FROM schema_version WHERE store = ?1", store);
    return rows.step() ? static_cast<std::size_t>(rows.integer(0)) : 0;
}

// Errors that are sentences for the operator; those of SQLite stay in the connection.
std::optional<error> bring_up_to_date(connection& c, const schema& s) {
    const std::size_t found = version_of(c, s.store);
    if (found > s.steps.size()) {
        return error(errc::invalid, "the file was written by a newer release (" + std::string(s.store) +
                                        " version " + std::to_string(found) + ", this release knows " +
                                        std::to_string(s.steps.size()) +
                                        "): start that release, or restore a backup");
    }
    for (std::size_t i = found; i < s.steps.size(); ++i) c.execute_script(std::string(s.steps[i]));
    if (found == s.steps.size()) return std::nullopt;
    c.run(
        "INSERT INTO schema_version (store, version) VALUES (?1, ?2)"
        " ON CONFLICT (store) DO UPDATE SET version = excluded.version",
        s.store, s.steps.size());
    return std::nullopt;
}

}  // namespace

result<void> bring_up_to_date(connection& c, std::span<const schema> schemas) {
    c.run("BEGIN IMMEDIATE");
    c.execute_script(
        "CREATE TABLE IF NOT EXISTS schema_version ("
        " store TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
    std::optional<error> refusal;
    for (const schema& s : schemas) {
        refusal = bring_up_to_date(c, s);
        if (refusal) break;
    }
    if (!refusal && c.run("COMMIT")) return {};
    error reason = refusal ? *refusal : *c.failure();
    c.clear_failure();
    if (c.in_transaction()) c.run("ROLLBACK");
    return reason;
}

}  // namespace meerkat::db
