#include "handlers/http_listener_options.hpp"

#include "config/table.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace meerkat {

using namespace config;

namespace {

using handler_list = std::vector<http_handler_options>;

// A handler's own options and where it is mounted.
template <class Options>
struct mounted {
    std::string host;
    std::string path;
    Options options;
};

template <class Options>
void mount(handler_list& handlers, mounted<Options> m, place where) {
    handlers.push_back({.host = std::move(m.host),
                        .path = std::move(m.path),
                        .where = where,
                        .handler = std::move(m.options)});
}

shape<std::string> mount_path() {
    return prepared_text(
        "a path that begins with \"/\", or \"_\" for every path", "invalid_path",
        [](const std::string& s) -> std::optional<std::string> {
            const bool sound = s.starts_with('/') || s == "_" || s == "*" || s == "[...]";
            if (!sound) return std::nullopt;
            return s;
        },
        "/path");
}

template <class Options>
table<mounted<Options>> mounted_table(const table<Options>& own) {
    using m = mounted<Options>;
    table<m> t{
        required("host", &m::host, non_empty_text(),
                 "The host name asked for; \"_\" for any, or a pattern such as \":name.example.org\"."),
        required("path", &m::path, mount_path(), "The path; \":name\" is one segment, \"[...]\" the rest."),
    };
    t.include(&m::options, own);
    return t;
}

template <class Options>
bound_option<handler_list> handler(std::string key, const table<Options>& own, std::string meaning) {
    return sections_into<handler_list, mounted<Options>>(std::move(key), &mount<Options>, mounted_table(own),
                                                         std::move(meaning));
}

constexpr std::array<std::string_view, 20> handlers_to_come = {
    "mongoose_bosh_handler",
    "mod_bosh",
    "mongoose_graphql_handler",
    "mongoose_prometheus_handler",
    "mongoose_admin_api",
    "mongoose_client_api",
    "mongoose_api",
    "mongoose_api_admin",
    "mongoose_client_api_messages",
    "mongoose_client_api_contacts",
    "mongoose_client_api_rooms",
    "mongoose_client_api_rooms_config",
    "mongoose_client_api_rooms_users",
    "mongoose_client_api_rooms_messages",
    "mongoose_domain_handler",
    "lasse_handler",
    "cowboy_swagger_redirect_handler",
    "cowboy_swagger_json_handler",
    "cowboy_static",
    "mod_cowboy",
};

// A handler that has a usual place, and so needs no path.
template <class Options>
bound_option<handler_list> handler_with_place(std::string key, const table<Options>& own,
                                              void (*settle)(reader&, const node&, mounted<Options>&),
                                              std::string path_meaning, std::string meaning) {
    auto t = mounted_table(own);
    t.without_keys({"path"}).add(
        optional("path", &mounted<Options>::path, mount_path(), std::move(path_meaning)));
    t.check(settle);
    return sections_into<handler_list, mounted<Options>>(std::move(key), &mount<Options>, t,
                                                         std::move(meaning));
}

void settle_discovery(reader&, const node&, mounted<discovery_options>& m) {
    if (m.path.empty()) m.path = "/.well-known";
}

void settle_health(reader&, const node&, mounted<health_options>& m) {
    if (m.path.empty()) m.path = "/";
}

table<handler_list> handlers_table() {
    table<handler_list> t{
        handler("mongoose_websocket_handler", websocket_table(), "XMPP over WebSocket, RFC 7395."),
        older_sections("mod_websockets", mounted_table(websocket_table()), "4.0.0"_r, "6.5.0"_r,
                       renamed("mongoose_websocket_handler"), "Older name of mongoose_websocket_handler."),
        handler("meerkat_static", static_table(),
                "Files of a folder, or pages that are part of the program."),
        handler_with_place("meerkat_discovery", discovery_table(), &settle_discovery,
                           "Where host-meta and host-meta.json are found; /.well-known if unset.",
                           "Tells clients where to connect, XEP-0156."),
        handler_with_place("meerkat_health", health_table(), &settle_health,
                           "Where healthz and readyz are found; / if unset.",
                           "Answers /healthz and /readyz for supervisors."),
    };
    for (const std::string_view name : handlers_to_come)
        t.add(section_not_yet(std::string(name), without::blocks, "A handler that is to come."));
    t.unknown_reason("module_not_found");
    // Requests try handlers in the order of the file, not of their types.
    t.check([](reader&, const node&, handler_list& handlers) {
        std::sort(
            handlers.begin(), handlers.end(),
            [](const http_handler_options& a, const http_handler_options& b) { return a.where < b.where; });
    });
    return t;
}

}  // namespace

std::vector<std::string> routed_paths(const http_handler_options& handler) {
    std::string folder = handler.path;
    while (folder.ends_with('/')) folder.pop_back();
    if (std::holds_alternative<discovery_options>(handler.handler))
        return {folder + "/host-meta", folder + "/host-meta.json"};
    if (std::holds_alternative<health_options>(handler.handler)) {
        if (folder.ends_with("/healthz") || folder.ends_with("/readyz")) return {folder};
        return {folder + "/healthz", folder + "/readyz"};
    }
    return {handler.path};
}

table<http_listener_options> http_listener_table() {
    using l = http_listener_options;
    auto tls = net::tls_table();
    tls.add(not_yet("xmpp_alpn", boolean(), false, without::blocks,
                    "Takes XMPP clients with direct TLS on the same port."));
    table<http_transport_options> transport{
        optional("max_connections", &http_transport_options::max_connections,
                 limited(integer<std::size_t>(0)), "Open connections at which accepting pauses."),
        accepted("num_acceptors", integer<std::int64_t>(1), 100,
                 "Number of accepting processes in the files of the original; accepting needs none here."),
    };
    table<http_protocol_options> protocol{
        not_yet("compress", boolean(), false, without::warns,
                "Compresses answers for clients that allow it."),
    };
    table<l> t{
        accepted("hibernate_after", limited(milliseconds(0)), limit(std::chrono::milliseconds(0)),
                 "Without meaning on HTTP; idle connections hold no memory anyway."),
        section("transport", &l::transport, transport, "Connections of this listener."),
        section("protocol", &l::protocol, protocol, "How answers are sent."),
        section("tls", &l::tls, tls, "Certificate; with this table the listener speaks HTTPS only."),
        section("handlers", &l::handlers, handlers_table(), "What is mounted, by host and path."),
    };
    t.include(&l::socket, net::listener_table());
    return t;
}

}  // namespace meerkat
