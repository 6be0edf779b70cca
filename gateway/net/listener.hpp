#pragma once
// A listening socket: accepts on one shard and deals the connections round robin to all of them. Destroyed
// before the runtime, which outlives every token.

#include "gateway/base/error.hpp"
#include "gateway/base/shard.hpp"
#include "gateway/net/byte_stream.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace meerkat::net {

struct listen_settings {
    std::string ip_address;  // numeric; whether "::" takes IPv4 too is the system's setting (bindv6only)
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

    // 0: no limit. Open connections stay, however many there are. Any thread.
    virtual void limit_connections(std::size_t most) = 0;

    virtual endpoint local() const = 0;
};

}  // namespace meerkat::net
