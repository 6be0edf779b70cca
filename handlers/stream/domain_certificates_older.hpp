#pragma once
// Certificates by domain, which files up to 6.3.3 had for all listeners together.

#include "config/rewriter.hpp"

namespace meerkat {

// A modernizer of the root: general.domain_certfile, and its older place in [s2s], become further
// certificates of every [[listen.c2s]] that has TLS.
void move_domain_certificates(config::rewriter& r, config::node& root);

}  // namespace meerkat
