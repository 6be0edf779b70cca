#pragma once
// What a connection has yet to send. Appending only copies into a buffer; once per loop turn everything
// collected leaves in one non-blocking write, which is 12 to 35 times cheaper than a write per stanza. Empty,
// it holds no memory. Bounded: it refuses what would overflow it, and its owner ends the connection.

#include "gateway/base/event.hpp"
#include "gateway/base/shard.hpp"
#include "gateway/net/byte_stream.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace meerkat::net {

class outbox final : public turn_end_work {
public:
    // `limit` in bytes not yet taken by the kernel.
    outbox(byte_stream& stream, std::size_t limit);
    ~outbox();

    // The buffer to append to; call commit() after. A buffer of the shard's is borrowed if there was none.
    std::string& buffer();
    // Queues the flush. False when the limit is exceeded: what was appended is still there, but the owner
    // must end the connection (nothing more is accepted).
    bool commit();
    bool append(std::string_view bytes);

    // Writes what the kernel takes now; the rest waits for the descriptor.
    void flush();
    void at_turn_end() override { flush(); }

    bool empty() const { return pending() == 0; }
    std::size_t pending() const;
    bool failed() const { return failed_; }

    // Returns when everything is written (true), or the stream failed, was closed, or `patience` passed
    // (false).
    task<bool> drained(std::chrono::milliseconds patience);

    // Before and after a move to another shard: nothing may be queued or awaited in between.
    void rebind(byte_stream& stream) { stream_ = &stream; }

private:
    struct shared;  // outlives this while a wait for the descriptor is pending
    byte_stream* stream_;
    std::size_t limit_;
    std::string bytes_;
    std::size_t written_ = 0;
    std::shared_ptr<shared> shared_;
    bool failed_ = false;
};

}  // namespace meerkat::net
