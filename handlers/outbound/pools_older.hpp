#pragma once
// How files of older releases wrote [outgoing_pools], and what becomes of it.

#include "config/option.hpp"
#include "config/rewriter.hpp"
#include "config/values.hpp"

namespace meerkat {

using pool_options = config::table<config::known_options>;

void add_older_ldap(pool_options& connection);
void add_older_rabbit(pool_options& connection);
void modernize_rabbit_pools(pool_options& pool);
void add_older_rdbms(pool_options& pool);
void add_older_scope(pool_options& pool);
config::option older_riak_pools();

// A modernizer of the root: a pool that was for one domain moves to that domain's [[host_config]].
void move_single_host_pools(config::rewriter& r, config::node& root);

}  // namespace meerkat
