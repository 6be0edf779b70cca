#pragma once
// All listeners of the configuration, with the handlers mounted on them.

#include "gateway/base/error.hpp"
#include "gateway/core.hpp"
#include "handlers/http_listener.hpp"
#include "handlers/stream/c2s_listener.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

// Where something listens, in the words of addresses.json.
struct bound_address {
    std::string_view type;  // "c2s", "http"
    std::string_view tls;   // "none", "starttls", "starttls_required", "tls"
    std::string address;
    std::uint16_t port;
};

class listeners {
public:
    // Binds every listener; the first that cannot be bound fails the whole, with a sentence in the detail.
    static result<std::unique_ptr<listeners>> bind(core& server);

    // Readies what a reload changes in listeners and handlers.
    void prepare(const configuration& next, preparation& change);
    // The same for certificates and keys only, read again where `settings` name them.
    void prepare_tls(const configuration& settings, preparation& change);

    void start();
    void stop();  // accepting
    // Ends HTTP on this shard: idle connections at once, requests under way when answered or after `grace`.
    task<> drain_http(unsigned shard, std::chrono::milliseconds grace);
    task<> join(unsigned shard);

    // What /readyz says.
    void set_ready(bool ready) { ready_ = ready; }

    std::vector<bound_address> addresses() const;

private:
    listeners() = default;

    std::unique_ptr<bosh_service> bosh_;  // null: not switched on
    std::vector<std::unique_ptr<c2s_listener>> c2s_;
    std::vector<std::unique_ptr<http_listener>> http_;
    unsigned shards_ = 1;
    std::atomic<bool> ready_{false};
};

}  // namespace meerkat
