#pragma once
// HTTP handlers that this release knows and does not have yet, and the older names of those it has.

#include "config/option.hpp"
#include "config/rewriter.hpp"
#include "handlers/websocket/websocket_options.hpp"

#include <string>
#include <vector>

namespace meerkat {

std::vector<config::option> handlers_to_come();

// Older releases' own words within mongoose_websocket_handler, which was called mod_websockets.
config::table<websocket_options> older_websocket_table();

// [..mod_websockets.service]: components over WebSocket.
config::option components_over_websocket();

// The documents of older releases wrote "true" and "false" for some booleans.
void unquote_boolean(config::rewriter& r, config::node& section, const std::string& key);

}  // namespace meerkat
