#pragma once
// A channel without a transport: what the client sends comes from a script that the test's thread extends,
// what it gets is written down line by line. Parts of it may be told to hang or to fail.

#include "gateway/base/event.hpp"
#include "gateway/base/shard.hpp"
#include "xmpp/stream/channel.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace meerkat::testing {

enum class channel_mode : std::uint8_t { answers, hangs, fails };

struct channel_manner {
    starttls_offer starttls = starttls_offer::none;
    bool encrypted = false;
    bool loopback = false;
    bool compresses = false;
    channel_mode tls = channel_mode::answers;     // the handshake
    channel_mode settle = channel_mode::answers;  // before a move
    channel_mode close = channel_mode::answers;   // the peer takes what is left to send
};

class fake_channel;

// The client at the other end. Any thread but the shards' own may wait here.
class fake_client : public std::enable_shared_from_this<fake_client> {
public:
    fake_client(runtime& shards, unsigned accepted_on) : shards_(shards), where_(accepted_on) {}

    // XML as it stands on a stream, or one of !lost, !overflow, !bad, !garbled. Read in order, when the
    // session asks.
    void sends(std::string_view text);

    // The next line the server wrote: "header from= to= lang=", an element, or what was done to the channel
    // (restart, tls, compress INFLATED REST, waiting N, settle, detach, attach N, abort, close [condition
    // [text]], gone).
    std::string next();
    // The same, the lines before the first that starts like this left out.
    std::string next(std::string_view start);
    // Whether nothing has been written that was not taken.
    bool silent();

private:
    friend class fake_channel;
    static constexpr unsigned nowhere = ~0U;  // between two shards

    void write(std::string line);
    void wake();

    runtime& shards_;
    std::mutex mutex_;
    std::condition_variable written_;
    std::deque<std::string> lines_;
    std::deque<channel_event> script_;
    unsigned where_;                   // shard
    fake_channel* channel_ = nullptr;  // looked at on that shard only
};

class fake_channel final : public channel {
public:
    fake_channel(std::shared_ptr<fake_client> client, channel_manner how);
    ~fake_channel() override;

    task<channel_event> receive() override;
    void interrupt() override;
    void open_stream(const stream_header& header) override;
    void restart() override { client_->write("restart"); }
    starttls_offer starttls() const override { return how_.starttls; }
    task<bool> start_tls() override;
    task<> close(std::optional<stream_error> why) override;
    void abort() override;
    const connection_facts& facts() const override { return facts_; }
    bool loopback() const override { return how_.loopback; }
    sasl::channel_facts sasl_facts() const override;
    void limit_reading(const xml::limits& bounds, shared_rate rate) override;
    void limit_waiting(std::optional<std::size_t> stanzas) override {
        if (stanzas) client_->write("waiting " + std::to_string(*stanzas));
    }
    void rest_after(std::chrono::milliseconds silence) override { rest_after_ = silence; }
    bool can_compress() const override { return how_.compresses; }
    task<bool> start_compression(const xml::element& promise, limit<std::size_t> inflated) override;
    task<bool> settle() override;
    void detach() override;
    void attach(shard& home) override;
    void send(const xml::element& e) override;
    void send(const serialized_stanza& stanza, std::string_view to) override;

    void notify() { changed_->notify(); }

private:
    task<bool> act(channel_mode mode);

    std::shared_ptr<fake_client> client_;
    channel_manner how_;
    connection_facts facts_;
    std::unique_ptr<event> changed_ = std::make_unique<event>();
    std::chrono::milliseconds rest_after_{};
    bool interrupted_ = false;
    bool aborted_ = false;
};

}  // namespace meerkat::testing
