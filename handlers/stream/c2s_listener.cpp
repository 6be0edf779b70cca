#include "handlers/stream/c2s_listener.hpp"

#include "handlers/stream/xml_channel.hpp"

namespace meerkat {

namespace {

// Null without TLS.
result<std::shared_ptr<const net::tls_context>> make_context(const c2s_listener_options& options) {
    if (!options.tls) return std::shared_ptr<const net::tls_context>();
    net::tls_settings settings = net::settings_from(options.tls->options);
    settings.alpn = {"xmpp-client"};
    return net::tls_context::make(settings);
}

std::string name_of(const net::listener_options& place) { return "listen.c2s, " + place.name(); }

}  // namespace

net::listen_settings c2s_listener::socket_settings(const c2s_listener_options& options) {
    net::listen_settings settings = net::settings_from(options.socket);
    settings.backlog = options.backlog;
    settings.reuse_port = options.reuse_port;
    return settings;
}

c2s_listener::c2s_listener(runtime& shards, const c2s_listener_options& options,
                           net::listening_sockets sockets, net::address_limits& addresses, streams_of streams)
    : streams_(std::move(streams)),
      place_(options.socket),
      reuse_port_(options.reuse_port),
      rate_(std::make_shared<std::atomic<std::uint64_t>>(0)),
      entrance_(
          shards, net::listener::make(shards, std::move(sockets), options.max_connections.value_or(0)),
          [&addresses](const net::endpoint& client) { return addresses.enter(client); },
          [this](net::entrance::guest arrived) { hand_over(std::move(arrived)); }) {}

c2s_listener::~c2s_listener() = default;

result<std::unique_ptr<c2s_listener>> c2s_listener::make(runtime& shards, const c2s_listener_options& options,
                                                         std::uint64_t shaper_rate,
                                                         net::listening_sockets sockets,
                                                         net::address_limits& addresses, streams_of streams) {
    auto context = make_context(options);
    if (context.has_error())
        return error(context.error().code, name_of(options.socket) + ": " + context.error().detail);
    std::unique_ptr<c2s_listener> made(
        new c2s_listener(shards, options, std::move(sockets), addresses, std::move(streams)));
    *made->rate_ = shaper_rate;
    made->use(options, std::move(*context));
    return made;
}

void c2s_listener::use(const c2s_listener_options& options, std::shared_ptr<const net::tls_context> context) {
    offered next;
    next.profile =
        std::make_shared<const stream_profile>(stream_profile{options.client, rate_, options.zlib});
    if (context) expiry_.shown(*context);
    net::entrance::terms at_the_door{.proxy_protocol = options.socket.proxy_protocol, .tls = nullptr};
    if (options.tls && options.tls->mode == tls_mode::tls) {
        at_the_door.tls = std::move(context);
    } else if (options.tls) {
        next.tls = std::move(context);
        next.offer =
            options.tls->mode == tls_mode::starttls ? starttls_offer::optional : starttls_offer::required;
    }
    offered_.set(std::make_shared<const offered>(std::move(next)));
    entrance_.use(std::move(at_the_door));
}

void c2s_listener::prepare(const c2s_listener_options& next, std::uint64_t shaper_rate, preparation& change) {
    if (next.reuse_port != reuse_port_) change.problem(name_of(place_) + ": reuse_port needs a restart");
    auto context = make_context(next);
    if (context.has_error()) return change.problem(name_of(place_) + ": " + context.error().detail);
    change.then([this, next, context = std::move(*context), shaper_rate]() mutable {
        *rate_ = shaper_rate;
        use(next, std::move(context));
        entrance_.door().limit_connections(next.max_connections.value_or(0));
        sockets().set_backlog(next.backlog);
        sockets().set_unix_mode(next.socket.unix_mode);
    });
}

void c2s_listener::prepare_tls(const c2s_listener_options& next, preparation& change) {
    if (!next.tls) return;
    auto context = make_context(next);
    if (context.has_error()) {
        expiry_.unreadable();
        return change.problem(name_of(place_) + ": " + context.error().detail);
    }
    change.then([this, next, context = std::move(*context)]() mutable { use(next, std::move(context)); });
}

void c2s_listener::measure(metrics::registry& all) {
    if (!direct_tls() && !offered_.get()->tls) return expiry_.hide();
    const net::endpoint& at = sockets().local();
    expiry_.measure(all, {{"type", "c2s"}, {"address", at.ip}, {"port", std::to_string(at.port)}});
}

void c2s_listener::start(unsigned accepting) { entrance_.start(accepting); }

void c2s_listener::stop(net::listener::on_stopped stopped) {
    expiry_.hide();
    entrance_.door().stop(std::move(stopped));
}

task<> c2s_listener::finish(unsigned shard, std::chrono::milliseconds) { co_await entrance_.join(shard); }

void c2s_listener::hand_over(net::entrance::guest arrived) {
    client_streams& streams = streams_(shard::current().index());
    const auto now = offered_.get();
    auto made = std::make_unique<xml_channel>(std::move(arrived.stream), std::move(arrived.connection),
                                              now->offer, now->tls);
    streams.accept(std::move(made), now->profile, std::move(arrived.admission));
}

}  // namespace meerkat
