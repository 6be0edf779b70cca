#pragma once
// Stores in memory, for tests of what stands on them: they answer, fail, or hold their answers back until
// told.

#include "gateway/base/event.hpp"
#include "xmpp/storage/account_store.hpp"
#include "xmpp/storage/roster_store.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace meerkat::test {

enum class store_mode { answers, fails, holds };

class memory_roster_store final : public storage::roster_store {
public:
    task<result<storage::roster>> items(jid owner) override;
    task<result<std::optional<storage::roster_item>>> item(jid owner, jid contact) override;
    task<result<std::string>> apply(jid owner, std::vector<storage::roster_change> changes) override;
    task<result<void>> remove_all(jid owner) override;

    // Directly, as if it had always been there.
    void keep(std::string_view owner, storage::roster_item item);
    const storage::roster_item* find(std::string_view owner, std::string_view contact) const;
    std::size_t size_of(std::string_view owner) const;

    store_mode mode = store_mode::answers;
    // Lets one held call go on.
    void release();
    std::size_t held() const { return waiting_.size(); }
    std::size_t reads = 0;  // of whole rosters

private:
    task<result<void>> stand_in_line();

    std::map<std::string, std::map<std::string, storage::roster_item>> rosters_;
    std::vector<std::shared_ptr<event>> waiting_;
    int changes_ = 0;
};

class memory_account_store final : public storage::account_store {
public:
    task<result<storage::creation>> create(std::string local, std::string domain,
                                           std::vector<sasl::scram_keys> keys,
                                           std::optional<std::size_t> max) override;
    task<result<storage::account>> find(std::string local, std::string domain) override;
    task<result<std::optional<sasl::scram_keys>>> find_keys(std::string local, std::string domain,
                                                            hash_function hash) override;
    task<result<bool>> exists(std::string local, std::string domain) override;
    task<result<void>> set_keys(std::string local, std::string domain,
                                std::vector<sasl::scram_keys> keys) override;
    task<result<void>> remove(std::string local, std::string domain) override;
    task<result<std::size_t>> count(std::string domain) override;
    task<result<std::vector<std::string>>> list(std::string domain, std::string after,
                                                std::size_t max) override;

    void keep(std::string_view bare);
    bool has(std::string_view bare) const { return accounts_.contains(std::string(bare)); }
    std::size_t changed_keys = 0;
    store_mode mode = store_mode::answers;

private:
    std::map<std::string, storage::account> accounts_;  // by bare address
};

}  // namespace meerkat::test
