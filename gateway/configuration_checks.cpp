#include "gateway/configuration_checks.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>

namespace meerkat {

using config::node;
using config::place;
using config::reader;

namespace {

bool is_loopback(const std::string& ip) { return ip.starts_with("127.") || ip == "::1"; }

const websocket_options* websocket(const http_handler_options& h) {
    return std::get_if<websocket_options>(&h.handler);
}

// Calls `each` with every client entrance: its options, its path in the file and its place.
void for_each_entrance(reader& r, const configuration& c,
                       const std::function<void(const client_options&, place)>& each) {
    const reader::step in_listen(r, "listen");
    for (const auto& l : c.listen.c2s) {
        const reader::step in_type(r, "c2s");
        each(l.client, l.socket.where);
    }
    for (const auto& l : c.listen.http) {
        for (const auto& h : l.handlers) {
            const reader::step in_type(r, "http.handlers.mongoose_websocket_handler");
            if (const auto* w = websocket(h)) each(w->client, h.where);
        }
    }
}

void check_rule(reader& r, const configuration& c, const std::string& rule, place where) {
    if (rule == "all" || rule == "none" || c.access.access.contains(rule)) return;
    const reader::step here(r, "access");
    r.warn(where, "undefined_access_rule",
           "there is no rule \"" + rule + "\" in [access]: an undefined rule denies everybody");
}

}  // namespace

void check_listeners(reader& r, const node&, configuration& c) {
    const reader::step in_listen(r, "listen");
    std::map<std::pair<std::uint16_t, std::string>, place> taken;
    const auto take = [&](const net::listener_options& socket, std::string_view type) {
        const reader::step in_type(r, type);
        if (socket.port == 0) return;  // each gets a port of its own
        const auto [at, fresh] = taken.try_emplace({socket.port, socket.ip_address}, socket.where);
        if (fresh) return;
        // The types are looked at one after the other; the finding stands at the later place of the file.
        r.error(std::max(at->second, socket.where), "duplicate_listeners",
                "port " + std::to_string(socket.port) + " of " + socket.ip_address +
                    " has another listener already, at line " +
                    std::to_string(std::min(at->second, socket.where).line));
    };
    for (const auto& l : c.listen.c2s) take(l.socket, "c2s");
    for (const auto& l : c.listen.http) take(l.socket, "http");
}

void check_references(reader& r, const node&, configuration& c) {
    for_each_entrance(r, c, [&](const client_options& client, place where) {
        check_rule(r, c, client.access, where);
        if (client.shaper == "none" || c.access.shaper.contains(client.shaper)) return;
        const reader::step here(r, "shaper");
        r.error(where, "undefined_shapers", "there is no shaper \"" + client.shaper + '"',
                "define it: [shaper." + client.shaper + "] with max_rate = ..., or write \"none\"");
    });
    if (c.modules.mod_register) {
        const reader::step here(r, "modules.mod_register");
        check_rule(r, c, c.modules.mod_register->access, {});
    }
    if (!c.auth.internal && !c.auth.anonymous && !c.auth.dummy) {
        const reader::step here(r, "auth");
        r.warn({}, "no_auth_method", "no auth method is switched on: nobody can log in",
               "write [auth.internal]");
    }
}

void check_plain_passwords(reader& r, const node&, configuration& c) {
    const auto& mechanisms = c.auth.sasl_mechanisms;
    const bool plain =
        std::find(mechanisms.begin(), mechanisms.end(), sasl_mechanism::plain) != mechanisms.end();
    if (!plain) return;
    const reader::step in_listen(r, "listen");
    for (const auto& l : c.listen.c2s) {
        const bool encrypted = l.tls && l.tls->mode != tls_mode::starttls;
        if (encrypted || is_loopback(l.socket.ip_address)) continue;
        const reader::step here(r, "c2s");
        r.warn(
            l.socket.where, "readable_passwords",
            "clients may log in without TLS here: SASL PLAIN sends their password readable over the network",
            l.tls ? "write tls.mode = \"starttls_required\"" : "add a tls table");
    }
    for (const auto& l : c.listen.http) {
        if (l.tls || is_loopback(l.socket.ip_address)) continue;
        const bool entrance = std::any_of(l.handlers.begin(), l.handlers.end(), &websocket);
        if (!entrance) continue;
        const reader::step here(r, "http");
        r.warn(
            l.socket.where, "readable_passwords",
            "clients may log in without TLS here: SASL PLAIN sends their password readable over the network",
            "add a tls table, or listen on 127.0.0.1 behind a proxy that ends TLS");
    }
}

void check_routes(reader& r, const node&, configuration& c) {
    const reader::step in_handlers(r, "listen.http.handlers");
    for (const auto& l : c.listen.http) {
        std::set<std::pair<std::string, std::string>> taken;
        bool everything = false;  // a handler before this one takes every path of every host
        for (const auto& h : l.handlers) {
            bool reachable = false;
            for (const std::string& path : routed_paths(h))
                reachable = taken.emplace(h.host, path).second || reachable;
            if (!reachable || everything)
                r.warn(h.where, "unreachable_handler",
                       "no request can reach this handler: one above it takes " + h.path + " of " +
                           (h.host == "_" ? "every host" : h.host));
            everything = everything || (h.host == "_" && (h.path == "_" || h.path == "/[...]"));
        }
    }
}

}  // namespace meerkat
