#include "handlers/http_listener.hpp"

#include "gateway/base/log.hpp"
#include "handlers/stream/xml_channel.hpp"

namespace meerkat {

namespace {

constexpr std::string_view http_alpn = "http/1.1";
constexpr std::string_view xmpp_alpn = "xmpp-client";

// A supervisor may start this server before the old one has let go of the port.
constexpr unsigned bind_attempts = 20;

// Null without TLS.
result<std::shared_ptr<const net::tls_context>> make_context(const http_listener_options& options) {
    if (!options.tls) return std::shared_ptr<const net::tls_context>();
    net::tls_settings settings = net::settings_from(options.tls->options);
    settings.alpn = {std::string(http_alpn)};
    if (options.tls->xmpp_alpn) settings.alpn.emplace_back(xmpp_alpn);
    return net::tls_context::make(settings);
}

std::shared_ptr<const http::site> make_site(http::routes routes, const http_listener_options& options,
                                            const http_general& general) {
    http::server_settings settings;
    settings.compress = options.protocol.compress;
    settings.server_name = general.server_name;
    settings.trusted_proxies = general.trusted_proxies;
    return std::make_shared<const http::site>(http::site{std::move(routes), std::move(settings)});
}

std::string name_of(const net::listener_options& place) { return "listen.http, " + place.name(); }

error failed(const net::listener_options& place, const error& why) {
    return {why.code, name_of(place) + ": " + why.detail};
}

void warn_of_unreachable(const http::routes& routes) {
    for (const std::string& each : routes.warnings()) log::warning("route_unreachable", {{"reason", each}});
}

}  // namespace

net::listen_settings http_listener::socket_settings(const http_listener_options& options) {
    net::listen_settings settings = net::settings_from(options.socket);
    settings.attempts = bind_attempts;
    return settings;
}

http_listener::http_listener(runtime& shards, const http_listener_options& options,
                             net::listening_sockets sockets, const handler_surroundings& around)
    : shards_(shards),
      around_(around),
      place_(options.socket),
      xmpp_profile_(std::make_shared<const stream_profile>()),
      entrance_(
          shards,
          net::listener::make(shards, std::move(sockets), options.transport.max_connections.value_or(0)), {},
          [this](net::entrance::guest arrived) { arrive(std::move(arrived)); }) {}

http_listener::~http_listener() = default;

result<std::unique_ptr<http_listener>> http_listener::make(
    runtime& shards, const http_listener_options& options, const http_general& general,
    const shaper_rates& rates, net::listening_sockets sockets, const handler_surroundings& around) {
    preparation nothing_runs;
    auto mounted = mount(options, around, rates, {}, nothing_runs);
    if (mounted.has_error()) return failed(options.socket, mounted.error());
    auto routes = routes_to(*mounted, options);
    if (routes.has_error()) return failed(options.socket, routes.error());
    auto context = make_context(options);
    if (context.has_error()) return failed(options.socket, context.error());
    warn_of_unreachable(*routes);

    std::unique_ptr<http_listener> made(new http_listener(shards, options, std::move(sockets), around));
    made->mounted_ = std::move(*mounted);
    if (*context) made->expiry_.shown(**context);
    made->entrance_.use({.proxy_protocol = options.socket.proxy_protocol, .tls = std::move(*context)});
    const auto site = make_site(std::move(*routes), options, general);
    for (unsigned i = 0; i < shards.size(); ++i)
        made->servers_.push_back(std::make_shared<http::server>(shards.at(i), site));
    for (const auto& each : made->servers_) each->know(made->servers_);
    return made;
}

void http_listener::prepare(const http_listener_options& next, const http_general& general,
                            const shaper_rates& rates, preparation& change) {
    auto mounted = mount(next, around_, rates, mounted_, change);
    if (mounted.has_error()) return change.problem(failed(place_, mounted.error()).detail);
    auto routes = routes_to(*mounted, next);
    if (routes.has_error()) return change.problem(failed(place_, routes.error()).detail);
    auto context = make_context(next);
    if (context.has_error()) return change.problem(failed(place_, context.error()).detail);
    warn_of_unreachable(*routes);
    net::entrance::terms terms{.proxy_protocol = next.socket.proxy_protocol, .tls = std::move(*context)};
    change.then([this, mounted = std::move(*mounted), site = make_site(std::move(*routes), next, general),
                 terms = std::move(terms), most = next.transport.max_connections.value_or(0),
                 mode = next.socket.unix_mode]() mutable {
        mounted_ = std::move(mounted);
        serve_from(std::move(site));
        if (terms.tls) expiry_.shown(*terms.tls);
        entrance_.use(std::move(terms));
        entrance_.door().limit_connections(most);
        sockets().set_unix_mode(mode);
    });
}

// Each shard changes over when it comes to it: a request sees one or the other whole.
void http_listener::serve_from(std::shared_ptr<const http::site> site) {
    for (unsigned i = 0; i < shards_.size(); ++i)
        shards_.post(i, [server = servers_[i].get(), site] { server->use(site); });
}

void http_listener::prepare_tls(const http_listener_options& next, preparation& change) {
    if (!next.tls) return;
    auto context = make_context(next);
    if (context.has_error()) {
        expiry_.unreadable();
        return change.problem(failed(place_, context.error()).detail);
    }
    net::entrance::terms terms{.proxy_protocol = next.socket.proxy_protocol, .tls = std::move(*context)};
    change.then([this, terms = std::move(terms)]() mutable {
        expiry_.shown(*terms.tls);
        entrance_.use(std::move(terms));
    });
}

void http_listener::measure(metrics::registry& all) {
    if (!encrypted()) return expiry_.hide();
    const net::endpoint& at = sockets().local();
    expiry_.measure(all, {{"type", "http"}, {"address", at.ip}, {"port", std::to_string(at.port)}});
}

void http_listener::start(unsigned accepting) { entrance_.start(accepting); }

void http_listener::stop(net::listener::on_stopped stopped) {
    expiry_.hide();
    entrance_.door().stop(std::move(stopped));
}

task<> http_listener::drain(unsigned shard, std::chrono::milliseconds grace) {
    co_await servers_[shard]->drain(grace);
}

task<> http_listener::finish(unsigned shard, std::chrono::milliseconds grace) {
    co_await entrance_.join(shard);
    co_await servers_[shard]->drain(grace);
}

void http_listener::arrive(net::entrance::guest arrived) {
    const net::tls_facts* const tls = arrived.stream->tls();
    if (tls != nullptr && tls->alpn == xmpp_alpn) return greet_xmpp(std::move(arrived));
    servers_[shard::current().index()]->serve(std::move(arrived.stream), std::move(arrived.connection));
}

// As a [[listen.c2s]] with direct TLS would that says nothing else.
void http_listener::greet_xmpp(net::entrance::guest arrived) {
    arrived.admission = around_.addresses.enter(arrived.stream->peer());
    if (!arrived.admission) {
        log::info("address_limit", {{"ip", arrived.stream->peer().ip}});
        return;
    }
    client_streams& streams = around_.streams(shard::current().index());
    auto made = std::make_unique<xml_channel>(std::move(arrived.stream), std::move(arrived.connection),
                                              starttls_offer::none, nullptr);
    streams.accept(std::move(made), xmpp_profile_, std::move(arrived.admission));
}

}  // namespace meerkat
