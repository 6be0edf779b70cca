#pragma once
// Accounts: a name in a domain and the keys its password is checked with. Passwords themselves are never
// stored.

#include "gateway/base/error.hpp"
#include "gateway/base/task.hpp"
#include "xmpp/sasl/scram_keys.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meerkat::storage {

enum class creation : std::uint8_t { created, exists, limit_reached };

struct account {
    std::vector<sasl::scram_keys> keys;  // at most one for each hash
    std::chrono::sys_seconds created_at{};
};

// Callable from any shard. Names and domains are prepared. A write that succeeded is on the disk. Errors are
// the database's: unavailable, timed_out, overloaded, cancelled, and those said here.
class account_store {
public:
    virtual ~account_store() = default;

    // `max`: the most accounts the domain may have, this one included.
    virtual task<result<creation>> create(std::string local, std::string domain,
                                          std::vector<sasl::scram_keys> keys,
                                          std::optional<std::size_t> max) = 0;
    // not_found: no such account.
    virtual task<result<account>> find(std::string local, std::string domain) = 0;
    // The keys of one hash, the login's own look-up; nothing without such an account or such keys.
    virtual task<result<std::optional<sasl::scram_keys>>> find_keys(std::string local, std::string domain,
                                                                    hash_function hash) = 0;
    virtual task<result<bool>> exists(std::string local, std::string domain) = 0;
    // Replaces all keys. not_found: no such account.
    virtual task<result<void>> set_keys(std::string local, std::string domain,
                                        std::vector<sasl::scram_keys> keys) = 0;
    // not_found: no such account.
    virtual task<result<void>> remove(std::string local, std::string domain) = 0;

    virtual task<result<std::size_t>> count(std::string domain) = 0;
    // Names in byte order, those after `after` (empty: from the start), at most `max`.
    virtual task<result<std::vector<std::string>>> list(std::string domain, std::string after,
                                                        std::size_t max) = 0;
};

}  // namespace meerkat::storage
