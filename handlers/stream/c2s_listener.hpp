#pragma once
// [[listen.c2s]]: raw sockets for clients, plain, with STARTTLS or with TLS from the first byte (XEP-0368).

#include "gateway/base/preparation.hpp"
#include "gateway/base/swapped.hpp"
#include "gateway/net/address_limits.hpp"
#include "gateway/net/certificate_expiry.hpp"
#include "gateway/net/entrance.hpp"
#include "gateway/net/tls_context.hpp"
#include "handlers/stream/c2s_options.hpp"
#include "xmpp/stream/client_streams.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace meerkat {

class c2s_listener {
public:
    // Where the connections accepted on a shard go.
    using streams_of = std::function<client_streams&(unsigned shard)>;

    static net::listen_settings socket_settings(const c2s_listener_options& options);
    // Makes the TLS context. What fails says why in its detail.
    static result<std::unique_ptr<c2s_listener>> make(runtime& shards, const c2s_listener_options& options,
                                                      std::uint64_t shaper_rate,
                                                      net::listening_sockets sockets,
                                                      net::address_limits& addresses, streams_of streams);
    ~c2s_listener();
    c2s_listener(const c2s_listener&) = delete;
    c2s_listener& operator=(const c2s_listener&) = delete;

    // Readies what a reload changes here: the rate of all connections, and for new ones everything they are
    // held to. `next` listens at the same place.
    void prepare(const c2s_listener_options& next, std::uint64_t shaper_rate, preparation& change);
    // The same for the certificate, the key and how TLS is spoken, read again where the file in force names
    // them.
    void prepare_tls(const c2s_listener_options& next, preparation& change);

    // Shows how long its certificates are good for, as long as it has some and accepts; the registry outlives
    // the listener. After every change.
    void measure(metrics::registry& all);

    void start(unsigned accepting);
    // Accepts no more. Handshakes under way go on; sessions that there are stay.
    void stop(net::listener::on_stopped stopped = {});
    // After stop(): returns when this shard's handshakes are over; they have a deadline of their own.
    task<> finish(unsigned shard, std::chrono::milliseconds grace);

    // Where the file says it listens; sockets() is where it does.
    const net::listener_options& place() const { return place_; }
    const net::listening_sockets& sockets() const { return entrance_.door().sockets(); }
    starttls_offer offer() const { return offered_.get()->offer; }
    bool direct_tls() const { return entrance_.present()->tls != nullptr; }

private:
    // Of connections from now on.
    struct offered {
        starttls_offer offer = starttls_offer::none;
        std::shared_ptr<const net::tls_context> tls;  // null: no STARTTLS
        std::shared_ptr<const stream_profile> profile;
    };

    c2s_listener(runtime& shards, const c2s_listener_options& options, net::listening_sockets sockets,
                 net::address_limits& addresses, streams_of streams);

    void hand_over(net::entrance::guest arrived);
    void use(const c2s_listener_options& options, std::shared_ptr<const net::tls_context> context);

    streams_of streams_;
    net::listener_options place_;
    net::certificate_expiry expiry_;
    bool reuse_port_ = false;
    std::shared_ptr<std::atomic<std::uint64_t>> rate_;
    swapped<offered> offered_;
    net::entrance entrance_;
};

}  // namespace meerkat
