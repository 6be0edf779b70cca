#pragma once
// A listening socket: accepts on one shard and deals the connections round robin to all of them.

#include "gateway/base/error.hpp"
#include "gateway/base/shard.hpp"
#include "gateway/base/task_group.hpp"
#include "gateway/net/byte_stream.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace meerkat::net {

struct listen_settings {
    std::string ip_address;  // numeric
    std::uint16_t port = 0;  // 0: any free one
    int backlog = 1024;
    std::size_t max_connections = 0;  // 0: no limit. A soft limit: accepting pauses, nobody is refused
};

class listener {
public:
    // Called on the shard that is to serve the connection. The token counts the connection until it is
    // destroyed.
    using token = std::shared_ptr<void>;
    using on_connection = std::function<void(std::unique_ptr<byte_stream>, token)>;

    // Binds and listens at once, so that a failure (unavailable, with the system's reason) is known before
    // start().
    static result<std::unique_ptr<listener>> bind(runtime& shards, const listen_settings& settings);
    virtual ~listener() = default;

    // Begins to accept, on shard `accepting`. Descriptor exhaustion pauses accepting and is logged; it does
    // not end it.
    virtual void start(unsigned accepting, on_connection serve) = 0;
    // Accepts no more; returns at once. Any thread.
    virtual void stop() = 0;

    virtual endpoint local() const = 0;
};

// Connections of one address that have not authenticated yet, and its failed logins: the only state all
// shards share. IPv6 counts by /64; loopback is exempt. Any thread.
class address_limits {
public:
    address_limits(std::size_t unauthenticated, std::size_t failed_logins_per_minute);  // 0: no limit
    virtual ~address_limits();

    // Counts as long as the token lives. Null: the limit is reached, close the connection.
    std::shared_ptr<void> enter(const endpoint& peer);
    // False when this failure exceeds the limit of the minute.
    bool login_failed(const endpoint& peer);
    bool may_log_in(const endpoint& peer) const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace meerkat::net
