#pragma once
// One [[listen.http]]: a socket, and the handlers mounted on it.

#include "config/values.hpp"
#include "gateway/net/listener_options.hpp"
#include "gateway/net/tls_options.hpp"
#include "handlers/bosh/bosh_options.hpp"
#include "handlers/discovery/discovery_options.hpp"
#include "handlers/health/health_options.hpp"
#include "handlers/static_files/static_options.hpp"
#include "handlers/websocket/websocket_options.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace meerkat {

struct http_handler_options {
    std::string host;  // a name, "_" for any, or a pattern
    std::string path;
    config::place where;
    std::variant<websocket_options, static_options, discovery_options, health_options, bosh_options> handler;
};

// The paths a handler answers at: `path` itself, or the documents below it for handlers that have several
// (host-meta and host-meta.json; healthz and readyz, unless `path` already names one of these).
std::vector<std::string> routed_paths(const http_handler_options& handler);

struct http_transport_options {
    limit<std::size_t> max_connections{1024};
};

struct http_protocol_options {
    bool compress = false;
};

struct http_tls_options {
    bool xmpp_alpn = false;  // XMPP clients with direct TLS are taken too
    net::tls_options options;
};

struct http_listener_options {
    net::listener_options socket;
    http_transport_options transport;
    http_protocol_options protocol;
    std::optional<http_tls_options> tls;
    std::vector<http_handler_options> handlers;  // in the order of the file, whatever their types
};

config::table<http_listener_options> http_listener_table();

}  // namespace meerkat
