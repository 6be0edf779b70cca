#pragma once
// How files of older releases wrote the `tls` table, and what it meant then.

#include "config/rewriter.hpp"

namespace meerkat::net {

// Of a whole table: ciphers as tables, versions among the ciphers, certificates of clients that were not
// asked for unless the file said so.
void modernize_tls(config::rewriter& r, config::node& tls);

// The part of it that holds for connections that go out as well.
void modernize_ciphers(config::rewriter& r, config::node& tls);

// `protocol_options`, which named the versions left out, becomes `versions`.
config::rewriting protocol_options_to_versions();
// `verify_peer` becomes `verify_mode`.
config::rewriting verify_peer_to_verify_mode();

}  // namespace meerkat::net
