#include "gateway/doctor/site.hpp"

#include <algorithm>

namespace meerkat::doctor {

bool entrance::loopback() const {
    return !socket->unix_path.empty() || socket->ip_address.starts_with("127.") ||
           socket->ip_address == "::1";
}

std::string entrance::place() const {
    return std::string(type == kind::c2s ? "listen.c2s" : "listen.http") + ", line " +
           std::to_string(socket->where.line);
}

std::vector<entrance> entrances_of(const configuration& settings) {
    std::vector<entrance> all;
    for (const c2s_listener_options& l : settings.listen.c2s) {
        entrance each;
        each.type = entrance::kind::c2s;
        each.socket = &l.socket;
        each.tls = l.tls ? &l.tls->options : nullptr;
        each.direct_tls = l.tls && l.tls->mode == tls_mode::tls;
        all.push_back(each);
    }
    for (const http_listener_options& l : settings.listen.http) {
        entrance each;
        each.type = entrance::kind::http;
        each.socket = &l.socket;
        each.tls = l.tls ? &l.tls->options : nullptr;
        each.direct_tls = l.tls.has_value();
        each.http = &l;
        all.push_back(each);
    }
    return all;
}

std::vector<net::named_certificate> certificates_of(const net::tls_options& tls) {
    std::vector<net::named_certificate> all{{{}, tls.certfile, tls.keyfile, tls.password}};
    all.insert(all.end(), tls.certificates.begin(), tls.certificates.end());
    for (net::named_certificate& each : all) {
        if (each.keyfile.empty()) each.keyfile = each.certfile;
    }
    return all;
}

bool open_to_the_network(const configuration& settings) {
    const auto all = entrances_of(settings);
    return std::any_of(all.begin(), all.end(), [](const entrance& each) { return !each.loopback(); });
}

}  // namespace meerkat::doctor
