#pragma once
// [s2s]: which servers to talk to, and how connections to them are made. There are none yet: the options are
// checked, and older spellings become today's.

#include "config/option.hpp"
#include "config/rewriter.hpp"

namespace meerkat {

// The section of the whole server, or of one host.
config::option s2s_section(std::string meaning);

// A modernizer of the root, for files up to 6.3.3. There, s2s.use_starttls switched TLS on for connections in
// both directions, with the certificate of the same section; today each direction has a tls table, and the
// ones of [[listen.s2s]] stand in another section.
void regroup_s2s_tls(config::rewriter& r, config::node& root);

}  // namespace meerkat
