#pragma once
// [[listen.http]]: a socket, the handlers mounted on it by host and path, and one HTTP server on each shard.
// With xmpp_alpn it also takes XMPP clients with direct TLS, told apart by ALPN (XEP-0368).

#include "gateway/base/preparation.hpp"
#include "gateway/base/swapped.hpp"
#include "gateway/http/server.hpp"
#include "gateway/net/certificate_expiry.hpp"
#include "gateway/net/entrance.hpp"
#include "handlers/http_listener_options.hpp"
#include "handlers/mounted_handlers.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace meerkat {

// What the whole server says of HTTP.
struct http_general {
    std::string server_name;
    net::address_ranges trusted_proxies;
};

class http_listener {
public:
    static net::listen_settings socket_settings(const http_listener_options& options);
    // Makes the handlers and the TLS context. What fails says why in its detail. `around` outlives it.
    static result<std::unique_ptr<http_listener>> make(runtime& shards, const http_listener_options& options,
                                                       const http_general& general, const shaper_rates& rates,
                                                       net::listening_sockets sockets,
                                                       const handler_surroundings& around);
    ~http_listener();
    http_listener(const http_listener&) = delete;
    http_listener& operator=(const http_listener&) = delete;

    // Readies what a reload changes here: handlers and routes for requests, TLS for connections from then on,
    // and of WebSockets and BOSH the rate of all and what new sessions are held to. `next` listens at the
    // same place.
    void prepare(const http_listener_options& next, const http_general& general, const shaper_rates& rates,
                 preparation& change);
    // The same for the certificate, the key and how TLS is spoken.
    void prepare_tls(const http_listener_options& next, preparation& change);

    // Shows how long its certificates are good for, as long as it has some and accepts; the registry outlives
    // the listener. After every change.
    void measure(metrics::registry& all);

    void start(unsigned accepting);
    void stop(net::listener::on_stopped stopped = {});
    // Ends this shard's connections: idle ones at once, others when their request is answered or after
    // `grace`. Those that became WebSockets are no longer its own.
    task<> drain(unsigned shard, std::chrono::milliseconds grace);
    // After stop(): lets in who is on the way in, then drains.
    task<> finish(unsigned shard, std::chrono::milliseconds grace);
    // Shortens the grace of a drain under way.
    void hurry(unsigned shard, std::chrono::milliseconds grace) { servers_[shard]->hurry(grace); }
    // Returns when nobody is on the way in any more.
    task<> join(unsigned shard) { co_await entrance_.join(shard); }

    // Where the file says it listens; sockets() is where it does.
    const net::listener_options& place() const { return place_; }
    const net::listening_sockets& sockets() const { return entrance_.door().sockets(); }
    bool encrypted() const { return entrance_.present()->tls != nullptr; }

private:
    http_listener(runtime& shards, const http_listener_options& options, net::listening_sockets sockets,
                  const handler_surroundings& around);

    net::certificate_expiry expiry_;
    void arrive(net::entrance::guest arrived);
    void greet_xmpp(net::entrance::guest arrived);
    void serve_from(std::shared_ptr<const http::site> site);

    runtime& shards_;
    const handler_surroundings& around_;
    const net::listener_options place_;
    mounted_handlers mounted_;
    const std::shared_ptr<const stream_profile> xmpp_profile_;
    net::entrance entrance_;
    std::vector<std::shared_ptr<http::server>> servers_;  // by shard
};

}  // namespace meerkat
