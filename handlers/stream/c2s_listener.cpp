#include "handlers/stream/c2s_listener.hpp"

#include "gateway/base/log.hpp"
#include "handlers/stream/xml_channel.hpp"

namespace meerkat {

namespace {

constexpr std::chrono::milliseconds handshake_time{5000};

net::listen_settings socket_settings(const c2s_listener_options& options) {
    net::listen_settings settings;
    settings.ip_address = options.socket.ip_address;
    settings.port = options.socket.port;
    settings.backlog = options.backlog;
    settings.max_connections = options.max_connections.value_or(0);
    return settings;
}

result<std::shared_ptr<const net::tls_context>> make_context(const c2s_tls_options& options) {
    net::tls_settings settings = net::settings_from(options.options);
    settings.alpn = {"xmpp-client"};
    return net::tls_context::make(settings);
}

}  // namespace

c2s_listener::c2s_listener(runtime& shards, net::address_limits& addresses, streams_of streams)
    : addresses_(addresses),
      streams_(std::move(streams)),
      rate_(std::make_shared<std::atomic<std::uint64_t>>(0)) {
    for (unsigned i = 0; i < shards.size(); ++i)
        handshakes_.push_back(std::make_unique<task_group>(shards.at(i)));
}

c2s_listener::~c2s_listener() = default;

result<std::unique_ptr<c2s_listener>> c2s_listener::bind(runtime& shards, const c2s_listener_options& options,
                                                         std::uint64_t shaper_rate,
                                                         net::address_limits& addresses, streams_of streams) {
    std::unique_ptr<c2s_listener> made(new c2s_listener(shards, addresses, std::move(streams)));
    if (options.tls) {
        auto context = make_context(*options.tls);
        if (context.has_error()) return context.error();
        made->expiry_.shown(**context);
        made->tls_.set(std::move(*context));
        made->direct_tls_ = options.tls->mode == tls_mode::tls;
        if (options.tls->mode == tls_mode::starttls) made->offer_ = starttls_offer::optional;
        if (options.tls->mode == tls_mode::starttls_required) made->offer_ = starttls_offer::required;
    }
    *made->rate_ = shaper_rate;
    made->profile_.set(
        std::make_shared<const stream_profile>(stream_profile{options.client, made->rate_, options.zlib}));
    auto socket = net::listener::bind(shards, socket_settings(options));
    if (socket.has_error()) return socket.error();
    made->place_ = options.socket;
    made->listener_ = std::move(*socket);
    return made;
}

void c2s_listener::prepare(const c2s_listener_options& next, std::uint64_t shaper_rate, preparation& change) {
    prepare_tls(next, change);
    auto profile = std::make_shared<const stream_profile>(stream_profile{next.client, rate_, next.zlib});
    change.then(
        [this, profile = std::move(profile), shaper_rate, most = next.max_connections.value_or(0)]() mutable {
            *rate_ = shaper_rate;
            profile_.set(std::move(profile));
            listener_->limit_connections(most);
        });
}

void c2s_listener::prepare_tls(const c2s_listener_options& next, preparation& change) {
    if (!next.tls) return;
    auto context = make_context(*next.tls);
    if (context.has_error()) {
        expiry_.unreadable();
        return change.problem("listen.c2s, port " + std::to_string(next.socket.port) + ": " +
                              context.error().detail);
    }
    change.then([this, context = std::move(*context)]() mutable {
        expiry_.shown(*context);
        tls_.set(std::move(context));
    });
}

void c2s_listener::measure(metrics::registry& all) {
    if (!tls_.get()) return;
    const net::endpoint at = local();
    expiry_.measure(all, {{"type", "c2s"}, {"address", at.ip}, {"port", std::to_string(at.port)}});
}

void c2s_listener::start(unsigned accepting) {
    listener_->start(accepting,
                     [this](std::unique_ptr<net::byte_stream> stream, net::listener::token connection) {
                         serve(std::move(stream), std::move(connection));
                     });
}

void c2s_listener::stop() { listener_->stop(); }

task<> c2s_listener::join(unsigned shard) { co_await handshakes_[shard]->join(); }

void c2s_listener::serve(std::unique_ptr<net::byte_stream> stream, net::listener::token connection) {
    std::shared_ptr<void> admission = addresses_.enter(stream->peer());
    if (!admission) {
        log::info("address_limit", {{"ip", stream->peer().ip}});
        return;
    }
    if (!direct_tls_) return hand_over(std::move(stream), std::move(connection), std::move(admission));
    handshakes_[shard::current().index()]->spawn_closable(
        secure(this, std::move(stream), std::move(connection), std::move(admission)));
}

task<> c2s_listener::secure(c2s_listener* self, std::unique_ptr<net::byte_stream> stream,
                            net::listener::token connection, std::shared_ptr<void> admission) {
    auto context = self->tls_.get();
    auto secured = co_await net::tls_accept(std::move(stream), std::move(context), handshake_time);
    if (secured.has_error()) co_return;  // silently: plain-text clients and scanners come by all day
    self->hand_over(std::move(*secured), std::move(connection), std::move(admission));
}

void c2s_listener::hand_over(std::unique_ptr<net::byte_stream> stream, net::listener::token connection,
                             std::shared_ptr<void> admission) {
    client_streams& streams = streams_(shard::current().index());
    auto made = std::make_unique<xml_channel>(std::move(stream), std::move(connection), offer_, tls_.get());
    streams.accept(std::move(made), profile_.get(), std::move(admission));
}

}  // namespace meerkat
