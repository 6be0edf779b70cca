#pragma once
// [[listen.http]]: a socket, the handlers mounted on it by host and path, and one HTTP server on each shard.

#include "gateway/base/preparation.hpp"
#include "gateway/base/swapped.hpp"
#include "gateway/http/server.hpp"
#include "gateway/net/address_limits.hpp"
#include "gateway/net/certificate_expiry.hpp"
#include "gateway/net/listener.hpp"
#include "handlers/bosh/bosh_handler.hpp"
#include "handlers/http_listener_options.hpp"
#include "handlers/static_files/static_files.hpp"
#include "handlers/websocket/websocket_handler.hpp"
#include "xmpp/stream/client_streams.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

// Bytes per second by the shaper's name; 0: no bound.
using shaper_rates = std::function<std::uint64_t(const std::string& shaper)>;

// What handlers are made from; all outlive the listener.
struct handler_surroundings {
    net::address_limits& addresses;
    std::function<client_streams&(unsigned shard)> streams;
    shaper_rates rates;
    bosh_service* bosh;  // null: BOSH is not switched on
    std::function<bool()> ready;
    std::function<std::vector<static_file>(std::string_view name)> bundle;  // empty: there is no such page
    std::string server_name;
};

class http_listener {
public:
    // Makes the handlers and binds. What fails says why in its detail.
    static result<std::unique_ptr<http_listener>> bind(runtime& shards, const http_listener_options& options,
                                                       const handler_surroundings& around);
    ~http_listener();
    http_listener(const http_listener&) = delete;
    http_listener& operator=(const http_listener&) = delete;

    // Readies what a reload changes here: TLS, and of WebSockets and BOSH the rate of all and what new
    // sessions are held to. `next` differs from what runs in nothing else.
    void prepare(const http_listener_options& next, const shaper_rates& rates, preparation& change);
    // The same for the certificate, the key and how TLS is spoken.
    void prepare_tls(const http_listener_options& next, preparation& change);

    // Shows how long its certificates are good for; the registry outlives the listener.
    void measure(metrics::registry& all);

    void start(unsigned accepting);
    void stop();
    // Ends this shard's connections; those that became WebSockets are no longer its own.
    task<> drain(unsigned shard, std::chrono::milliseconds grace);

    // Where the file says it listens; local() is where it does.
    const net::listener_options& place() const { return place_; }
    net::endpoint local() const { return listener_->local(); }
    bool encrypted() const { return site_.get()->settings.tls != nullptr; }

private:
    http_listener() = default;

    swapped<http::site> site_;
    net::certificate_expiry expiry_;
    std::vector<std::shared_ptr<websocket_handler>> websockets_;  // in the order of the file
    std::vector<std::shared_ptr<bosh_handler>> bosh_;             // the same
    std::vector<std::string> mounted_;                            // type, host and path of each handler
    net::listener_options place_;
    std::unique_ptr<net::listener> listener_;
    std::vector<std::unique_ptr<http::server>> servers_;  // by shard
};

}  // namespace meerkat
