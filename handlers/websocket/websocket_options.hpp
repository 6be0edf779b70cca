#pragma once
// One [[listen.http.handlers.mongoose_websocket_handler]]: XMPP over WebSocket, RFC 7395.

#include "config/values.hpp"
#include "xmpp/stream/client_options.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace meerkat {

struct websocket_options {
    // Silence after which the connection is closed.
    limit<std::chrono::milliseconds> timeout{std::chrono::milliseconds(60'000)};
    std::optional<std::chrono::milliseconds> ping_rate;       // unset: the server sends no pings
    std::optional<std::vector<std::string>> allowed_origins;  // unset: all
    bool compression = false;                                 // permessage-deflate is agreed to
    std::string see_other_uri;                                // empty: clients are not sent elsewhere
    client_options client;
};

config::table<websocket_options> websocket_table();

}  // namespace meerkat
