#include "gateway/host_options.hpp"

#include "config/table.hpp"
#include "gateway/configuration.hpp"
#include "handlers/outbound/pools_options.hpp"
#include "handlers/outbound/s2s_options.hpp"
#include "xmpp/address/jid.hpp"

#include <algorithm>

namespace meerkat {

using namespace config;

namespace {

constexpr const char* whole_server = "this can only be set for the whole server";

table<host_general_options> general_of_host_table() {
    table<host_general_options> t{
        optional("replaced_wait_timeout", &host_general_options::replaced_wait_timeout, milliseconds(1),
                 "Time a new session of this host waits for the one it replaces to end.")
            .reload(),
        not_yet("route_subdomains", one_of<bool>({{"s2s", true}}), std::nullopt, without::warns,
                "Sends stanzas for subdomains of this host to other servers."),
    };
    const stranger words{"not_per_host", whole_server, "move it to [general]"};
    for (const auto& general : {general_table().shared(), process_table().shared()}) {
        for (const option& o : general->options) t.refuse(o.key, words);
    }
    return t;
}

void settle(reader& r, const node& entry, host_options& host) {
    host.has_acl = entry.find("acl") != nullptr;
    host.has_access = entry.find("access") != nullptr;
    if (host.host.empty() && host.host_type.empty()) {
        r.error(entry.where(), "missing_mandatory_keys",
                "this entry has neither host nor host_type: it does not say what it is for",
                "write host = \"example.org\", one of the domains in general.hosts");
        return;
    }
    if (!host.host.empty() && !host.host_type.empty() && host.host != host.host_type)
        r.warn(entry.where(), "two_hosts",
               "this entry names host \"" + host.host + "\" and host_type \"" + host.host_type +
                   "\": it is for \"" + host.host_type + '"',
               "remove host; an entry is for one host");
}

// The last entry for the host that fits, or null.
template <class Fits>
const host_options* last_entry(const configuration& settings, std::string_view host, Fits&& fits) {
    const auto& entries = settings.host_config;
    const auto found = std::find_if(entries.rbegin(), entries.rend(), [&](const host_options& each) {
        return each.name() == host && fits(each);
    });
    return found == entries.rend() ? nullptr : &*found;
}

template <class T>
std::map<std::string, T, std::less<>> of_hosts_with(const configuration& settings,
                                                    bool (*has_own)(const host_options&),
                                                    T (*take)(host_view&)) {
    std::map<std::string, T, std::less<>> own;
    for (const std::string& host : settings.general.hosts) {
        if (!last_entry(settings, host, has_own)) continue;
        host_view view = settings.for_host(host);
        own.emplace(host, take(view));
    }
    return own;
}

}  // namespace

std::string host_options::name() const {
    const std::string& written = host_type.empty() ? host : host_type;
    return nameprep(written).value_or(written);
}

host_view configuration::for_host(std::string_view host) const {
    const auto* const with_auth =
        last_entry(*this, host, [](const host_options& h) { return h.auth.has_value(); });
    const auto* const with_modules =
        last_entry(*this, host, [](const host_options& h) { return h.modules.has_value(); });
    const auto* const with_acl = last_entry(*this, host, [](const host_options& h) { return h.has_acl; });
    const auto* const with_access =
        last_entry(*this, host, [](const host_options& h) { return h.has_access; });
    const auto* const with_timeout = last_entry(
        *this, host, [](const host_options& h) { return h.general.replaced_wait_timeout.has_value(); });

    access_options own;
    if (with_acl) own.acl = with_acl->access.acl;
    if (with_access) own.access = with_access->access.access;
    return {with_auth ? &*with_auth->auth : &auth, with_modules ? &*with_modules->modules : &modules,
            meerkat::for_host(access, own),
            with_timeout ? *with_timeout->general.replaced_wait_timeout : general.replaced_wait_timeout};
}

std::map<std::string, access_options> access_by_host(const configuration& settings) {
    auto own = of_hosts_with<access_options>(
        settings, [](const host_options& h) { return h.has_acl || h.has_access; },
        [](host_view& view) { return std::move(view.access); });
    return {own.begin(), own.end()};
}

std::map<std::string, auth_options, std::less<>> auth_by_host(const configuration& settings) {
    return of_hosts_with<auth_options>(
        settings, [](const host_options& h) { return h.auth.has_value(); },
        [](host_view& view) { return *view.auth; });
}

void settle_hosts(reader&, const node&, configuration& c) {
    c.general.own_replaced_wait_timeout = of_hosts_with<std::chrono::milliseconds>(
        c, [](const host_options& h) { return h.general.replaced_wait_timeout.has_value(); },
        [](host_view& view) { return view.replaced_wait_timeout; });
}

table<host_options> host_table() {
    using h = host_options;
    table<h> t{
        // With another host every option of the entry has another path, and is judged by itself.
        optional("host", &h::host, non_empty_text(), "The domain this entry is for, one of general.hosts.")
            .reload(),
        optional("host_type", &h::host_type, non_empty_text(),
                 "The same, or the type of domains this entry is for; wins over host."),
        section("general", &h::general, general_of_host_table(),
                "The two general options that a host may have of its own."),
        section("auth", &h::auth, auth_table(),
                "How users of this host prove who they are: instead of the general section, of which "
                "nothing is kept.")
            .like("auth"),
        section("modules", &h::modules, modules_table(),
                "The features of this host: instead of the general section, of which nothing is kept.")
            .like("modules"),
    };
    t.include(&h::access, access_table()).without_keys({"shaper"});
    option s2s = s2s_section("Connections of this host to other servers: instead of the general section.");
    option pools = outgoing_pools_section(pools_of::host);
    t.add(std::move(s2s).like("s2s")).add(std::move(pools).like("outgoing_pools"));
    for (const char* const section :
         {"listen", "shaper", "services", "internal_databases", "instrumentation"})
        t.refuse(section, {"unexpected_key", whole_server, "move it out of [[host_config]]"});
    t.check(settle);
    return t;
}

}  // namespace meerkat
