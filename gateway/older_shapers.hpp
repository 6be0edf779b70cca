#pragma once
// Up to release 6.3 the shaper of a client's or a server's listener was the name of an access rule whose
// value named the shaper; since then it is the shaper itself.

#include "config/rewriter.hpp"

namespace meerkat {

// Of the whole file: puts the shaper that ordinary users got in the rule's place.
void name_shapers_directly(config::rewriter& r, config::node& root);

}  // namespace meerkat
