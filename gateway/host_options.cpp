#include "gateway/host_options.hpp"

#include "config/table.hpp"
#include "gateway/configuration.hpp"
#include "handlers/outbound/pools_options.hpp"
#include "handlers/outbound/s2s_options.hpp"
#include "xmpp/address/jid.hpp"

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
    const std::string& written_name = host.host_type.empty() ? host.host : host.host_type;
    host.name = nameprep(written_name).value_or(written_name);
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

// What an entry has of its own, or null.
template <class Part>
using own_part = const Part* (*)(const host_options&);

template <class Part>
const Part* written(const std::optional<Part>& part) {
    return part ? &*part : nullptr;
}
const auth_options* own_auth(const host_options& h) { return written(h.auth); }
const modules_options* own_modules(const host_options& h) { return written(h.modules); }
const access_options* own_acl(const host_options& h) { return h.has_acl ? &h.access : nullptr; }
const access_options* own_rules(const host_options& h) { return h.has_access ? &h.access : nullptr; }
const std::chrono::milliseconds* own_timeout(const host_options& h) {
    return written(h.general.replaced_wait_timeout);
}

// That of the last entry for the host that has it.
template <class Part>
const Part* last(const configuration& settings, std::string_view host, own_part<Part> part) {
    const auto& entries = settings.host_config;
    for (auto each = entries.rbegin(); each != entries.rend(); ++each) {
        if (each->name != host) continue;
        if (const Part* const own = part(*each)) return own;
    }
    return nullptr;
}

template <class T>
const T& or_else(const T* own, const T& general) {
    return own ? *own : general;
}

}  // namespace

host_view configuration::for_host(std::string_view host) const {
    access_options own;
    if (const access_options* const with = last(*this, host, &own_acl)) own.acl = with->acl;
    if (const access_options* const with = last(*this, host, &own_rules)) own.access = with->access;
    return {&or_else(last(*this, host, &own_auth), auth), &or_else(last(*this, host, &own_modules), modules),
            meerkat::for_host(access, own),
            or_else(last(*this, host, &own_timeout), general.replaced_wait_timeout)};
}

std::map<std::string, access_options> access_by_host(const configuration& settings) {
    std::map<std::string, access_options> own;
    for (const std::string& host : settings.general.hosts) {
        if (last(settings, host, &own_acl) || last(settings, host, &own_rules))
            own.emplace(host, settings.for_host(host).access);
    }
    return own;
}

std::map<std::string, auth_options, std::less<>> auth_by_host(const configuration& settings) {
    std::map<std::string, auth_options, std::less<>> own;
    for (const std::string& host : settings.general.hosts) {
        if (const auth_options* const auth = last(settings, host, &own_auth)) own.emplace(host, *auth);
    }
    return own;
}

void settle_hosts(reader&, const node&, configuration& c) {
    for (const std::string& host : c.general.hosts) {
        if (const auto* const timeout = last(c, host, &own_timeout))
            c.general.own_replaced_wait_timeout.emplace(host, *timeout);
    }
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
