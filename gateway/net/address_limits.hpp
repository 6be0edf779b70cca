#pragma once
// Connections of one address that have not authenticated yet, and its failed logins: the only state all
// shards share. IPv6 counts by /64; loopback is exempt. Any thread.

#include "gateway/net/byte_stream.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace meerkat::net {

class address_limits {
public:
    using clock = std::function<std::chrono::steady_clock::time_point()>;

    // 0: no limit.
    address_limits(std::size_t unauthenticated, std::size_t failed_logins_per_minute,
                   clock now = std::chrono::steady_clock::now);
    ~address_limits();
    address_limits(const address_limits&) = delete;
    address_limits& operator=(const address_limits&) = delete;

    // Holds for whatever comes from now on.
    void set_limits(std::size_t unauthenticated, std::size_t failed_logins_per_minute);

    // Counts as long as the token lives, which may be longer than this. Null: the limit is reached, close the
    // connection.
    std::shared_ptr<void> enter(const endpoint& peer);
    // Counts a failure. False when it exceeds the limit of the minute.
    bool login_failed(const endpoint& peer);
    // False when the minute's failures are used up.
    bool may_log_in(const endpoint& peer) const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace meerkat::net
