#pragma once
// What the channels on a byte stream have in common: reading through the shard's shared buffer, the outbox,
// shaping, moving between shards and the end of the connection. How stanzas stand in the bytes is the derived
// channel's business.

#include "gateway/net/byte_stream.hpp"
#include "gateway/net/outbox.hpp"
#include "handlers/stream/pacing.hpp"
#include "xmpp/stream/channel.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace meerkat {

class socket_channel : public channel {
public:
    ~socket_channel() override;

    task<channel_event> receive() final;
    void interrupt() final;
    task<> close(std::optional<stream_error> why) final;
    void abort() final;

    const connection_facts& facts() const final { return facts_; }
    bool loopback() const final { return loopback_; }
    sasl::channel_facts sasl_facts() const override;
    void limit_waiting(std::optional<std::size_t> stanzas) final;

    task<bool> settle() final;
    void detach() override;
    void attach(shard& home) override;

protected:
    // `connection` counts the connection against its listener as long as it lives.
    socket_channel(std::unique_ptr<net::byte_stream> stream, std::string_view transport,
                   std::shared_ptr<void> connection);

    // Takes bytes from the front of `input`, which it may change, and returns the next event they make.
    // Nothing: all were taken. Called with no input too, for what the channel itself holds back.
    virtual std::optional<channel_event> decode(std::span<char>& input) = 0;
    // Appends whatever ends the stream on this transport.
    virtual void write_end(std::string& out, const std::optional<stream_error>& why) = 0;
    // Called after every read that brought bytes.
    virtual void bytes_arrived() {}

    // The connection is to count as lost: receive() says so next.
    void lose();

    // For the derived send functions: append to buffer(), then commit().
    std::string& buffer() { return outbox_.buffer(); }
    void commit();

    void shape(shared_rate rate) { pacing_.use(std::move(rate)); }
    net::byte_stream& stream() { return *stream_; }
    // Of the client, where TLS brought a certificate that the listener accepts.
    std::optional<sasl::certificate_names> certificate_names() const;
    const net::byte_stream& stream() const { return *stream_; }
    // Replaces the stream by what it became (STARTTLS); nothing read before is kept.
    task<bool> flushed(std::chrono::milliseconds patience) { return outbox_.drained(patience); }
    std::unique_ptr<net::byte_stream> take_stream();
    void put_stream(std::unique_ptr<net::byte_stream> stream, std::string_view transport);
    bool has_unread() const { return !kept_.empty(); }
    std::string take_unread();
    // Bytes that were read before this channel existed.
    void prepend(std::string unread) { kept_ = std::move(unread); }

    connection_facts facts_;

private:
    task<bool> wait_for_bytes();
    std::optional<channel_event> decode_kept();
    void keep(std::span<const char> rest);
    bool disturbed() const { return interrupted_ || overflowed_ || lost_; }
    void wake();
    task<> linger();

    std::unique_ptr<net::byte_stream> stream_;  // null while a TLS handshake has it
    net::outbox outbox_;
    std::string kept_;            // read but not yet decoded
    std::size_t kept_taken_ = 0;  // of which this much is decoded
    pacing pacing_;
    std::shared_ptr<void> connection_;
    std::size_t in_a_row_ = 0;  // bytes read without waiting
    bool loopback_ = false;
    bool interrupted_ = false;
    bool overflowed_ = false;
    bool lost_ = false;
    bool ended_ = false;
    bool maybe_more_ = false;  // the last read filled its buffer, or TLS holds decrypted bytes
};

}  // namespace meerkat
