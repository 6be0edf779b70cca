#include "gateway/listeners.hpp"

#include "web/bundle.hpp"

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
        made->c2s_.push_back(std::move(*bound));
    }
    const handler_surroundings around{
        server.addresses(),
        streams,
        [&settings](const std::string& shaper) { return rate_of(*settings, shaper); },
        [ready = &made->ready_] { return ready->load(); },
        [](std::string_view name) { return files_of_bundle(web::bundle(name)); },
        settings->process.http_server_name.value_or("Meerkat"),
    };
    for (const http_listener_options& options : settings->listen.http) {
        auto bound = http_listener::bind(server.shards(), options, around);
        if (bound.has_error()) return bound.error();
        made->http_.push_back(std::move(*bound));
    }
    return made;
}

void listeners::prepare(const configuration& next, preparation& change) {
    if (next.listen.c2s.size() != c2s_.size() || next.listen.http.size() != http_.size())
        return change.problem("listeners were added or removed, which needs a restart");
    for (std::size_t i = 0; i < c2s_.size(); ++i) {
        const c2s_listener_options& options = next.listen.c2s[i];
        c2s_[i]->prepare(options, rate_of(next, options.client.shaper), change);
    }
    const auto rates = [&next](const std::string& shaper) { return rate_of(next, shaper); };
    for (std::size_t i = 0; i < http_.size(); ++i) http_[i]->prepare(next.listen.http[i], rates, change);
}

void listeners::prepare_tls(const configuration& settings, preparation& change) {
    for (std::size_t i = 0; i < c2s_.size(); ++i) c2s_[i]->prepare_tls(settings.listen.c2s[i], change);
    for (std::size_t i = 0; i < http_.size(); ++i) http_[i]->prepare_tls(settings.listen.http[i], change);
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
