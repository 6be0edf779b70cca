#pragma once
// Accounts in SQLite.

#include "gateway/db/database.hpp"
#include "xmpp/storage/account_store.hpp"

namespace meerkat::storage {

class sqlite_accounts final : public account_store {
public:
    explicit sqlite_accounts(db::database& database) : database_(database) {}

    task<result<creation>> create(std::string local, std::string domain, std::vector<sasl::scram_keys> keys,
                                  std::optional<std::size_t> max) override;
    task<result<account>> find(std::string local, std::string domain) override;
    task<result<std::optional<sasl::scram_keys>>> find_keys(std::string local, std::string domain,
                                                            hash_function hash) override;
    task<result<bool>> exists(std::string local, std::string domain) override;
    task<result<void>> set_keys(std::string local, std::string domain,
                                std::vector<sasl::scram_keys> keys) override;
    task<result<void>> remove(std::string local, std::string domain) override;
    task<result<std::size_t>> count(std::string domain) override;
    task<result<std::vector<std::string>>> list(std::string domain, std::string after,
                                                std::size_t max) override;

private:
    db::database& database_;
};

}  // namespace meerkat::storage
