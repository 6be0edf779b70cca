#include "xmpp/storage/sqlite_storage.hpp"

#include "gateway/base/digest.hpp"
#include "xmpp/storage/schema.hpp"
#include "xmpp/storage/sqlite_accounts.hpp"
#include "xmpp/storage/sqlite_rosters.hpp"

namespace meerkat::storage {

namespace {

constexpr std::size_t secret_size = 32;
constexpr std::string_view secret_name = "login";

std::string keep_secret(db::connection& c) {
    c.run("INSERT OR IGNORE INTO secret (name, value) VALUES (?1, ?2)", secret_name,
          db::blob{random_bytes(secret_size)});
    auto row = c.prepare("SELECT value FROM secret WHERE name = ?1", secret_name);
    return row.step() ? std::string(row.bytes(0)) : std::string();
}

}  // namespace

result<std::unique_ptr<sqlite_storage>> sqlite_storage::open(db::database_options options) {
    std::string secret;
    auto prepare = [&secret](db::connection& c) { secret = keep_secret(c); };
    auto database = db::database::open(options, sqlite_schemas(), prepare);
    if (database.has_error()) return database.error();
    return std::unique_ptr<sqlite_storage>(new sqlite_storage(std::move(*database), std::move(secret)));
}

sqlite_storage::sqlite_storage(std::unique_ptr<db::database> database, std::string secret)
    : database_(std::move(database)),
      accounts_(std::make_unique<sqlite_accounts>(*database_)),
      rosters_(std::make_unique<sqlite_rosters>(*database_)),
      secret_(std::move(secret)) {}

sqlite_storage::~sqlite_storage() = default;

}  // namespace meerkat::storage
