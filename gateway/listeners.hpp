#pragma once
// All listeners of the configuration, with the handlers mounted on them; those that a reload has removed too,
// until the last of their connections has found its end or its session.

#include "gateway/base/error.hpp"
#include "gateway/core.hpp"
#include "handlers/http_listener.hpp"
#include "handlers/stream/c2s_listener.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

// Where something listens, in the words of addresses.json.
struct bound_address {
    std::string_view type;  // "c2s", "http"
    std::string_view tls;   // "none", "starttls", "starttls_required", "tls"
    std::string address;    // "unix:PATH" of a UNIX socket
    std::uint16_t port;

    friend bool operator==(const bound_address&, const bound_address&) = default;
};

class listeners {
public:
    // Binds every listener, or takes one of the sockets that somebody else has bound; those that nobody wants
    // are closed with a warning. The first that fails fails the whole, with a sentence in the detail.
    static result<std::unique_ptr<listeners>> bind(core& server,
                                                   std::vector<net::listening_sockets> inherited);
    ~listeners();

    // Readies what a reload changes in listeners and handlers. New ones are bound here already, so that
    // whatever stands in the way is known before anything changes.
    void prepare(const configuration& next, preparation& change);
    // The same for certificates and keys only, read again where `settings` name them.
    void prepare_tls(const configuration& settings, preparation& change);

    void start();
    void stop();  // accepting; no change comes after it
    // Ends HTTP on this shard: idle connections at once, requests under way when answered or after `grace`.
    task<> drain_http(unsigned shard, std::chrono::milliseconds grace);
    task<> join(unsigned shard);

    // What /readyz says.
    void set_ready(bool ready) { ready_ = ready; }

    // None once it has stopped.
    std::vector<bound_address> addresses() const;

private:
    template <class Listener>
    using all_of = std::vector<std::shared_ptr<Listener>>;
    // What listens after a change, and what no longer does.
    template <class Listener>
    struct succession {
        all_of<Listener> next;  // in the order of the file
        all_of<Listener> added, removed;
    };
    struct changes;

    explicit listeners(core& server);
    void change_to(changes& all);
    template <class Listener>
    void retire(const std::shared_ptr<Listener>& removed);

    core& server_;
    bosh_service bosh_;
    handler_surroundings around_;
    mutable std::mutex mutex_;  // of the two lists, which a reload changes
    all_of<c2s_listener> c2s_;
    all_of<http_listener> http_;
    bool started_ = false;
    bool stopped_ = false;
    unsigned next_shard_ = 0;
    std::atomic<bool> ready_{false};
    // By shard, each touched there only: who is removed, and waiting for the end of its connections.
    struct farewells;
    std::vector<std::unique_ptr<farewells>> leaving_;
};

}  // namespace meerkat
