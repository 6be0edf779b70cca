#pragma once
// The embedded database of a server: one SQLite file with every store in it.

#include "gateway/db/database.hpp"
#include "xmpp/storage/account_store.hpp"
#include "xmpp/storage/roster_store.hpp"

#include <memory>
#include <string>

namespace meerkat::storage {

class sqlite_storage {
public:
    // Creates the file or brings its schema up to date. Blocks: for the start of the process. The error's
    // detail says in a sentence what is wrong with the file.
    static result<std::unique_ptr<sqlite_storage>> open(db::database_options options);
    ~sqlite_storage();
    sqlite_storage(const sqlite_storage&) = delete;
    sqlite_storage& operator=(const sqlite_storage&) = delete;

    account_store& accounts() { return *accounts_; }
    roster_store& rosters() { return *rosters_; }
    db::database& database() { return *database_; }

    // 32 random bytes made with the file, for the authenticator. Not to be logged.
    const std::string& secret() const { return secret_; }

private:
    sqlite_storage(std::unique_ptr<db::database> database, std::string secret);

    std::unique_ptr<db::database> database_;
    std::unique_ptr<account_store> accounts_;
    std::unique_ptr<roster_store> rosters_;
    std::string secret_;
};

}  // namespace meerkat::storage
