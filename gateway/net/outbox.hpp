#pragma once
// What a connection has yet to send. Appending only copies into a buffer; once per loop turn everything
// collected leaves in one non-blocking write, which is 12 to 35 times cheaper than a write per stanza. Empty,
// it holds no memory. Bounded in bytes, and on demand in items: it refuses what would overflow it, and its
// owner ends the connection.

#include "gateway/base/shard.hpp"
#include "gateway/base/task.hpp"
#include "gateway/net/byte_stream.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace meerkat::net {

class outbox final : public turn_end_work {
public:
    // `limit` in bytes not yet taken by the kernel.
    outbox(byte_stream& stream, std::size_t limit);
    ~outbox();

    // `limit` from now on.
    void limit_bytes(std::size_t limit) { limit_ = limit; }
    // From now on no more than that many commits may wait to be written whole.
    void limit_items(std::size_t most);

    // The buffer to append to; call commit() after. A buffer of the shard's is borrowed if there was none.
    std::string& buffer();
    // Queues the flush; a large amount is written at once. False when a limit would be exceeded even after
    // writing what can be written, or the stream failed: the owner must end the connection, and nothing more
    // is accepted, this item included.
    bool commit();
    bool append(std::string_view bytes);

    // Writes what the kernel takes now; the rest waits for the descriptor.
    void flush();
    void at_turn_end() override { flush(); }

    // Takes what ends the connection, whatever waits already.
    void accept_last();

    bool empty() const { return pending() == 0; }
    std::size_t pending() const { return committed_ - written_; }
    // Items not written whole; 0 where they are not limited.
    std::size_t waiting_items() const;
    // The stream failed or was closed, or a single item is larger than the limit.
    bool failed() const { return failed_; }

    // Returns when everything is written (true), or the stream failed, was closed, or `patience` passed
    // (false).
    task<bool> drained(std::chrono::milliseconds patience);

    // Before a move to another shard: writes what can be written and leaves the turn's queue. False when
    // something remains; then the connection cannot move yet.
    bool settle();
    // After it, or after TLS took the descriptor over: the stream to write to from now on.
    void rebind(byte_stream& stream) { stream_ = &stream; }

private:
    struct shared;  // outlives this while somebody waits: for the descriptor, or for drained()

    bool overflows(std::size_t item) const;
    void await_writable();
    void wrote(std::size_t bytes);
    void fail();
    shared& share();
    bool waiting() const;

    byte_stream* stream_;
    std::size_t limit_;
    std::string bytes_;
    std::size_t committed_ = 0;  // of bytes_
    std::size_t written_ = 0;    // of those
    std::shared_ptr<shared> shared_;
    struct items;
    std::unique_ptr<items> items_;  // where they are limited
    bool failed_ = false;
    bool refusing_ = false;
};

}  // namespace meerkat::net
