#include "xmpp/storage/sqlite_accounts.hpp"

namespace meerkat::storage {

namespace {

using db::blob;
using db::connection;
using db::statement;
using sasl::scram_keys;

// Columns iterations, salt, stored_key, server_key from `first` on.
scram_keys keys_of(const statement& row, int first, hash_function hash) {
    return {.hash = hash,
            .iterations = static_cast<unsigned>(row.integer(first)),
            .salt = std::string(row.bytes(first + 1)),
            .stored_key = std::string(row.bytes(first + 2)),
            .server_key = std::string(row.bytes(first + 3))};
}

void insert_keys(connection& c, std::string_view local, std::string_view domain,
                 const std::vector<scram_keys>& keys) {
    for (const scram_keys& k : keys) {
        c.run(
            "INSERT INTO scram_keys (domain, local, hash, iterations, salt, stored_key, server_key)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            domain, local, sasl::name_of(k.hash), k.iterations, blob{k.salt}, blob{k.stored_key},
            blob{k.server_key});
    }
}

bool account_exists(connection& c, std::string_view local, std::string_view domain) {
    return c.prepare("SELECT 1 FROM account WHERE domain = ?1 AND local = ?2", domain, local).step();
}

std::size_t count_accounts(connection& c, std::string_view domain) {
    auto row = c.prepare("SELECT count(*) FROM account WHERE domain = ?1", domain);
    return row.step() ? static_cast<std::size_t>(row.integer(0)) : 0;
}

std::int64_t seconds_now() {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return now.time_since_epoch().count();
}

}  // namespace

task<result<creation>> sqlite_accounts::create(std::string local, std::string domain,
                                               std::vector<scram_keys> keys, std::optional<std::size_t> max) {
    auto work = [local = std::move(local), domain = std::move(domain), keys = std::move(keys),
                 max](connection& c) {
        if (account_exists(c, local, domain)) return creation::exists;
        if (max && count_accounts(c, domain) >= *max) return creation::limit_reached;
        c.run("INSERT INTO account (domain, local, created_at) VALUES (?1, ?2, ?3)", domain, local,
              seconds_now());
        insert_keys(c, local, domain, keys);
        return creation::created;
    };
    return database_.write(std::move(work));
}

task<result<account>> sqlite_accounts::find(std::string local, std::string domain) {
    auto work = [local = std::move(local), domain = std::move(domain)](connection& c) -> result<account> {
        // One statement, so that account and keys are of one moment.
        auto rows = c.prepare(
            "SELECT a.created_at, k.hash, k.iterations, k.salt, k.stored_key, k.server_key"
            " FROM account AS a LEFT JOIN scram_keys AS k USING (domain, local)"
            " WHERE a.domain = ?1 AND a.local = ?2",
            domain, local);
        std::optional<account> found;
        while (rows.step()) {
            if (!found) found.emplace();
            found->created_at = std::chrono::sys_seconds(std::chrono::seconds(rows.integer(0)));
            const auto hash = sasl::hash_named(rows.text(1));
            if (hash) found->keys.push_back(keys_of(rows, 2, *hash));
        }
        if (!found) return error(errc::not_found);
        return std::move(*found);
    };
    return database_.read(std::move(work));
}

task<result<std::optional<scram_keys>>> sqlite_accounts::find_keys(std::string local, std::string domain,
                                                                   hash_function hash) {
    auto work = [local = std::move(local), domain = std::move(domain),
                 hash](connection& c) -> std::optional<scram_keys> {
        auto row = c.prepare(
            "SELECT iterations, salt, stored_key, server_key FROM scram_keys"
            " WHERE domain = ?1 AND local = ?2 AND hash = ?3",
            domain, local, sasl::name_of(hash));
        if (!row.step()) return std::nullopt;
        return keys_of(row, 0, hash);
    };
    return database_.read(std::move(work));
}

task<result<bool>> sqlite_accounts::exists(std::string local, std::string domain) {
    auto work = [local = std::move(local), domain = std::move(domain)](connection& c) {
        return account_exists(c, local, domain);
    };
    return database_.read(std::move(work));
}

task<result<void>> sqlite_accounts::set_keys(std::string local, std::string domain,
                                             std::vector<scram_keys> keys) {
    auto work = [local = std::move(local), domain = std::move(domain),
                 keys = std::move(keys)](connection& c) -> result<void> {
        if (!account_exists(c, local, domain)) return error(errc::not_found);
        c.run("DELETE FROM scram_keys WHERE domain = ?1 AND local = ?2", domain, local);
        insert_keys(c, local, domain, keys);
        return {};
    };
    return database_.write(std::move(work));
}

task<result<void>> sqlite_accounts::remove(std::string local, std::string domain) {
    auto work = [local = std::move(local), domain = std::move(domain)](connection& c) -> result<void> {
        const bool done = c.run("DELETE FROM account WHERE domain = ?1 AND local = ?2", domain, local);
        if (done && c.changes() == 0) return error(errc::not_found);
        return {};
    };
    return database_.write(std::move(work));
}

task<result<std::size_t>> sqlite_accounts::count(std::string domain) {
    auto work = [domain = std::move(domain)](connection& c) { return count_accounts(c, domain); };
    return database_.read(std::move(work));
}

task<result<std::vector<std::string>>> sqlite_accounts::list(std::string domain, std::string after,
                                                             std::size_t max) {
    auto work = [domain = std::move(domain), after = std::move(after), max](connection& c) {
        auto rows =
            c.prepare("SELECT local FROM account WHERE domain = ?1 AND local > ?2 ORDER BY local LIMIT ?3",
                      domain, after, max);
        std::vector<std::string> names;
        while (rows.step()) names.emplace_back(rows.text(0));
        return names;
    };
    return database_.read(std::move(work));
}

}  // namespace meerkat::storage
