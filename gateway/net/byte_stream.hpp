#pragma once
// A connected stream of bytes on a descriptor: TCP, TLS over it, a UNIX socket, one end of a test's socket
// pair. Reading and writing never block and never buffer here; waiting is a matter of its own, so that an
// idle connection holds no buffer. Bound to the shard it is attached to; every member is called on that
// shard's thread.

#include "gateway/base/shard.hpp"
#include "gateway/base/task.hpp"
#include "gateway/net/client_certificate.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace meerkat::net {

enum class io_status : std::uint8_t {
    done,         // `bytes` bytes were moved, at least one
    would_block,  // wait for readable() or writable(), as asked by wait_for
    end,          // the peer will send no more (TLS: a proper close_notify, or the socket's end)
    failed,       // reset, TLS error, or closed here
    corrupt,      // reading, compressed streams: what came cannot be decompressed; writing goes on to work
};
enum class direction : std::uint8_t { read, write };

struct io_result {
    io_status status;
    std::size_t bytes = 0;
    direction wait_for =
        direction::read;  // with would_block: TLS may need the other direction than the one asked
};

struct endpoint {
    std::string ip;  // numeric, IPv6 without brackets, IPv4-mapped as IPv4
    std::uint16_t port = 0;
    bool loopback() const;  // 127.0.0.0/8, ::1, UNIX sockets
    // What limits "per address" count by: the IPv4 address, the IPv6 /64.
    std::string limit_key() const;
};

struct tls_facts {
    std::string version;                                         // "TLSv1.2", "TLSv1.3"
    std::string cipher;                                          // OpenSSL's name
    std::string alpn;                                            // the protocol agreed on, empty when none
    std::string server_name;                                     // SNI, empty when none
    std::shared_ptr<const client_certificate> certificate = {};  // the client's; null when it showed none
    bool compressed = false;                                     // by TLS itself
};

class byte_stream {
public:
    virtual ~byte_stream();
    byte_stream(const byte_stream&) = delete;
    byte_stream& operator=(const byte_stream&) = delete;

    virtual io_result read(std::span<char> into) = 0;
    // Gathers the pieces in order; may take only a part of them. After would_block the next write begins with
    // the same bytes (it may add more): TLS may have encrypted them already.
    virtual io_result write(std::span<const std::string_view> pieces) = 0;

    // Bytes already decrypted and waiting inside: read before waiting (after a move, always).
    virtual bool has_pending() const { return false; }

    // False when the stream was closed, destroyed or the wait cancelled meanwhile; true may still be followed
    // by would_block, and by a cancellation that came too late to end the wait: who cancels sets a flag of
    // its own. One waiter for each direction.
    task<bool> ready(direction what);
    task<bool> readable() { return ready(direction::read); }
    task<bool> writable() { return ready(direction::write); }
    // Calls back once on the shard's thread when writable (true) or closed (false); not within this call.
    void when_writable(unique_function<void(bool)> call);
    // The same when readable, beside or instead of a coroutine that waits for it.
    void when_readable(unique_function<void(bool)> call);

    // Ends all waits with false; reading and writing go on to work.
    void cancel_waits();
    // Gives back memory that is not needed while nothing is read or written; using the stream takes it again.
    virtual void rest() {}

    // Says that nothing more will be sent (TLS: close_notify first). Reading goes on.
    virtual void shutdown_write();
    // Ends waits and closes the descriptor. Idempotent.
    virtual void close();
    bool is_open() const;

    // Moving to another shard: detach on the old shard with no wait pending, attach on the new one. Between
    // the two nobody touches it. TLS state travels along.
    void detach();
    void attach(shard& home);

    const endpoint& peer() const { return peer_; }
    const endpoint& local() const { return local_; }
    void set_peer(endpoint peer) { peer_ = std::move(peer); }  // what a PROXY header says

    virtual const tls_facts* tls() const { return nullptr; }
    // The channel binding data of RFC 5929 ("tls-unique", TLS 1.2 only; "tls-server-end-point") or RFC 9266
    // ("tls-exporter": TLS 1.3, or 1.2 with the extended master secret). Nothing where it does not hold.
    virtual std::optional<std::string> channel_binding(std::string_view type) const;

    int native_handle() const;
    // Gives the descriptor away, as STARTTLS does; this stream is closed afterwards but the descriptor is
    // not.
    int release();

protected:
    byte_stream(shard& home, int descriptor, endpoint local, endpoint peer);
    // Takes the descriptor over from another stream, which is closed then, without leaving the event loop.
    explicit byte_stream(byte_stream& from);
    // A layer above another stream, which it must keep: the descriptor and the waits are those of `carrier`.
    struct layered {};
    byte_stream(byte_stream& carrier, layered);

private:
    struct waiter;                        // hides Asio's descriptor type from those who include this
    std::unique_ptr<waiter> own_waiter_;  // null in a layer
    waiter* waiter_;
    endpoint local_;
    endpoint peer_;
};

// Takes ownership of a connected, non-blocking descriptor.
std::unique_ptr<byte_stream> make_plain_stream(shard& home, int descriptor, endpoint local, endpoint peer);

// Both ends of a socket pair, for tests: real descriptors, no network.
struct stream_pair {
    std::unique_ptr<byte_stream> ours, theirs;
};
stream_pair make_stream_pair(shard& home);

}  // namespace meerkat::net
