#pragma once
// [[listen.c2s]]: raw sockets for clients, plain, with STARTTLS or with TLS from the first byte (XEP-0368).

#include "gateway/base/preparation.hpp"
#include "gateway/base/swapped.hpp"
#include "gateway/base/task_group.hpp"
#include "gateway/net/address_limits.hpp"
#include "gateway/net/certificate_expiry.hpp"
#include "gateway/net/listener.hpp"
#include "gateway/net/tls_context.hpp"
#include "handlers/stream/c2s_options.hpp"
#include "xmpp/stream/client_streams.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace meerkat {

class c2s_listener {
public:
    // Where the connections accepted on a shard go.
    using streams_of = std::function<client_streams&(unsigned shard)>;

    // Makes the TLS context and binds. What fails says why in its detail.
    static result<std::unique_ptr<c2s_listener>> bind(runtime& shards, const c2s_listener_options& options,
                                                      std::uint64_t shaper_rate,
                                                      net::address_limits& addresses, streams_of streams);
    ~c2s_listener();
    c2s_listener(const c2s_listener&) = delete;
    c2s_listener& operator=(const c2s_listener&) = delete;

    // Readies what a reload changes here: TLS, the rate of all connections, and for new ones what they are
    // held to. `next` differs from what runs in nothing else.
    void prepare(const c2s_listener_options& next, std::uint64_t shaper_rate, preparation& change);
    // The same for the certificate, the key and how TLS is spoken.
    void prepare_tls(const c2s_listener_options& next, preparation& change);

    // Shows how long its certificates are good for; the registry outlives the listener.
    void measure(metrics::registry& all);

    void start(unsigned accepting);
    // Accepts no more. Handshakes under way go on.
    void stop();
    // Returns when this shard's handshakes are over; they have a deadline of their own.
    task<> join(unsigned shard);

    // Where the file says it listens; local() is where it does.
    const net::listener_options& place() const { return place_; }
    net::endpoint local() const { return listener_->local(); }
    starttls_offer offer() const { return offer_; }
    bool direct_tls() const { return direct_tls_; }

private:
    c2s_listener(runtime& shards, net::address_limits& addresses, streams_of streams);

    void serve(std::unique_ptr<net::byte_stream> stream, net::listener::token connection);
    static task<> secure(c2s_listener* self, std::unique_ptr<net::byte_stream> stream,
                         net::listener::token connection, std::shared_ptr<void> admission);
    void hand_over(std::unique_ptr<net::byte_stream> stream, net::listener::token connection,
                   std::shared_ptr<void> admission);

    net::address_limits& addresses_;
    streams_of streams_;
    net::listener_options place_;
    std::unique_ptr<net::listener> listener_;
    swapped<net::tls_context> tls_;  // nothing: plain
    net::certificate_expiry expiry_;
    std::shared_ptr<std::atomic<std::uint64_t>> rate_;
    swapped<stream_profile> profile_;
    starttls_offer offer_ = starttls_offer::none;
    bool direct_tls_ = false;
    std::vector<std::unique_ptr<task_group>> handshakes_;  // by shard
};

}  // namespace meerkat
