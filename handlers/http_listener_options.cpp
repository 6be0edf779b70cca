#include "handlers/http_listener_options.hpp"

#include "config/table.hpp"
#include "handlers/known_handlers.hpp"
#include "handlers/mounted.hpp"

#include <algorithm>

namespace meerkat {

using namespace config;

namespace {

using handler_list = std::vector<http_handler_options>;

template <class Options>
void mount(handler_list& handlers, mounted<Options> m, place where) {
    handlers.push_back({.host = std::move(m.host),
                        .path = std::move(m.path),
                        .where = where,
                        .handler = std::move(m.options)});
}

template <class Options>
bound_option<handler_list> handler(std::string key, const table<Options>& own, std::string meaning) {
    return sections_into<handler_list, mounted<Options>>(std::move(key), &mount<Options>, mounted_table(own),
                                                         std::move(meaning));
}

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
        handler("mongoose_websocket_handler", websocket_table(), "XMPP over WebSocket, RFC 7395.")
            .since("6.6.0"_r),
        handler("mongoose_bosh_handler", bosh_table(), "XMPP over HTTP requests, XEP-0124 and 0206.")
            .since("6.6.0"_r),
        handler("meerkat_static", static_table(), "Files of a folder, or pages that are part of the program.")
            .own(),
        handler_with_place("meerkat_discovery", discovery_table(), &settle_discovery,
                           "Where host-meta and host-meta.json are found; /.well-known if unset.",
                           "Tells clients where to connect, XEP-0156.")
            .own(),
        handler_with_place("meerkat_health", health_table(), &settle_health,
                           "Where healthz and readyz are found; / if unset.",
                           "Answers /healthz and /readyz for supervisors.")
            .own(),
        older_sections("mod_websockets", mounted_table(older_websocket_table()), "4.0.0"_r, "6.5.0"_r,
                       renamed("mongoose_websocket_handler"), "Older name of mongoose_websocket_handler."),
        // [modules.mod_bosh] is what these files have instead of the service.
        older_sections("mod_bosh", mounted_table(bosh_table()), "4.0.0"_r, "6.5.0"_r,
                       renamed("mongoose_bosh_handler"), "Older name of mongoose_bosh_handler."),
    };
    for (option& each : handlers_to_come()) t.add(std::move(each));
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
    table<http_tls_options> tls{
        optional("xmpp_alpn", &http_tls_options::xmpp_alpn, boolean(),
                 "Takes XMPP clients with direct TLS on the same port: those whose ALPN says xmpp-client.")
            .own()
            .reload(),
    };
    tls.include(&http_tls_options::options, net::tls_table(net::tls_of::http));
    table<http_transport_options> transport{
        optional("max_connections", &http_transport_options::max_connections,
                 limited(integer<std::size_t>(0)), "Open connections at which accepting pauses.")
            .reload(),
        accepted("num_acceptors", integer<std::int64_t>(1), 100,
                 "Number of accepting processes in the files of the original; accepting needs none here."),
    };
    table<http_protocol_options> protocol{
        optional("compress", &http_protocol_options::compress, boolean(),
                 "Compresses answers of text for clients that allow it."),
    };
    protocol.modernize([](rewriter& r, node& section) { unquote_boolean(r, section, "compress"); });
    table<l> t{
        accepted("hibernate_after", limited(milliseconds(0)), limit(std::chrono::milliseconds(0)),
                 "Without meaning on HTTP; idle connections hold no memory anyway.")
            .since("6.4.0"_r),
        section("transport", &l::transport, transport, "Connections of this listener."),
        section("protocol", &l::protocol, protocol, "How answers are sent."),
        section("tls", &l::tls, tls, "Certificate; with this table the listener speaks HTTPS only."),
        section("handlers", &l::handlers, handlers_table(), "What is mounted, by host and path."),
    };
    auto socket = net::listener_table();
    socket.own("proxy_protocol");
    t.include(&l::socket, socket);
    return t;
}

}  // namespace meerkat
