#include "gateway/listeners.hpp"

#include "web/bundle.hpp"

#include <algorithm>
#include <optional>

namespace meerkat {

namespace {

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

std::uint64_t rate_of(const configuration& settings, const std::string& shaper) {
    const auto found = settings.access.shaper.find(shaper);
    return found == settings.access.shaper.end() ? 0 : found->second.max_rate;
}

// For each running listener its options in another file, where it may stand elsewhere among the others.
// Nothing when the two do not match.
template <class Listener, class Options>
std::optional<std::vector<const Options*>> pair_up(const std::vector<std::unique_ptr<Listener>>& running,
                                                   const std::vector<Options>& options) {
    if (running.size() != options.size()) return std::nullopt;
    std::vector<const Options*> pairs;
    for (const auto& each : running) {
        const auto found = std::find_if(options.begin(), options.end(), [&](const Options& o) {
            return o.socket.port == each->place().port && o.socket.ip_address == each->place().ip_address &&
                   std::find(pairs.begin(), pairs.end(), &o) == pairs.end();
        });
        if (found == options.end()) return std::nullopt;
        pairs.push_back(&*found);
    }
    return pairs;
}

}  // namespace

result<std::unique_ptr<listeners>> listeners::bind(core& server) {
    std::unique_ptr<listeners> made(new listeners());
    made->shards_ = server.shards().size();
    const auto settings = server.settings();
    const auto streams = [&server](unsigned shard) -> client_streams& { return server.streams(shard); };
    for (const c2s_listener_options& options : settings->listen.c2s) {
        auto bound = c2s_listener::bind(server.shards(), options, rate_of(*settings, options.client.shaper),
                                        server.addresses(), streams);
        if (bound.has_error()) return bound.error();
        (*bound)->measure(server.metrics());
        made->c2s_.push_back(std::move(*bound));
    }
    if (const auto& options = settings->services.bosh)
        made->bosh_ = std::make_unique<bosh_service>(server.shards(), *options);
    const handler_surroundings around{
        server.addresses(),
        streams,
        [&settings](const std::string& shaper) { return rate_of(*settings, shaper); },
        made->bosh_.get(),
        [ready = &made->ready_] { return ready->load(); },
        [](std::string_view name) { return files_of_bundle(web::bundle(name)); },
        settings->process.http_server_name.value_or("Meerkat"),
    };
    for (const http_listener_options& options : settings->listen.http) {
        auto bound = http_listener::bind(server.shards(), options, around);
        if (bound.has_error()) return bound.error();
        (*bound)->measure(server.metrics());
        made->http_.push_back(std::move(*bound));
    }
    return made;
}

void listeners::prepare(const configuration& next, preparation& change) {
    const auto c2s = pair_up(c2s_, next.listen.c2s);
    const auto http = pair_up(http_, next.listen.http);
    if (!c2s || !http) return change.problem("listeners were added or removed, which needs a restart");
    for (std::size_t i = 0; i < c2s_.size(); ++i)
        c2s_[i]->prepare(*(*c2s)[i], rate_of(next, (*c2s)[i]->client.shaper), change);
    const auto rates = [&next](const std::string& shaper) { return rate_of(next, shaper); };
    for (std::size_t i = 0; i < http_.size(); ++i) http_[i]->prepare(*(*http)[i], rates, change);
    if ((bosh_ != nullptr) != next.services.bosh.has_value())
        return change.problem("services.service_bosh was added or removed, which needs a restart");
    if (bosh_) change.then([this, options = *next.services.bosh] { bosh_->use(options); });
}

void listeners::prepare_tls(const configuration& settings, preparation& change) {
    const auto c2s = pair_up(c2s_, settings.listen.c2s);
    const auto http = pair_up(http_, settings.listen.http);
    if (!c2s || !http) return change.problem("listeners were added or removed, which needs a restart");
    for (std::size_t i = 0; i < c2s_.size(); ++i) c2s_[i]->prepare_tls(*(*c2s)[i], change);
    for (std::size_t i = 0; i < http_.size(); ++i) http_[i]->prepare_tls(*(*http)[i], change);
}

// Accepting is work too: the listeners take turns with the shards.
void listeners::start() {
    unsigned next = 0;
    for (auto& each : c2s_) each->start(next++ % shards_);
    for (auto& each : http_) each->start(next++ % shards_);
}

void listeners::stop() {
    for (auto& each : c2s_) each->stop();
    for (auto& each : http_) each->stop();
}

task<> listeners::drain_http(unsigned shard, std::chrono::milliseconds grace) {
    for (auto& each : http_) co_await each->drain(shard, grace);
}

task<> listeners::join(unsigned shard) {
    for (auto& each : c2s_) co_await each->join(shard);
}

std::vector<bound_address> listeners::addresses() const {
    std::vector<bound_address> all;
    for (const auto& each : c2s_) {
        const net::endpoint local = each->local();
        all.push_back({"c2s", tls_word(*each), local.ip, local.port});
    }
    for (const auto& each : http_) {
        const net::endpoint local = each->local();
        all.push_back({"http", each->encrypted() ? "tls" : "none", local.ip, local.port});
    }
    return all;
}

}  // namespace meerkat
