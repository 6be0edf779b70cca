#pragma once
// [[host_config]]: what one domain, or one type of domains, has otherwise than the rest of the server. The
// options are those of the whole server; configuration::for_host() says what holds in the end.

#include "config/values.hpp"
#include "xmpp/access/access_options.hpp"
#include "xmpp/auth/auth_options.hpp"
#include "xmpp/modules/modules_options.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace meerkat {

struct configuration;
namespace config {
class node;
class reader;
}  // namespace config

struct host_general_options {
    std::optional<std::chrono::milliseconds> replaced_wait_timeout;
};

// One entry. Several may be for one host: of equal sections the last holds.
struct host_options {
    std::string host;       // as written
    std::string host_type;  // the same under its newer name; it wins
    host_general_options general;
    std::optional<auth_options> auth;        // instead of the general section
    std::optional<modules_options> modules;  // instead of the general section
    access_options access;                   // classes and rules; put together with the general ones
    bool has_acl = false, has_access = false;
    std::string name;  // whom it is for, prepared as served domains are, where that can be
};

config::table<host_options> host_table();

// What holds for one host. Points into the configuration.
struct host_view {
    const auth_options* auth;
    const modules_options* modules;
    access_options access;
    std::chrono::milliseconds replaced_wait_timeout;
};

// What the parts of the core that serve all hosts are made from.

// The classes and rules of every host that has its own, complete.
std::map<std::string, access_options> access_by_host(const configuration& settings);
std::map<std::string, auth_options, std::less<>> auth_by_host(const configuration& settings);

// A check of the root table: writes what hosts have of the general options where the core reads it.
void settle_hosts(config::reader& r, const config::node& root, configuration& c);

}  // namespace meerkat
