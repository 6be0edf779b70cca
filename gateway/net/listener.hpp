#pragma once
// Accepts connections on listening sockets: on one shard, which deals them round robin to all, or with a
// socket for each shard, on all of them. Destroyed before the runtime, which outlives every token.

#include "gateway/base/error.hpp"
#include "gateway/base/function.hpp"
#include "gateway/base/shard.hpp"
#include "gateway/net/byte_stream.hpp"
#include "gateway/net/listening_sockets.hpp"

#include <cstddef>
#include <functional>
#include <memory>

namespace meerkat::net {

class listener {
public:
    // Called on the shard that is to serve the connection. The token counts the connection until it is
    // destroyed.
    using token = std::shared_ptr<void>;
    using on_connection = std::function<void(std::unique_ptr<byte_stream>, token)>;
    // Called on every shard, once: no connection comes there any more.
    using on_stopped = std::function<void(unsigned shard)>;

    // `max_connections` is a soft limit: beyond it accepting pauses, nobody is refused. 0: none.
    static std::unique_ptr<listener> make(runtime& shards, listening_sockets sockets,
                                          std::size_t max_connections);
    // The same with sockets of its own; what fails is what binding them says.
    static result<std::unique_ptr<listener>> bind(runtime& shards, const listen_settings& settings);
    virtual ~listener() = default;

    // Begins to accept, on shard `accepting` if there is one socket. Descriptor exhaustion pauses accepting
    // and is logged; it does not end it.
    virtual void start(unsigned accepting, on_connection serve) = 0;
    // Accepts no more; returns at once. Any thread, once.
    virtual void stop(on_stopped stopped = {}) = 0;

    // 0: no limit. Open connections stay, however many there are. Any thread.
    virtual void limit_connections(std::size_t most) = 0;

    // Its sockets, before stop().
    virtual const listening_sockets& sockets() const = 0;
    virtual const endpoint& local() const = 0;
};

}  // namespace meerkat::net
