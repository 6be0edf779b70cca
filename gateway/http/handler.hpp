#pragma once
// What can be mounted on an HTTP listener by host and path.

#include "gateway/base/function.hpp"
#include "gateway/base/task.hpp"
#include "gateway/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace meerkat::http {

enum class disturbance : std::uint8_t {
    gone,      // the client has hung up
    draining,  // the connection is to close; the client still listens
};

// The client of a request under way, for handlers that keep it waiting.
class client_line {
public:
    // Calls once, on the shard of the connection, when something happens that the handler should not wait
    // through; after the handler has answered, when the client turns out to have gone before it could be
    // told. Never within this call. False: it is draining already.
    virtual bool watch(unique_function<void(disturbance)> call) = 0;

protected:
    ~client_line() = default;
};

class handler {
public:
    virtual ~handler() = default;

    // Bytes of body accepted; more is answered 413 before it is read. 0: a body is refused.
    virtual std::size_t body_limit() const { return 0; }

    // Called on the shard of the connection, from many connections and all shards at once: a handler keeps
    // its state per shard or immutable. `asked` outlives the coroutine. An exception becomes 500.
    virtual task<response> handle(const request& asked);

    // What is called first; handlers that answer late, or want the request's body for themselves, have this
    // instead of the above.
    virtual task<response> handle_late(request& asked, client_line&) { return handle(asked); }

    // How a request for this handler is refused whose body is too large, too slow or broken. The connection
    // closes after it.
    virtual response refusal(unsigned status) const { return plain_response(status); }
};

}  // namespace meerkat::http
