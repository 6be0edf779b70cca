#pragma once
// Accounts in memory, which may be told to fail or to count what they are asked.

#include "xmpp/storage/account_store.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace meerkat::testing {

// One shard's threads only.
class fake_accounts final : public storage::account_store {
public:
    bool fails = false;
    int look_ups = 0;

    task<result<storage::creation>> create(std::string local, std::string domain,
                                           std::vector<sasl::scram_keys> keys,
                                           std::optional<std::size_t> max) override {
        if (fails) co_return failure();
        if (max && accounts_.size() >= *max) co_return storage::creation::limit_reached;
        const bool made =
            accounts_.emplace(std::pair(domain, local), storage::account{std::move(keys), {}}).second;
        co_return made ? storage::creation::created : storage::creation::exists;
    }
    task<result<storage::account>> find(std::string local, std::string domain) override {
        ++look_ups;
        if (fails) co_return failure();
        const auto found = accounts_.find(std::pair(domain, local));
        if (found == accounts_.end()) co_return error(errc::not_found);
        co_return found->second;
    }
    task<result<std::optional<sasl::scram_keys>>> find_keys(std::string local, std::string domain,
                                                            hash_function hash) override {
        ++look_ups;
        if (fails) co_return failure();
        const auto found = accounts_.find(std::pair(domain, local));
        if (found == accounts_.end()) co_return std::nullopt;
        for (const sasl::scram_keys& keys : found->second.keys) {
            if (keys.hash == hash) co_return keys;
        }
        co_return std::nullopt;
    }
    task<result<bool>> exists(std::string local, std::string domain) override {
        if (fails) co_return failure();
        co_return accounts_.contains(std::pair(domain, local));
    }
    task<result<void>> set_keys(std::string local, std::string domain,
                                std::vector<sasl::scram_keys> keys) override {
        if (fails) co_return failure();
        const auto found = accounts_.find(std::pair(domain, local));
        if (found == accounts_.end()) co_return error(errc::not_found);
        found->second.keys = std::move(keys);
        co_return result<void>();
    }
    task<result<void>> remove(std::string local, std::string domain) override {
        if (fails) co_return failure();
        if (accounts_.erase(std::pair(domain, local)) == 0) co_return error(errc::not_found);
        co_return result<void>();
    }
    task<result<std::size_t>> count(std::string) override { co_return accounts_.size(); }
    task<result<std::vector<std::string>>> list(std::string, std::string, std::size_t) override {
        co_return std::vector<std::string>();
    }

private:
    static error failure() { return {errc::unavailable, "the disk is full"}; }

    std::map<std::pair<std::string, std::string>, storage::account> accounts_;  // by domain and name
};

}  // namespace meerkat::testing
