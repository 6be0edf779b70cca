#pragma once
// The seam between transports and sessions: a transport seen as an XML stream. Raw sockets, WebSockets, BOSH
// and the tests' fake implement it; above it nobody knows what carries the stream, so everything a session is
// held to holds on every transport.

#include "config/values.hpp"
#include "gateway/base/shard.hpp"
#include "gateway/base/task.hpp"
#include "xmpp/routing/session.hpp"
#include "xmpp/sasl/mechanism.hpp"
#include "xmpp/stanza/stream_error.hpp"
#include "xmpp/xml/reader.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace meerkat {

// The connection is gone without a closing tag.
struct stream_lost {};
// interrupt() was called: somebody wants the session's attention.
struct stream_interrupted {};

// The client takes its stanzas too slowly: the bound of what waits for it is exceeded.
struct stream_overflowed {};

// What the client sends cannot be decompressed.
struct stream_garbled {};

using channel_event =
    std::variant<xml::stream_opened, xml::element_read, xml::stream_closed, xml::read_failure, stream_lost,
                 stream_interrupted, stream_overflowed, stream_garbled>;

// What goes into our opening tag, or <open/> (RFC 6120, 4.7; RFC 7395, 3.4).
struct stream_header {
    std::string id;
    std::string from;
    std::string to;  // empty: not written
    std::string lang;
};

enum class starttls_offer : std::uint8_t { none, optional, required };

// Bytes per second that a connection may send; 0: no bound. One for all connections of a listener, who see it
// changed at their next read. Null: never a bound.
using shared_rate = std::shared_ptr<const std::atomic<std::uint64_t>>;

class channel : public outlet {
public:
    virtual ~channel() = default;

    // The next event. What the client sends is not read before it is asked for: that is the back-pressure.
    virtual task<channel_event> receive() = 0;
    // Makes the receive() under way, or the next one, return stream_interrupted. Same shard only.
    virtual void interrupt() = 0;

    virtual void open_stream(const stream_header& header) = 0;
    // The client will open its stream anew: after STARTTLS, after SASL success.
    virtual void restart() = 0;

    virtual starttls_offer starttls() const = 0;
    // After <proceed/> was sent: the handshake. False: it failed, and the connection is closed.
    virtual task<bool> start_tls() = 0;

    // Whether what goes both ways can be compressed from here on (XEP-0138): once, and not where TLS does.
    virtual bool can_compress() const { return false; }
    // Sends the element in the clear, and compresses everything after it; the client opens its stream anew.
    // `inflated` bounds the bytes that may come without completing an element. False: it cannot be, nothing
    // was sent, and the stream goes on as it was.
    virtual task<bool> start_compression(const xml::element&, limit<std::size_t>) { co_return false; }

    // Ends the stream and the connection, the one way for every reason: the error if there is one, the
    // closing tag, what is still to be sent, then the connection. Returns when it is closed. Nothing is
    // received any more.
    virtual task<> close(std::optional<stream_error> why) = 0;
    // Drops the connection at once; what waits on it ends.
    virtual void abort() = 0;

    virtual const connection_facts& facts() const = 0;
    // Whether limits by address do not hold for the peer.
    virtual bool loopback() const = 0;
    virtual sasl::channel_facts sasl_facts() const = 0;

    // Limits of what is read from now on; the rate is that of a token bucket that starts full.
    virtual void limit_reading(const xml::limits& bounds, shared_rate rate) = 0;
    // Somebody has signed in: so many stanzas may wait for the client to take them, bounded by their bytes
    // alone if nothing is said; one more, and receive() returns stream_overflowed. Before, little may wait.
    virtual void limit_waiting(std::optional<std::size_t>) {}
    // Silence after which a connection gives back what memory it can do without.
    virtual void rest_after(std::chrono::milliseconds) {}
    // Silence of the client after which the transport counts the stream as lost; nothing: it never does.
    virtual std::optional<std::chrono::milliseconds> idle_limit() const { return std::nullopt; }

    // Moving to another shard: settle first, so that nothing is left to send (false: the peer does not take
    // it); then detach as the giver's last act, attach as the receiver's first.
    virtual task<bool> settle() = 0;
    virtual void detach() = 0;
    virtual void attach(shard& home) = 0;
};

}  // namespace meerkat
