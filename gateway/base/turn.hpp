#pragma once
// Giving way: whoever has more work than is fair to do at once lets the shard's others go first.

#include "gateway/base/task.hpp"

namespace meerkat {

// Returns when everything that was ready on this shard has run.
task<> next_turn();

}  // namespace meerkat
