#pragma once
// Many writes, one commit. What makes a durable write dear is waiting for the disk, so all that queued up
// meanwhile waits together.

#include "gateway/db/job.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace meerkat::db {

// Runs every job within one transaction, each inside a savepoint of its own, so that a job that fails takes
// back its own work only. Afterwards each job holds its outcome, and a success is on the disk. Returns the
// first failure that was not a job's own doing: the disk, a lock, a commit.
std::optional<error> commit_group(connection& c, std::vector<std::unique_ptr<job>>& group);

// Runs a job; an exception becomes its failure. True when it succeeded.
bool run_guarded(job& work, connection& c);

}  // namespace meerkat::db
