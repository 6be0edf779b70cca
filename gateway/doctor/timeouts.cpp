#include "gateway/doctor/timeouts.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <variant>

namespace meerkat::doctor {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct proxy {
    std::string_view name;
    std::string_view option;
    seconds patience;
};

// What their documentation and example files have.
constexpr std::array<proxy, 3> proxies{{{"HAProxy", "timeout client", seconds(50)},
                                        {"nginx", "proxy_read_timeout", seconds(60)},
                                        {"Apache", "ProxyTimeout", seconds(60)}}};

// How long nothing may pass on a connection that lives.
struct silence {
    std::string looked_at;
    limit<milliseconds> longest{milliseconds::zero()};
    std::string cause;
    std::string to_do;
};

std::string shown(milliseconds time) {
    if (time % seconds(1) == milliseconds::zero()) return std::to_string(time / seconds(1)) + " s";
    return std::to_string(time.count()) + " ms";
}

// Of the module, whose pings reach a session on any transport.
std::optional<milliseconds> module_pings(const configuration& settings) {
    const auto& ping = settings.modules.mod_ping;
    if (!ping || !ping->send_pings) return std::nullopt;
    return ping->ping_interval;
}

silence of_websocket(const websocket_options& options, const std::string& where,
                     std::optional<milliseconds> module) {
    silence found;
    found.looked_at = "the WebSocket handler (" + where + ")";
    found.to_do = "write ping_rate = 30000 there; anything below 50000 satisfies the usual proxies";
    std::optional<milliseconds> pings = options.ping_rate;
    if (module && (!pings || *module < *pings)) pings = module;
    // A ping due after the timeout never comes.
    if (pings && options.timeout.admits(*pings)) {
        found.longest = *pings;
        found.cause = "a silent client is pinged after " + shown(*pings);
        return found;
    }
    found.longest = options.timeout;
    const auto& end = options.timeout.bound();
    if (!end) {
        found.cause = "a silent client is never pinged";
    } else if (pings) {
        found.cause = "a silent client is cut off after " + shown(*end) +
                      ", before the first ping, which is due after " + shown(*pings);
    } else {
        found.cause = "a silent client is not pinged, but cut off after " + shown(*end);
    }
    return found;
}

silence of_bosh(const bosh_service_options& service, const std::string& where) {
    const seconds longest = std::min(service.wait_cap, service.max_wait.value_or(service.wait_cap));
    return {"the BOSH handler (" + where + ")", milliseconds(longest),
            "a request is held for " + shown(longest) + " if the client asks for it",
            "write wait_cap = 45 in [services.service_bosh]; anything below 50 satisfies the usual proxies"};
}

// One entry for each kind of connection that a proxy may cut.
std::vector<silence> silences_of(const configuration& settings) {
    std::vector<silence> all;
    const auto module = module_pings(settings);
    for (const http_listener_options& l : settings.listen.http) {
        for (const http_handler_options& h : l.handlers) {
            if (const auto* w = std::get_if<websocket_options>(&h.handler))
                all.push_back(of_websocket(*w, "line " + std::to_string(h.where.line), module));
            if (std::holds_alternative<bosh_options>(h.handler) && settings.services.bosh)
                all.push_back(of_bosh(*settings.services.bosh, "line " + std::to_string(h.where.line)));
        }
    }
    if (module && !settings.listen.c2s.empty())
        all.push_back({"modules.mod_ping on TCP connections", *module,
                       "a silent client is pinged after " + shown(*module),
                       "write ping_interval = 30 there; anything below 50 satisfies the usual proxies"});
    return all;
}

finding judge(const silence& each) {
    std::vector<std::string> impatient;
    for (const proxy& p : proxies) {
        if (each.longest.value_or(milliseconds::max()) >= p.patience)
            impatient.push_back(std::string(p.name) + " (" + std::string(p.option) + ", usually " +
                                shown(p.patience) + ")");
    }
    if (impatient.empty()) return fine("pings", each.looked_at, each.cause);
    return advice("silence", each.looked_at,
                  each.cause + "; a proxy in between may close the connection before: " + listed(impatient),
                  each.to_do);
}

}  // namespace

findings examine_timeouts(const site& examined, world&) {
    findings all;
    for (const silence& each : silences_of(examined.settings)) all.push_back(judge(each));
    return all;
}

}  // namespace meerkat::doctor
