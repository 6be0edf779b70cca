#include "handlers/websocket/websocket_handler.hpp"

#include "gateway/http/websocket_handshake.hpp"
#include "handlers/websocket/ws_channel.hpp"

#include <algorithm>

namespace meerkat {

websocket_handler::websocket_handler(const websocket_options& options, std::uint64_t shaper_rate,
                                     net::address_limits& addresses, streams_of streams)
    : options_(std::make_shared<const websocket_options>(options)),
      profile_(std::make_shared<const stream_profile>(stream_profile{options.client, shaper_rate})),
      addresses_(addresses),
      streams_(std::move(streams)) {}

// Without the field it is no browser, and there is nothing to protect it from.
bool websocket_handler::origin_allowed(const http::request& asked) const {
    if (!options_->allowed_origins) return true;
    const auto origin = asked.fields.get("Origin");
    if (!origin) return true;
    const auto& allowed = *options_->allowed_origins;
    return std::find(allowed.begin(), allowed.end(), *origin) != allowed.end();
}

task<http::response> websocket_handler::handle(const http::request& asked) {
    if (!origin_allowed(asked)) co_return http::plain_response(403, "This origin is not allowed here.\n");
    std::shared_ptr<void> admission = addresses_.enter(asked.peer);
    if (!admission) co_return http::plain_response(429, "Too many connections that have not logged in.\n");
    auto take_over = [this, admission = std::move(admission)](http::upgraded from) mutable {
        client_streams& streams = streams_(shard::current().index());
        auto made = std::make_unique<ws_channel>(std::move(from.stream), std::move(from.unread),
                                                 std::move(from.connection_token), options_);
        streams.accept(std::move(made), profile_, std::move(admission));
    };
    co_return http::websocket_handshake(asked, "xmpp", std::move(take_over));
}

}  // namespace meerkat
