#pragma once
// What relates one section of the configuration to another. Run by the root table once every option is right.

#include "config/reader.hpp"
#include "gateway/configuration.hpp"

namespace meerkat {

// No two listeners on one address and port.
void check_listeners(config::reader& r, const config::node& root, configuration& c);
// Shapers exist (an error); access rules exist and somebody can log in (warnings).
void check_references(config::reader& r, const config::node& root, configuration& c);
// Warns where passwords may cross a network readable by others.
void check_plain_passwords(config::reader& r, const config::node& root, configuration& c);
// Warns about handlers that no request can reach.
void check_routes(config::reader& r, const config::node& root, configuration& c);

}  // namespace meerkat
