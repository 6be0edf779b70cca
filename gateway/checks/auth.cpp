#include "gateway/checks/checks.hpp"
#include "gateway/checks/walk.hpp"

#include <algorithm>
#include <array>
#include <variant>

namespace meerkat::checks {

using config::member;
using config::node;
using config::reader;

namespace {

bool is_loopback(const net::listener_options& socket) {
    const std::string& ip = socket.ip_address;
    return !socket.unix_path.empty() || ip.starts_with("127.") || ip == "::1";
}

bool enabled(const auth_options& auth, std::string_view method) {
    return std::any_of(auth.methods.begin(), auth.methods.end(),
                       [&](auth_method m) { return to_string(m) == method; });
}

// What holds for the domains served; the general options where none is.
std::vector<const auth_options*> in_force(const configuration& c) {
    std::vector<const auth_options*> all;
    for (const std::string& host : c.general.hosts) {
        const auth_options* const of_host = c.for_host(host).auth;
        if (std::find(all.begin(), all.end(), of_host) == all.end()) all.push_back(of_host);
    }
    if (all.empty()) all.push_back(&c.auth);
    return all;
}

void nobody_can_log_in(reader& r, const node& root, const configuration& c) {
    const auto all = in_force(c);
    const bool general_holds = std::find(all.begin(), all.end(), &c.auth) != all.end();
    for_each_scope(r, root, [&](const node& scope, const std::string& host) {
        const node* const written = scope.find("auth");
        const bool served =
            std::find(c.general.hosts.begin(), c.general.hosts.end(), host) != c.general.hosts.end();
        if (host.empty() ? !general_holds : !written || !served) return;
        const auth_options& auth = host.empty() ? c.auth : *c.for_host(host).auth;
        if (!auth.methods.empty()) return;
        const reader::step here(r, "auth");
        r.warn(written ? written->where() : config::place{}, "no_auth_method",
               "no auth method is switched on: nobody can log in" + (host.empty() ? "" : " at " + host),
               host.empty() ? "write [auth.internal]" : "write [host_config.auth.internal]");
    });
}

}  // namespace

void auth_methods(reader& r, const node& root, const configuration& c) {
    nobody_can_log_in(r, root, c);
    const auto all = in_force(c);
    visit(r, root, "listen.c2s.allowed_auth_methods", [&](const member& allowed) {
        if (!allowed.value.array()) return;
        for (const node& method : *allowed.value.array()) {
            const std::string* const name = method.text();
            const auto on = [name](const auth_options* auth) { return enabled(*auth, *name); };
            if (!name || std::any_of(all.begin(), all.end(), on)) continue;
            r.warn(method.where(), "auth_method_not_enabled",
                   shown(*name) + " is not switched on for any domain: nobody logs in here by it",
                   "write [auth." + *name + "], or remove it here");
        }
    });
}

void jwt_secret(reader& r, const node& root, const configuration&) {
    constexpr std::array sources = {"file", "env", "value"};
    for_each_scope(r, root, [&](const node& scope, const std::string&) {
        visit(r, scope, "auth.jwt.secret", [&](const member& secret) {
            std::string found;
            std::size_t count = 0;
            for (const char* const source : sources) {
                if (!secret.value.find(source)) continue;
                found += (count++ == 0 ? "" : " and ") + std::string(source);
            }
            if (count == 1) return;
            r.error(secret.where, "exactly_one_required",
                    "found " + (count == 0 ? "none" : found) +
                        ", expected exactly one of file, env and value: the key has one source");
        });
    });
}

void plain_passwords(reader& r, const node&, const configuration& c) {
    const auto all = in_force(c);
    const bool plain = std::any_of(all.begin(), all.end(), [](const auth_options* auth) {
        const auto& offered = auth->sasl_mechanisms;
        return std::find(offered.begin(), offered.end(), sasl_mechanism::plain) != offered.end();
    });
    if (!plain) return;
    constexpr std::string_view text =
        "clients may log in without TLS here: SASL PLAIN sends their password readable over the network";
    const reader::step in_listen(r, "listen");
    for (const auto& l : c.listen.c2s) {
        const bool encrypted = l.tls && l.tls->mode != tls_mode::starttls;
        if (encrypted || is_loopback(l.socket)) continue;
        const reader::step here(r, "c2s");
        r.warn(l.socket.where, "readable_passwords", std::string(text),
               l.tls ? "write tls.mode = \"starttls_required\"" : "add a tls table");
    }
    for (const auto& l : c.listen.http) {
        if (l.tls || is_loopback(l.socket)) continue;
        const bool entrance = std::any_of(l.handlers.begin(), l.handlers.end(), [](const auto& h) {
            return std::holds_alternative<websocket_options>(h.handler);
        });
        if (!entrance) continue;
        const reader::step here(r, "http");
        r.warn(l.socket.where, "readable_passwords", std::string(text),
               "add a tls table, or listen on 127.0.0.1 behind a proxy that ends TLS");
    }
}

}  // namespace meerkat::checks
