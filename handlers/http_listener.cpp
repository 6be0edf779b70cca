#include "handlers/http_listener.hpp"

#include "gateway/base/log.hpp"
#include "handlers/discovery/discovery.hpp"
#include "handlers/health/health.hpp"
#include "handlers/websocket/websocket_handler.hpp"

namespace meerkat {

namespace {

// The table of handlers: from each type's options to what serves it.
class handler_maker {
public:
    handler_maker(const http_listener_options& listener, const handler_surroundings& around)
        : listener_(listener), around_(around) {}

    result<std::shared_ptr<http::handler>> operator()(const websocket_options& options) const {
        const std::uint64_t rate = around_.shaper_rate(options.client.shaper);
        return made(std::make_shared<websocket_handler>(options, rate, around_.addresses, around_.streams));
    }

    result<std::shared_ptr<http::handler>> operator()(const discovery_options&) const {
        discovery::paths mounted;
        for (const http_handler_options& other : listener_.handlers) {
            if (std::holds_alternative<websocket_options>(other.handler)) mounted.websocket = other.path;
        }
        return made(std::make_shared<discovery>(std::move(mounted)));
    }

    result<std::shared_ptr<http::handler>> operator()(const health_options&) const {
        return made(std::make_shared<health>(around_.ready));
    }

    result<std::shared_ptr<http::handler>> operator()(const static_options& options) const {
        if (options.directory.empty()) {
            auto files = around_.bundle(options.bundle);
            if (files.empty())
                log::warning("bundle_missing",
                             {{"bundle", options.bundle}, {"advice", "build with MEERKAT_WEB=ON"}});
            return made(std::make_shared<static_files>(std::move(files)));
        }
        auto files = read_folder(options.directory);
        if (files.has_error())
            return error(files.error().code, options.directory + ": " + files.error().detail);
        return made(std::make_shared<static_files>(std::move(*files)));
    }

private:
    template <class Handler>
    static std::shared_ptr<http::handler> made(std::shared_ptr<Handler> h) {
        return h;
    }

    const http_listener_options& listener_;
    const handler_surroundings& around_;
};

result<http::routes> mount(const http_listener_options& options, const handler_surroundings& around) {
    const handler_maker make(options, around);
    std::vector<http::route> list;
    for (const http_handler_options& each : options.handlers) {
        auto handler = std::visit(make, each.handler);
        if (handler.has_error()) return handler.error();
        for (std::string& path : routed_paths(each)) list.push_back({each.host, std::move(path), *handler});
    }
    return http::routes::make(std::move(list));
}

}  // namespace

http_listener::~http_listener() = default;

result<std::unique_ptr<http_listener>> http_listener::bind(runtime& shards,
                                                           const http_listener_options& options,
                                                           const handler_surroundings& around) {
    auto routes = mount(options, around);
    if (routes.has_error()) return routes.error();
    for (const std::string& each : routes->warnings()) log::warning("route_unreachable", {{"reason", each}});

    http::server_settings settings;
    settings.server_name = around.server_name;
    if (options.tls) {
        net::tls_settings tls = net::settings_from(*options.tls);
        tls.alpn = {"http/1.1"};
        auto context = net::tls_context::make(tls);
        if (context.has_error()) return context.error();
        settings.tls = std::move(*context);
    }
    net::listen_settings socket;
    socket.ip_address = options.socket.ip_address;
    socket.port = options.socket.port;
    socket.max_connections = options.transport.max_connections.value_or(0);
    auto listener = net::listener::bind(shards, socket);
    if (listener.has_error()) return listener.error();

    std::unique_ptr<http_listener> bound(new http_listener());
    bound->site_ = std::make_shared<const http::site>(http::site{std::move(*routes), std::move(settings)});
    bound->listener_ = std::move(*listener);
    for (unsigned i = 0; i < shards.size(); ++i)
        bound->servers_.push_back(std::make_unique<http::server>(shards.at(i), bound->site_));
    return bound;
}

void http_listener::start(unsigned accepting) {
    listener_->start(accepting,
                     [this](std::unique_ptr<net::byte_stream> stream, net::listener::token connection) {
                         servers_[shard::current().index()]->serve(std::move(stream), std::move(connection));
                     });
}

void http_listener::stop() { listener_->stop(); }

task<> http_listener::drain(unsigned shard, std::chrono::milliseconds grace) {
    co_await servers_[shard]->drain(grace);
}

}  // namespace meerkat
