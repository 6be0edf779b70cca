#pragma once
// The stream of a BOSH session as a channel. The two go together wherever the user is at home.

#include "gateway/base/event.hpp"
#include "gateway/http/message.hpp"
#include "handlers/bosh/link.hpp"
#include "handlers/stream/pacing.hpp"
#include "xmpp/stream/channel.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meerkat {

class bosh_service;

class bosh_channel final : public channel, turn_end_work {
public:
    // On the session's shard. Facts are those of the request that created the session.
    bosh_channel(std::shared_ptr<bosh::link> between, bosh_service& service, const http::request& creator);
    ~bosh_channel();

    task<channel_event> receive() override;
    void interrupt() override;

    // The session's creation is our header.
    void open_stream(const stream_header&) override {}
    void restart() override;

    starttls_offer starttls() const override { return starttls_offer::none; }
    task<bool> start_tls() override { co_return false; }

    // Returns at once: the session knows what it has to say and whom to, now or with the next request.
    task<> close(std::optional<stream_error> why) override;
    void abort() override;

    const connection_facts& facts() const override { return facts_; }
    bool loopback() const override { return loopback_; }
    // No channel binding: requests come over any connection.
    sasl::channel_facts sasl_facts() const override;

    void limit_reading(const xml::limits& bounds, shared_rate rate) override;
    void limit_waiting(std::optional<std::size_t> stanzas) override;

    task<bool> settle() override;
    void detach() override;
    void attach(shard& home) override;

    void send(const xml::element& e) override;
    void send(const serialized_stanza& stanza, std::string_view to) override;

    // From the session.
    void arrives(bosh::batch what);

private:
    void at_turn_end() override { flush(); }
    void flush();
    void finish(const std::optional<stream_error>& why);
    void drop_taken();
    void taken(std::size_t bytes);

    std::shared_ptr<bosh::link> link_;
    bosh_service& service_;
    std::unique_ptr<bosh::session> moving_;  // between two shards
    connection_facts facts_;
    std::shared_ptr<const net::client_certificate>
        certificate_;  // of the connection that created the session
    event changed_;
    std::vector<bosh::batch> arrived_;
    std::size_t next_ = 0;  // event of the first batch
    pacing pacing_;
    std::string output_;        // of this loop turn
    std::size_t elements_ = 0;  // in it
    bool stream_prefix_ = false;
    bool loopback_;
    bool interrupted_ = false;
    bool overflowed_ = false;
    bool aborted_ = false;
    bool ended_ = false;
};

}  // namespace meerkat
