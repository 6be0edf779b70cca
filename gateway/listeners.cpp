#include "gateway/listeners.hpp"

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

}  // namespace

result<std::unique_ptr<listeners>> listeners::bind(core& server) {
    std::unique_ptr<listeners> made(new listeners());
    const auto streams = [&server](unsigned shard) -> client_streams& { return server.streams(shard); };
    for (const c2s_listener_options& options : server.settings().listen.c2s) {
        auto bound = c2s_listener::bind(server.shards(), options, server.shaper_rate(options.client.shaper),
                                        server.addresses(), streams);
        if (bound.has_error()) return bound.error();
        made->c2s_.push_back(std::move(*bound));
    }
    return made;
}

void listeners::start() {
    unsigned next = 0;
    for (auto& each : c2s_) each->start(next++ % each->shard_count());
}

void listeners::stop() {
    for (auto& each : c2s_) each->stop();
}

task<> listeners::drain_http(unsigned, std::chrono::milliseconds) { co_return; }

task<> listeners::join(unsigned shard) {
    for (auto& each : c2s_) co_await each->join(shard);
}

std::vector<bound_address> listeners::addresses() const {
    std::vector<bound_address> all;
    for (const auto& each : c2s_) {
        const net::endpoint local = each->local();
        all.push_back({"c2s", tls_word(*each), local.ip, local.port});
    }
    return all;
}

}  // namespace meerkat
