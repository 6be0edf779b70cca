#include "handlers/websocket/websocket_handler.hpp"

#include "gateway/http/websocket_deflate.hpp"
#include "gateway/http/websocket_handshake.hpp"
#include "handlers/websocket/ws_channel.hpp"

#include <algorithm>

namespace meerkat {

namespace {

// Without the field it is no browser, and there is nothing to protect it from.
bool origin_allowed(const websocket_options& options, const http::request& asked) {
    if (!options.allowed_origins) return true;
    const auto origin = asked.fields.get("Origin");
    if (!origin) return true;
    const auto& allowed = *options.allowed_origins;
    return std::find(allowed.begin(), allowed.end(), *origin) != allowed.end();
}

}  // namespace

websocket_handler::websocket_handler(const websocket_options& options, std::uint64_t shaper_rate,
                                     net::address_limits& addresses, streams_of streams)
    : options_(std::make_shared<const websocket_options>(options)),
      rate_(std::make_shared<std::atomic<std::uint64_t>>(shaper_rate)),
      profile_(std::make_shared<const stream_profile>(stream_profile{options.client, rate_})),
      addresses_(addresses),
      streams_(std::move(streams)) {}

void websocket_handler::prepare(const websocket_options& next, std::uint64_t shaper_rate,
                                preparation& change) {
    auto options = std::make_shared<const websocket_options>(next);
    auto profile = std::make_shared<const stream_profile>(stream_profile{next.client, rate_});
    change.then([this, options = std::move(options), profile = std::move(profile), shaper_rate]() mutable {
        *rate_ = shaper_rate;
        options_.set(std::move(options));
        profile_.set(std::move(profile));
    });
}

task<http::response> websocket_handler::handle(const http::request& asked) {
    auto options = options_.get();
    if (!origin_allowed(*options, asked))
        co_return http::plain_response(403, "This origin is not allowed here.\n");
    std::shared_ptr<void> admission = addresses_.enter(asked.peer);
    if (!admission) co_return http::plain_response(429, "Too many connections that have not logged in.\n");
    std::optional<http::deflate_agreement> deflate;
    if (options->compression) deflate = http::agree_on_deflate(asked.fields);
    const int window = deflate ? deflate->server_window_bits : 0;
    auto take_over = [this, window, options = std::move(options),
                      admission = std::move(admission)](http::upgraded from) mutable {
        client_streams& streams = streams_(shard::current().index());
        auto made = std::make_unique<ws_channel>(std::move(from.stream), std::move(from.unread),
                                                 std::move(from.connection_token), from.forwarded,
                                                 std::move(options));
        if (window > 0) made->compress_messages(window);
        streams.accept(std::move(made), profile_.get(), std::move(admission));
    };
    co_return http::websocket_handshake(asked, "xmpp", std::move(take_over),
                                        deflate ? deflate->answer : std::string_view());
}

}  // namespace meerkat
