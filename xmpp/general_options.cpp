#include "xmpp/general_options.hpp"

#include "config/table.hpp"
#include "xmpp/address/jid.hpp"
#include "xmpp/general_options_older.hpp"

#include <algorithm>

namespace meerkat {

using namespace config;

namespace {

// What survives as the local part of an address is free of every separator, which a served domain must be.
std::optional<std::string> prepared_host(const std::string& text) {
    if (!nodeprep(text)) return std::nullopt;
    return nameprep(text);
}

shape<std::string> host_name() {
    return prepared_text("a host name", "invalid_host", prepared_host, "example.org");
}

// `false` is what the embedded database stands in for.
shape<bool> session_backend() { return one_of<bool>({{"mnesia", false}, {"cets", false}, {"redis", true}}); }

void check_hosts(reader& r, const node& section, general_options& general) {
    if (general.hosts.empty() && general.host_types.empty()) {
        r.error(section.where(), "no_hosts", "neither hosts nor host_types names anything to serve",
                "write hosts = [\"example.org\"], the domain your users' addresses end with");
        return;
    }
    const auto both = std::find_first_of(general.host_types.begin(), general.host_types.end(),
                                         general.hosts.begin(), general.hosts.end());
    if (both != general.host_types.end()) {
        r.error(section.where(), "duplicate_hosts", "\"" + *both + "\" is in both hosts and host_types");
        return;
    }
    if (general.hosts.empty()) {
        r.block(section.where(), "not_supported_yet",
                "this release serves only the domains listed in hosts, and none is listed");
    } else if (!general.host_types.empty()) {
        r.warn(section.where(), "not_supported_yet",
               "host_types have no effect in this release: only the domains in hosts are served");
    }
}

// Up to 4.2.0 there was none: the first of the hosts did its work.
void write_default_server_domain(rewriter& r, node& section) {
    const node* const hosts = section.find("hosts");
    if (section.find("default_server_domain") || !hosts || !hosts->array() || hosts->array()->empty()) return;
    const node& first = hosts->array()->front();
    const auto prepared = first.text() ? prepared_host(*first.text()) : std::nullopt;
    if (!prepared) return;  // the reader says what is wrong with it
    const place where = first.where();
    r.warn(section.where(), "missing_default_server_domain",
           "default_server_domain is not written: the first of hosts stands in",
           "write default_server_domain = \"" + *prepared + '"');
    r.put_missing(section, "default_server_domain", node(*prepared, where));
}

}  // namespace

std::chrono::milliseconds general_options::replaced_wait_timeout_of(std::string_view host) const {
    const auto own = own_replaced_wait_timeout.find(host);
    return own == own_replaced_wait_timeout.end() ? replaced_wait_timeout : own->second;
}

table<general_options> general_table() {
    using g = general_options;
    table<g> t{
        optional("hosts", &g::hosts, list(host_name(), list_rule::unique),
                 "The domains served: what users' addresses end with."),
        optional("host_types", &g::host_types, list(non_empty_text(), list_rule::unique),
                 "Kinds of domains that are added while the server runs.")
            .since("5.0.0"_r)
            .without_effect(),
        optional("default_server_domain", &g::default_server_domain, host_name(),
                 "The domain that speaks where a client has named none; the first of hosts if unset.")
            .since("5.0.0"_r),
        optional("registration_timeout", &g::registration_timeout, limited(seconds(1)),
                 "Time that must pass between two registrations from one address.")
            .reload(),
        optional("language", &g::language, non_empty_text(), "Language of texts the server writes."),
        optional("replaced_wait_timeout", &g::replaced_wait_timeout, milliseconds(1),
                 "Time a new session waits for the one it replaces to end.")
            .reload(),
        optional("hide_service_name", &g::hide_service_name, boolean(),
                 "Leaves the server's name out of errors sent before a stream is open."),
        not_yet("sm_backend", session_backend(), false, without::warns,
                "Where sessions are kept; mnesia and cets mean this process."),
        not_yet("component_backend", session_backend(), false, without::warns,
                "Where components are kept; mnesia and cets mean this process.")
            .since("6.2.0"_r),
        not_yet("s2s_backend", session_backend(), false, without::warns,
                "Where server connections are kept; mnesia and cets mean this process.")
            .since("6.2.0"_r),
        not_yet("route_subdomains", one_of<bool>({{"s2s", true}}), std::nullopt, without::warns,
                "Sends stanzas for subdomains of a served domain to other servers."),
        never("routing_modules", list(non_empty_text()), std::nullopt,
              "Order of routing steps; here the order is fixed."),
    };
    add_older_general(t);
    t.modernize(write_default_server_domain).check(check_hosts);
    return t;
}

}  // namespace meerkat
