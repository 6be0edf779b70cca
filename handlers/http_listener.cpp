#include "handlers/http_listener.hpp"

#include "gateway/base/log.hpp"
#include "handlers/discovery/discovery.hpp"
#include "handlers/health/health.hpp"

namespace meerkat {

namespace {

// The table of handlers: from each type's options to what serves it.
class handler_maker {
public:
    // Handlers that a reload changes.
    struct changeable {
        std::vector<std::shared_ptr<websocket_handler>>& websockets;
        std::vector<std::shared_ptr<bosh_handler>>& bosh;
    };

    handler_maker(const http_listener_options& listener, const handler_surroundings& around, changeable keep)
        : listener_(listener), around_(around), keep_(keep) {}

    result<std::shared_ptr<http::handler>> operator()(const websocket_options& options) const {
        const std::uint64_t rate = around_.rates(options.client.shaper);
        keep_.websockets.push_back(
            std::make_shared<websocket_handler>(options, rate, around_.addresses, around_.streams));
        return made(keep_.websockets.back());
    }

    result<std::shared_ptr<http::handler>> operator()(const bosh_options& options) const {
        const std::uint64_t rate = around_.rates(options.client.shaper);
        keep_.bosh.push_back(
            std::make_shared<bosh_handler>(options, around_.bosh, rate, around_.addresses, around_.streams));
        return made(keep_.bosh.back());
    }

    result<std::shared_ptr<http::handler>> operator()(const discovery_options&) const {
        discovery::paths mounted;
        for (const http_handler_options& other : listener_.handlers) {
            if (std::holds_alternative<websocket_options>(other.handler)) mounted.websocket = other.path;
            if (std::holds_alternative<bosh_options>(other.handler)) mounted.bosh = other.path;
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
            return made(std::make_shared<static_files>(std::move(files), listener_.protocol.compress));
        }
        auto files = read_folder(options.directory);
        if (files.has_error())
            return error(files.error().code, options.directory + ": " + files.error().detail);
        return made(std::make_shared<static_files>(std::move(*files), listener_.protocol.compress));
    }

private:
    template <class Handler>
    static std::shared_ptr<http::handler> made(std::shared_ptr<Handler> h) {
        return h;
    }

    const http_listener_options& listener_;
    const handler_surroundings& around_;
    changeable keep_;
};

result<http::routes> mount(const http_listener_options& options, const handler_surroundings& around,
                           handler_maker::changeable keep) {
    const handler_maker make(options, around, keep);
    std::vector<http::route> list;
    for (const http_handler_options& each : options.handlers) {
        auto handler = std::visit(make, each.handler);
        if (handler.has_error()) return handler.error();
        for (std::string& path : routed_paths(each)) list.push_back({each.host, std::move(path), *handler});
    }
    return http::routes::make(std::move(list));
}

std::vector<std::string> mounted(const http_listener_options& options) {
    std::vector<std::string> all;
    for (const http_handler_options& each : options.handlers)
        all.push_back(std::to_string(each.handler.index()) + ' ' + each.host + ' ' + each.path);
    return all;
}

result<std::shared_ptr<const net::tls_context>> make_context(const net::tls_options& options) {
    net::tls_settings settings = net::settings_from(options);
    settings.alpn = {"http/1.1"};
    return net::tls_context::make(settings);
}

}  // namespace

http_listener::~http_listener() = default;

result<std::unique_ptr<http_listener>> http_listener::bind(runtime& shards,
                                                           const http_listener_options& options,
                                                           const handler_surroundings& around) {
    std::unique_ptr<http_listener> bound(new http_listener());
    auto routes = mount(options, around, {bound->websockets_, bound->bosh_});
    if (routes.has_error()) return routes.error();
    for (const std::string& each : routes->warnings()) log::warning("route_unreachable", {{"reason", each}});

    http::server_settings settings;
    settings.server_name = around.server_name;
    settings.compress = options.protocol.compress;
    if (options.tls) {
        auto context = make_context(*options.tls);
        if (context.has_error()) return context.error();
        bound->expiry_.shown(**context);
        settings.tls = std::move(*context);
    }
    net::listen_settings socket;
    socket.ip_address = options.socket.ip_address;
    socket.port = options.socket.port;
    socket.max_connections = options.transport.max_connections.value_or(0);
    auto listener = net::listener::bind(shards, socket);
    if (listener.has_error()) return listener.error();

    bound->site_.set(std::make_shared<const http::site>(http::site{std::move(*routes), std::move(settings)}));
    bound->mounted_ = mounted(options);
    bound->place_ = options.socket;
    bound->listener_ = std::move(*listener);
    for (unsigned i = 0; i < shards.size(); ++i)
        bound->servers_.push_back(std::make_unique<http::server>(shards.at(i), bound->site_.get()));
    return bound;
}

void http_listener::prepare(const http_listener_options& next, const shaper_rates& rates,
                            preparation& change) {
    // The order of handlers of different types is no option of its own, but routes go by it.
    if (mounted(next) != mounted_)
        return change.problem("listen.http, port " + std::to_string(next.socket.port) +
                              ": handlers were added, removed or moved, which needs a restart");
    prepare_tls(next, change);
    auto socket = websockets_.begin();
    auto bosh = bosh_.begin();
    for (const http_handler_options& each : next.handlers) {
        if (const auto* options = std::get_if<websocket_options>(&each.handler))
            (*socket++)->prepare(*options, rates(options->client.shaper), change);
        if (const auto* options = std::get_if<bosh_options>(&each.handler))
            (*bosh++)->prepare(*options, rates(options->client.shaper), change);
    }
    change.then(
        [this, most = next.transport.max_connections.value_or(0)] { listener_->limit_connections(most); });
}

void http_listener::prepare_tls(const http_listener_options& next, preparation& change) {
    if (!next.tls) return;
    auto context = make_context(*next.tls);
    if (context.has_error()) {
        expiry_.unreadable();
        return change.problem("listen.http, port " + std::to_string(next.socket.port) + ": " +
                              context.error().detail);
    }
    auto site = std::make_shared<http::site>(*site_.get());
    site->settings.tls = std::move(*context);
    change.then([this, site = std::move(site)]() mutable {
        expiry_.shown(*site->settings.tls);
        site_.set(std::move(site));
    });
}

void http_listener::measure(metrics::registry& all) {
    if (!encrypted()) return;
    const net::endpoint at = local();
    expiry_.measure(all, {{"type", "http"}, {"address", at.ip}, {"port", std::to_string(at.port)}});
}

void http_listener::start(unsigned accepting) {
    listener_->start(accepting,
                     [this](std::unique_ptr<net::byte_stream> stream, net::listener::token connection) {
                         http::server& here = *servers_[shard::current().index()];
                         here.use(site_.get());
                         here.serve(std::move(stream), std::move(connection));
                     });
}

void http_listener::stop() { listener_->stop(); }

task<> http_listener::drain(unsigned shard, std::chrono::milliseconds grace) {
    co_await servers_[shard]->drain(grace);
}

}  // namespace meerkat
