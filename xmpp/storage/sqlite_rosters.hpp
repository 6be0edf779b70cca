#pragma once
// Rosters in SQLite.

#include "gateway/db/database.hpp"
#include "xmpp/storage/roster_store.hpp"

namespace meerkat::storage {

class sqlite_rosters final : public roster_store {
public:
    explicit sqlite_rosters(db::database& database) : database_(database) {}

    task<result<roster>> items(jid owner) override;
    task<result<std::optional<roster_item>>> item(jid owner, jid contact) override;
    task<result<std::string>> apply(jid owner, std::vector<roster_change> changes) override;
    task<result<void>> remove_all(jid owner) override;

private:
    db::database& database_;
};

}  // namespace meerkat::storage
