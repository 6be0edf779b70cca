#pragma once
// XMPP over WebSocket as an HTTP handler: the opening handshake, then the connection is a client stream like
// any other.

#include "gateway/base/preparation.hpp"
#include "gateway/base/swapped.hpp"
#include "gateway/http/handler.hpp"
#include "gateway/net/address_limits.hpp"
#include "handlers/websocket/websocket_options.hpp"
#include "xmpp/stream/client_streams.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace meerkat {

class websocket_handler final : public http::handler {
public:
    // Where the connections of a shard go.
    using streams_of = std::function<client_streams&(unsigned shard)>;

    websocket_handler(const websocket_options& options, std::uint64_t shaper_rate,
                      net::address_limits& addresses, streams_of streams);

    // Readies what a reload changes: the rate of all connections, and for new ones what they are held to.
    void prepare(const websocket_options& next, std::uint64_t shaper_rate, preparation& change);

    task<http::response> handle(const http::request& asked) override;

private:
    swapped<websocket_options> options_;
    std::shared_ptr<std::atomic<std::uint64_t>> rate_;
    swapped<stream_profile> profile_;
    net::address_limits& addresses_;
    streams_of streams_;
};

}  // namespace meerkat
