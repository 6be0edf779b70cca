#pragma once
// Listeners that this release knows and does not have yet: for other servers and for components.

#include "config/option.hpp"
#include "config/rewriter.hpp"

#include <vector>

namespace meerkat {

// [[listen.s2s]], [[listen.component]], and [[listen.service]], the older name of the latter.
std::vector<config::option> listeners_to_come();

// Up to 6.0 the system held 100 connections for a listener that did not say how many.
void old_backlog(config::rewriter& r, config::node& listener);

}  // namespace meerkat
