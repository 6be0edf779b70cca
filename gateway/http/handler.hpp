#pragma once
// What can be mounted on an HTTP listener by host and path.

#include "gateway/base/task.hpp"
#include "gateway/http/message.hpp"

#include <cstddef>
#include <string_view>

namespace meerkat::http {

class handler {
public:
    virtual ~handler() = default;

    // Bytes of body accepted; more is answered 413 before it is read. 0: a body is refused.
    virtual std::size_t body_limit() const { return 0; }

    // Called on the shard of the connection, from many connections and all shards at once: a handler keeps
    // its state per shard or immutable. `asked` outlives the coroutine. An exception becomes 500.
    virtual task<response> handle(const request& asked) = 0;
};

}  // namespace meerkat::http
