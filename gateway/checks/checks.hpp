#pragma once
// What relates one section of the configuration to another, one subject per file. Run by the root table once
// every option is right by itself; each looks at the file or at what was read from it, as suits it.

#include "config/reader.hpp"
#include "gateway/configuration.hpp"

namespace meerkat {

// All of them, for the root table.
void check_sections(config::reader& r, const config::node& root, configuration& c);

namespace checks {

using check = void(config::reader& r, const config::node& root, const configuration& c);

// No two listeners on one address and port; handlers that no request can reach (warnings).
check listeners, routes;
// Warns where passwords may cross a network readable by others.
check plain_passwords;
// Entries of host_config are for hosts that are served (a warning).
check hosts;
// Modules that cannot serve domains added while the server runs.
check dynamic_domains;
// Shapers that are named exist: an error at connections, a warning at rooms and rules.
check shapers;
// Rules that are named exist, and say what is asked of them (warnings).
check access_rules, rule_values;
// Classes that clauses name exist; nobody redefines "all" and "none" (warnings).
check access_classes;
// Somebody can log in, by methods that are on and have what they need (warnings).
check auth_methods;
// A JSON web token's key has one source.
check jwt_secret;
// HTTP handlers have the service they speak for (warnings).
check handlers;
// Options of pools fit each other.
check pool_strategies, rdbms_connections;
// Modules that are useless without another one have it (warnings).
check module_companions;
// No other server has two policies, nor two addresses.
check s2s_hosts;
// Where data goes whose database is switched off (a warning).
check internal_databases;

}  // namespace checks
}  // namespace meerkat
