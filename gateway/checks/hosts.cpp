#include "config/suggestion.hpp"
#include "gateway/checks/checks.hpp"
#include "gateway/checks/walk.hpp"

#include <algorithm>
#include <array>

namespace meerkat::checks {

using config::member;
using config::node;
using config::reader;

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

void hosts(reader& r, const node& root, const configuration& c) {
    std::vector<std::string> known = c.general.hosts;
    known.insert(known.end(), c.general.host_types.begin(), c.general.host_types.end());
    for_each_scope(r, root, [&](const node& scope, const std::string& host) {
        if (host.empty() || contains(known, host)) return;
        const char* const key = scope.find("host_type") ? "host_type" : "host";
        const reader::step here(r, key);
        std::string hint = config::suggestion(host, known);
        if (hint.empty()) hint = "add it to general.hosts, or remove the entry";
        r.warn(
            scope.find(key)->where(), "unknown_host",
            shown(host) + " is neither in general.hosts nor in general.host_types: this entry has no effect",
            std::move(hint));
    });
}

void dynamic_domains(reader& r, const node& root, const configuration& c) {
    if (c.general.host_types.empty()) return;
    constexpr std::array static_only = {"modules.mod_global_distrib", "modules.mod_pubsub_old",
                                        "modules.mod_shared_roster_ldap"};
    for_each_scope(r, root, [&](const node& scope, const std::string& host) {
        if (!host.empty() && !contains(c.general.host_types, host)) return;
        for (const char* const path : static_only)
            visit(r, scope, path, [&](const member& m) {
                r.error(m.where, "dynamic_domains_not_supported",
                        m.key +
                            " cannot serve domains that are added while the server runs, which "
                            "general.host_types is for",
                        host.empty()
                            ? "write it in a [[host_config]] of a domain in general.hosts, or remove it"
                            : "remove it");
            });
    });
}

}  // namespace meerkat::checks
