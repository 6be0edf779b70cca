#pragma once
// Finding one's way in the tree of a configuration file, for checks: the reader goes along, so that findings
// carry the path of what they are about.

#include "config/reader.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace meerkat::checks {

// Calls `each` with everything that stands at a path below `from`. Keys are joined by dots, `*` is any key,
// and arrays of tables are gone into: "listen.c2s.shaper", "outgoing_pools.rdbms.*.connection".
void visit(config::reader& r, const config::node& from, std::string_view path,
           const std::function<void(const config::member&)>& each);

// Whether there is anything.
bool exists(const config::node& from, std::string_view path);

// Sections that hosts may have of their own: calls `each` with the file itself and an empty name, then with
// every entry of [[host_config]] and the name of its host.
void for_each_scope(config::reader& r, const config::node& root,
                    const std::function<void(const config::node& scope, const std::string& host)>& each);

// As it stands in messages: in quotes, cleaned and cut.
std::string shown(std::string_view text);

}  // namespace meerkat::checks
