#pragma once
// XMPP over WebSocket as an HTTP handler: the opening handshake, then the connection is a client stream like
// any other.

#include "gateway/http/handler.hpp"
#include "gateway/net/address_limits.hpp"
#include "handlers/websocket/websocket_options.hpp"
#include "xmpp/stream/client_streams.hpp"

#include <functional>
#include <memory>

namespace meerkat {

class websocket_handler final : public http::handler {
public:
    // Where the connections of a shard go.
    using streams_of = std::function<client_streams&(unsigned shard)>;

    websocket_handler(const websocket_options& options, std::uint64_t shaper_rate,
                      net::address_limits& addresses, streams_of streams);

    task<http::response> handle(const http::request& asked) override;

private:
    bool origin_allowed(const http::request& asked) const;

    std::shared_ptr<const websocket_options> options_;
    std::shared_ptr<const stream_profile> profile_;
    net::address_limits& addresses_;
    streams_of streams_;
};

}  // namespace meerkat
