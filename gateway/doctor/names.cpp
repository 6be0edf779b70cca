#include "gateway/doctor/names.hpp"

#include "xmpp/address/domain_name.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <variant>

namespace meerkat::doctor {

namespace {

constexpr std::chrono::seconds patience{3};

// RFC 6762, RFC 6761, RFC 8375, RFC 7686, and what ICANN keeps for private use.
constexpr std::array<std::string_view, 8> local_zones{"local",   "localhost", "test",  "example",
                                                      "invalid", "home.arpa", "onion", "internal"};

bool in_zone(std::string_view name, std::string_view zone) {
    return name == zone ||
           (name.ends_with(zone) && name.size() > zone.size() && name[name.size() - zone.size() - 1] == '.');
}

bool looks_like_address(std::string_view name) {
    return name.find(':') != std::string_view::npos ||
           name.find_first_not_of("0123456789.") == std::string_view::npos;
}

// What the DNS of the world knows nothing of.
bool is_local(std::string_view name) {
    return name.find('.') == std::string_view::npos || looks_like_address(name) ||
           std::any_of(local_zones.begin(), local_zones.end(),
                       [name](std::string_view zone) { return in_zone(name, zone); });
}

// The ports of the file that speak to clients.
struct client_ports {
    std::set<std::uint16_t> starttls;  // or plain
    std::set<std::uint16_t> direct_tls;
    bool any = false;  // also of ports that the system chooses
};

client_ports ports_of(const configuration& settings) {
    client_ports ports;
    for (const entrance& each : entrances_of(settings)) {
        if (each.type != entrance::kind::c2s) continue;
        ports.any = true;
        if (each.socket->port != 0)
            (each.direct_tls ? ports.direct_tls : ports.starttls).insert(each.socket->port);
    }
    return ports;
}

std::string shown(const service& s) { return s.host + " port " + std::to_string(s.port); }

std::string shown(const std::vector<service>& services) {
    std::vector<std::string> words;
    words.reserve(services.size());
    for (const service& each : services) words.push_back(shown(each));
    return listed(words);
}

std::string record(const std::string& name, std::uint16_t port, const std::string& host) {
    return name + ". 3600 IN SRV 0 5 " + std::to_string(port) + " " + host + ".";
}

bool refuses(const answer& a) { return a.services.size() == 1 && a.services.front().host == "."; }

// The answers about one domain.
struct domain_records {
    std::string name;  // in ASCII
    answer address, client, client_tls, server, server_tls;

    std::string srv(std::string_view service) const { return "_" + std::string(service) + "._tcp." + name; }
};

class examination {
public:
    examination(const site& examined, resolver& names)
        : ports_(ports_of(examined.settings)),
          names_(names),
          deadline_(std::chrono::steady_clock::now() + patience) {}

    findings run(const std::vector<std::string>& hosts) {
        const auto domains = ask_about(hosts);
        for (const domain_records& each : domains) {
            examine_address(each);
            if (ports_.any) examine_clients(each);
            examine_servers(each);
        }
        examine_targets(domains);
        if (!unanswered_.empty())
            all_.push_back(
                advice("no_answer", "the DNS", "no answer about " + listed(unanswered_) + ": " + why_,
                       "run the doctor again where the DNS can be asked; nothing is wrong with the file"));
        return std::move(all_);
    }

private:
    std::vector<domain_records> ask_about(const std::vector<std::string>& hosts) {
        std::vector<domain_records> domains;
        std::vector<question> questions;
        for (const std::string& host : hosts) {
            const auto ascii = to_ascii_domain(host);
            if (!ascii || is_local(*ascii)) {
                all_.push_back(
                    fine("local_name", "the name " + host, "not looked up: it is no name of the public DNS"));
                continue;
            }
            domain_records& d = domains.emplace_back();
            d.name = *ascii;
            questions.push_back({record_type::address, d.name});
            for (const char* name : {"xmpp-client", "xmpps-client", "xmpp-server", "xmpps-server"})
                questions.push_back({record_type::srv, d.srv(name)});
        }
        auto answers = ask(questions);
        for (std::size_t i = 0; i < domains.size(); ++i) {
            domain_records& d = domains[i];
            auto next = answers.begin() + static_cast<std::ptrdiff_t>(5 * i);
            for (answer* each : {&d.address, &d.client, &d.client_tls, &d.server, &d.server_tls})
                *each = std::move(*next++);
        }
        return domains;
    }

    // What has no answer is noted and spoken of once, at the end.
    std::vector<answer> ask(const std::vector<question>& questions) {
        std::vector<answer> answers;
        if (!questions.empty()) answers = names_.resolve(questions, deadline_);
        answers.resize(questions.size());
        for (std::size_t i = 0; i < questions.size(); ++i) {
            if (answers[i].what != answer::outcome::unanswered) continue;
            unanswered_.push_back(questions[i].name);
            why_ = answers[i].reason;
        }
        return answers;
    }

    void examine_address(const domain_records& d) {
        const std::string where = "the name " + d.name;
        if (d.address.what == answer::outcome::found) {
            all_.push_back(fine("addresses", where,
                                "has the address" +
                                    std::string(d.address.addresses.size() > 1 ? "es " : " ") +
                                    listed(d.address.addresses)));
        } else if (d.address.what == answer::outcome::nothing && d.client.what == answer::outcome::nothing &&
                   d.client_tls.what == answer::outcome::nothing) {
            all_.push_back(
                problem("no_address", where, "has neither an address nor an SRV record for clients",
                        "add an A or AAAA record with the address of this server to the DNS zone"));
        }
    }

    void examine_clients(const domain_records& d) {
        examine_service(d.srv("xmpp-client"), d.client, ports_.starttls, ports_.direct_tls, "STARTTLS",
                        "direct TLS");
        examine_service(d.srv("xmpps-client"), d.client_tls, ports_.direct_tls, ports_.starttls, "direct TLS",
                        "STARTTLS");
        const bool none = d.client.what == answer::outcome::nothing;
        const bool none_tls = d.client_tls.what == answer::outcome::nothing;
        if (none && none_tls && d.address.what == answer::outcome::found) return examine_fallback(d);
        if (none_tls && !ports_.direct_tls.empty())
            all_.push_back(advice(
                "no_direct_tls_record", "the SRV record " + d.srv("xmpps-client"),
                "missing: clients do not find the listener with direct TLS",
                "add to the DNS zone: " + record(d.srv("xmpps-client"), *ports_.direct_tls.begin(), d.name)));
    }

    // RFC 6120, 3.2.2: without SRV records clients connect to port 5222 of the domain itself.
    void examine_fallback(const domain_records& d) {
        constexpr std::uint16_t usual = 5222;
        const std::string where = "the SRV records for clients of " + d.name;
        if (ports_.starttls.contains(usual)) {
            all_.push_back(fine("usual_port", where,
                                "none, so clients connect to port 5222 of the name, as it is served"));
            return;
        }
        std::string to_do = "add to the DNS zone: ";
        if (!ports_.starttls.empty())
            to_do += record(d.srv("xmpp-client"), *ports_.starttls.begin(), d.name);
        else if (!ports_.direct_tls.empty())
            to_do += record(d.srv("xmpps-client"), *ports_.direct_tls.begin(), d.name);
        else
            to_do = "write port = 5222 in listen.c2s";
        all_.push_back(
            problem("not_to_be_found", where,
                    "none, so clients connect to port 5222 of the name, where this file has no listener "
                    "that begins without TLS",
                    to_do));
    }

    void examine_service(const std::string& name, const answer& a, const std::set<std::uint16_t>& right,
                         const std::set<std::uint16_t>& wrong, std::string_view meant,
                         std::string_view spoken) {
        if (a.what != answer::outcome::found) return;
        const std::string where = "the SRV record " + name;
        if (refuses(a)) {
            if (!right.empty())
                all_.push_back(
                    advice("service_denied", where,
                           "says that there is no such service, but this file has a listener for it",
                           "remove the record, or name the host and port of the listener in it"));
            return;
        }
        std::vector<std::string> confused, elsewhere;
        for (const service& each : a.services) {
            if (right.contains(each.port)) continue;
            (wrong.contains(each.port) ? confused : elsewhere).push_back(shown(each));
        }
        if (!confused.empty())
            all_.push_back(
                problem("wrong_kind_of_port", where,
                        "sends clients to " + listed(confused) + " for " + std::string(meant) +
                            ", but the listener of that port speaks " + std::string(spoken),
                        "put the port of a listener with " + std::string(meant) + " into the record"));
        if (!elsewhere.empty())
            all_.push_back(
                advice("no_such_port", where,
                       "sends clients to " + listed(elsewhere) + ", and no listener for " +
                           std::string(meant) + " has that port",
                       "correct the record, unless a proxy or a firewall leads that port to a listener"));
        if (confused.empty() && elsewhere.empty())
            all_.push_back(fine("service_record", where, shown(a.services)));
    }

    // This release has no listener for servers.
    void examine_servers(const domain_records& d) {
        for (const auto& [name, a] :
             {std::pair("xmpp-server", &d.server), std::pair("xmpps-server", &d.server_tls)}) {
            if (a->what != answer::outcome::found || refuses(*a)) continue;
            all_.push_back(advice("servers_are_sent_here", "the SRV record " + d.srv(name),
                                  "sends other servers to " + shown(a->services) +
                                      ", but this file has no listener for servers",
                                  "remove the record if no other program answers there"));
        }
    }

    void examine_targets(const std::vector<domain_records>& domains) {
        std::map<std::string, std::string> wanted_by;  // host: record
        for (const domain_records& d : domains) {
            for (const auto& [name, a] :
                 {std::pair("xmpp-client", &d.client), std::pair("xmpps-client", &d.client_tls)}) {
                for (const service& each : a->services) {
                    const bool known = each.host == d.name && d.address.what != answer::outcome::nothing;
                    if (each.host != "." && !known) wanted_by.try_emplace(each.host, d.srv(name));
                }
            }
        }
        std::vector<question> questions;
        questions.reserve(wanted_by.size());
        for (const auto& [host, name] : wanted_by) questions.push_back({record_type::address, host});
        const auto answers = ask(questions);
        auto answer_of = answers.begin();
        for (const auto& [host, name] : wanted_by) {
            if (answer_of++->what != answer::outcome::nothing) continue;
            all_.push_back(problem("target_without_address", "the SRV record " + name,
                                   "sends clients to " + host + ", which has no address",
                                   "add an A or AAAA record for " + host + ", or correct the SRV record"));
        }
    }

    const client_ports ports_;
    resolver& names_;
    const std::chrono::steady_clock::time_point deadline_;
    findings all_;
    std::vector<std::string> unanswered_;
    std::string why_;
};

void examine_discovery(const site& examined, findings& all) {
    bool websocket = false, discovery = false;
    for (const http_listener_options& l : examined.settings.listen.http) {
        for (const http_handler_options& h : l.handlers) {
            websocket = websocket || std::holds_alternative<websocket_options>(h.handler);
            discovery = discovery || std::holds_alternative<discovery_options>(h.handler);
        }
    }
    if (!websocket) return;
    const std::string where = "the handlers of listen.http";
    if (discovery) {
        all.push_back(fine("discovery", where, "host-meta tells clients where the WebSocket is"));
        return;
    }
    all.push_back(advice(
        "no_discovery", where, "there is a WebSocket, but no host-meta by which clients find it (XEP-0156)",
        "add [[listen.http.handlers.meerkat_discovery]] with host = \"_\" and path = \"/.well-known\""));
}

}  // namespace

findings examine_names(const site& examined, world& around) {
    examination dns(examined, around.names());
    findings all = dns.run(examined.settings.general.hosts);
    examine_discovery(examined, all);
    return all;
}

}  // namespace meerkat::doctor
