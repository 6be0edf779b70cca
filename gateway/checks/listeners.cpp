#include "gateway/checks/checks.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace meerkat::checks {

using config::node;
using config::place;
using config::reader;

void listeners(reader& r, const node&, const configuration& c) {
    const reader::step in_listen(r, "listen");
    std::map<std::string, place> taken;
    const auto take = [&](const net::listener_options& socket, std::string_view type) {
        const reader::step in_type(r, type);
        if (socket.port == 0 && socket.unix_path.empty()) return;  // each gets a port of its own
        std::string where = socket.name();
        if (socket.unix_path.empty()) where += " of " + socket.ip_address;
        const auto [at, fresh] = taken.try_emplace(where, socket.where);
        if (fresh) return;
        // The types are looked at one after the other; the finding stands at the later place of the file.
        r.error(std::max(at->second, socket.where), "duplicate_listeners",
                where + " has another listener already, at line " +
                    std::to_string(std::min(at->second, socket.where).line));
    };
    for (const auto& l : c.listen.c2s) take(l.socket, "c2s");
    for (const auto& l : c.listen.http) take(l.socket, "http");
}

void routes(reader& r, const node&, const configuration& c) {
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

}  // namespace meerkat::checks
