#include "gateway/listeners.hpp"

#include "gateway/base/log.hpp"
#include "web/bundle.hpp"

#include <algorithm>
#include <latch>
#include <optional>
#include <utility>

namespace meerkat {

namespace {

// For the requests under way on a listener that a reload has removed: longer than a long poll takes.
constexpr std::chrono::milliseconds removal_grace{75'000};

std::string_view tls_word(const c2s_listener& l) {
    if (l.direct_tls()) return "tls";
    switch (l.offer()) {
        case starttls_offer::none:
            return "none";
        case starttls_offer::optional:
            return "starttls";
        case starttls_offer::required:
            return "starttls_required";
    }
    return "none";
}
std::string_view tls_word(const http_listener& l) { return l.encrypted() ? "tls" : "none"; }

std::uint64_t rate_of(const configuration& settings, const std::string& shaper) {
    const auto found = settings.access.shaper.find(shaper);
    return found == settings.access.shaper.end() ? 0 : found->second.max_rate;
}

shaper_rates rates_of(const configuration& settings) {
    return [&settings](const std::string& shaper) { return rate_of(settings, shaper); };
}

http_general general_of(const configuration& settings) {
    return {settings.process.http_server_name.value_or("Meerkat"),
            net::address_ranges(settings.process.trusted_proxies)};
}

// Sockets for a listener: one that is there already, or bound now.
result<net::listening_sockets> sockets_for(const net::listen_settings& settings, unsigned shards,
                                           std::vector<net::listening_sockets>& spare) {
    if (auto taken = net::take_fitting(spare, settings)) return std::move(*taken);
    return net::listening_sockets::bind(settings, shards);
}

// Makes listeners of both types from their options.
class listener_maker {
public:
    listener_maker(core& server, const configuration& settings, const handler_surroundings& around,
                   std::vector<net::listening_sockets>& spare)
        : server_(server), settings_(settings), around_(around), spare_(spare) {}

    result<std::unique_ptr<c2s_listener>> make(const c2s_listener_options& options) {
        auto sockets = sockets_for(c2s_listener::socket_settings(options), server_.shards().size(), spare_);
        if (sockets.has_error()) return sockets.error();
        return c2s_listener::make(server_.shards(), options, rate_of(settings_, options.client.shaper),
                                  std::move(*sockets), server_.addresses(), around_.streams);
    }
    result<std::unique_ptr<http_listener>> make(const http_listener_options& options) {
        auto sockets = sockets_for(http_listener::socket_settings(options), server_.shards().size(), spare_);
        if (sockets.has_error()) return sockets.error();
        return http_listener::make(server_.shards(), options, general_of(settings_), rates_of(settings_),
                                   std::move(*sockets), around_);
    }

private:
    core& server_;
    const configuration& settings_;
    const handler_surroundings& around_;
    std::vector<net::listening_sockets>& spare_;
};

// For each of the options the running listener at the same place, null where there is none. Of several at
// one place (port 0) each is taken once.
template <class Listener, class Options>
std::vector<std::shared_ptr<Listener>> at_the_same_place(
    const std::vector<std::shared_ptr<Listener>>& running, const std::vector<Options>& options) {
    std::vector<std::shared_ptr<Listener>> found;
    for (const Options& each : options) {
        const auto there = std::ranges::find_if(running, [&](const std::shared_ptr<Listener>& l) {
            return l->place().same_place(each.socket) && std::ranges::find(found, l) == found.end();
        });
        found.push_back(there == running.end() ? nullptr : *there);
    }
    return found;
}

template <class Listener>
bound_address address_of(std::string_view type, const Listener& listening) {
    const net::listening_sockets& sockets = listening.sockets();
    if (!sockets.unix_path().empty()) return {type, tls_word(listening), "unix:" + sockets.unix_path(), 0};
    return {type, tls_word(listening), sockets.local().ip, sockets.local().port};
}

// Null: switched off.
std::shared_ptr<const bosh_service_options> bosh_of(const configuration& settings) {
    const auto& options = settings.services.bosh;
    return options ? std::make_shared<const bosh_service_options>(*options) : nullptr;
}

void warn_of_unused(const std::vector<net::listening_sockets>& sockets) {
    for (const net::listening_sockets& each : sockets)
        log::warning("inherited_socket_unused",
                     {{"address", each.name()}, {"advice", "no listener has this address: it is closed"}});
}

}  // namespace

struct listeners::farewells {
    explicit farewells(shard& home) : group(home) {}
    void add(const std::shared_ptr<http_listener>& removed) {
        std::erase_if(http, [](const auto& each) { return each.expired(); });
        http.push_back(removed);
    }
    void add(const std::shared_ptr<c2s_listener>&) {}  // what it waits for cannot be cut short

    std::vector<std::weak_ptr<http_listener>> http;
    task_group group;
};

struct listeners::changes {
    succession<c2s_listener> c2s;
    succession<http_listener> http;
};

listeners::listeners(core& server)
    : server_(server),
      bosh_(server.shards(), bosh_of(*server.settings())),
      around_{
          server.addresses(),
          [&server](unsigned shard) -> client_streams& { return server.streams(shard); },
          bosh_,
          [this] { return ready_.load(); },
          [](std::string_view name) { return files_of_bundle(web::bundle(name)); },
      } {
    for (unsigned i = 0; i < server.shards().size(); ++i)
        leaving_.push_back(std::make_unique<farewells>(server.shards().at(i)));
}

listeners::~listeners() = default;

result<std::unique_ptr<listeners>> listeners::bind(core& server,
                                                   std::vector<net::listening_sockets> inherited) {
    std::unique_ptr<listeners> made(new listeners(server));
    const auto settings = server.settings();
    listener_maker maker(server, *settings, made->around_, inherited);
    for (const c2s_listener_options& options : settings->listen.c2s) {
        auto bound = maker.make(options);
        if (bound.has_error()) return bound.error();
        (*bound)->measure(server.metrics());
        made->c2s_.push_back(std::move(*bound));
    }
    for (const http_listener_options& options : settings->listen.http) {
        auto bound = maker.make(options);
        if (bound.has_error()) return bound.error();
        (*bound)->measure(server.metrics());
        made->http_.push_back(std::move(*bound));
    }
    warn_of_unused(inherited);
    return made;
}

namespace {

// Fills `next` with those that stay, and finds out who goes.
template <class Listener, class Options, class Succession>
void keep_running(const std::vector<std::shared_ptr<Listener>>& running, const std::vector<Options>& options,
                  Succession& into) {
    into.next = at_the_same_place(running, options);
    for (const auto& each : running) {
        if (std::ranges::find(into.next, each) == into.next.end()) into.removed.push_back(each);
    }
}

// What listens at their places may go on listening there as something else, with nobody refused.
template <class Listener>
void offer_sockets(const std::vector<std::shared_ptr<Listener>>& removed,
                   std::vector<net::listening_sockets>& spare, preparation& change) {
    for (const auto& each : removed) {
        auto copy = each->sockets().copy();
        if (copy.has_error()) return change.problem(copy.error().detail);
        spare.push_back(std::move(*copy));
    }
}

template <class Options, class Succession>
void add_new(listener_maker& maker, const std::vector<Options>& options, Succession& into,
             preparation& change) {
    for (std::size_t i = 0; i < options.size(); ++i) {
        if (into.next[i]) continue;
        auto made = maker.make(options[i]);
        if (made.has_error()) {
            change.problem(made.error().detail);
            continue;
        }
        into.next[i] = std::move(*made);
        into.added.push_back(into.next[i]);
    }
}

}  // namespace

void listeners::prepare(const configuration& next, preparation& change) {
    change.then([this, options = bosh_of(next)]() mutable { bosh_.use(std::move(options)); });
    changes all;
    keep_running(c2s_, next.listen.c2s, all.c2s);
    keep_running(http_, next.listen.http, all.http);
    const http_general general = general_of(next);
    for (std::size_t i = 0; i < all.c2s.next.size(); ++i) {
        const c2s_listener_options& options = next.listen.c2s[i];
        if (const auto& there = all.c2s.next[i])
            there->prepare(options, rate_of(next, options.client.shaper), change);
    }
    for (std::size_t i = 0; i < all.http.next.size(); ++i) {
        if (const auto& there = all.http.next[i])
            there->prepare(next.listen.http[i], general, rates_of(next), change);
    }
    std::vector<net::listening_sockets> spare;
    offer_sockets(all.c2s.removed, spare, change);
    offer_sockets(all.http.removed, spare, change);
    listener_maker maker(server_, next, around_, spare);
    add_new(maker, next.listen.c2s, all.c2s, change);
    add_new(maker, next.listen.http, all.http, change);
    change.then([this, all = std::move(all)]() mutable { change_to(all); });
}

void listeners::prepare_tls(const configuration& settings, preparation& change) {
    const auto c2s = at_the_same_place(c2s_, settings.listen.c2s);
    const auto http = at_the_same_place(http_, settings.listen.http);
    for (std::size_t i = 0; i < c2s.size(); ++i) {
        if (c2s[i]) c2s[i]->prepare_tls(settings.listen.c2s[i], change);
    }
    for (std::size_t i = 0; i < http.size(); ++i) {
        if (http[i]) http[i]->prepare_tls(settings.listen.http[i], change);
    }
}

// The new ones first: at a place that changes hands somebody always accepts.
void listeners::change_to(changes& all) {
    const std::lock_guard lock(mutex_);
    c2s_ = std::move(all.c2s.next);
    http_ = std::move(all.http.next);
    for (const auto& each : c2s_) each->measure(server_.metrics());
    for (const auto& each : http_) each->measure(server_.metrics());
    if (!started_) return;
    const unsigned shards = server_.shards().size();
    for (const auto& each : all.c2s.added) each->start(next_shard_++ % shards);
    for (const auto& each : all.http.added) each->start(next_shard_++ % shards);
    for (const auto& each : all.c2s.removed) retire(each);
    for (const auto& each : all.http.removed) retire(each);
    // Whoever is told that the change is done finds it done, on whichever shard.
    std::latch done(shards);
    for (unsigned i = 0; i < shards; ++i) server_.shards().post(i, [&done] { done.count_down(); });
    done.wait();
}

namespace {

// Keeps a removed listener alive on one shard until nobody there needs it.
template <class Listener>
task<> see_off(std::shared_ptr<Listener> removed, unsigned shard) {
    co_await removed->finish(shard, removal_grace);
}

}  // namespace

template <class Listener>
void listeners::retire(const std::shared_ptr<Listener>& removed) {
    log::notice("listener_removed", {{"address", removed->sockets().name()}});
    removed->stop([this, removed](unsigned shard) {
        farewells& here = *leaving_[shard];
        here.add(removed);
        here.group.spawn_closable(see_off(removed, shard));
    });
}

// Accepting is work too: the listeners take turns with the shards.
void listeners::start() {
    const std::lock_guard lock(mutex_);
    started_ = true;
    const unsigned shards = server_.shards().size();
    for (auto& each : c2s_) each->start(next_shard_++ % shards);
    for (auto& each : http_) each->start(next_shard_++ % shards);
}

void listeners::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (auto& each : c2s_) each->stop();
    for (auto& each : http_) each->stop();
}

task<> listeners::drain_http(unsigned shard, std::chrono::milliseconds grace) {
    for (const auto& each : leaving_[shard]->http) {
        if (const auto leaving = each.lock()) leaving->hurry(shard, grace);
    }
    for (auto& each : http_) co_await each->drain(shard, grace);
    co_await leaving_[shard]->group.join();
}

task<> listeners::join(unsigned shard) {
    for (auto& each : c2s_) co_await each->finish(shard, milliseconds::zero());
    for (auto& each : http_) co_await each->join(shard);
}

std::vector<bound_address> listeners::addresses() const {
    const std::lock_guard lock(mutex_);
    std::vector<bound_address> all;
    if (stopped_) return all;
    for (const auto& each : c2s_) all.push_back(address_of("c2s", *each));
    for (const auto& each : http_) all.push_back(address_of("http", *each));
    return all;
}

}  // namespace meerkat
