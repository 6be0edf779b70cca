#pragma once
// The `tls` table of connections that go out: to databases, services and other servers. Nothing acts on it
// yet; it is checked, and older spellings become today's.

#include "config/release.hpp"
#include "config/rewriter.hpp"
#include "config/values.hpp"

namespace meerkat::net {

// For connections whose table came with `since`.
config::table<config::known_options> client_tls_table(config::release since);

// A modernizer of that table: what files up to 5.0.1 left unsaid, and server_name_indication as a boolean.
void modernize_client_tls(config::rewriter& r, config::node& tls);

}  // namespace meerkat::net
