#pragma once
// Serves HTTP/1.1 on the connections it is given: reads requests, finds the handler, writes answers. One for
// each listener on each shard; what they share is immutable.

#include "gateway/base/deadline.hpp"
#include "gateway/base/shard.hpp"
#include "gateway/base/task_group.hpp"
#include "gateway/http/request_head.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/net/address_ranges.hpp"
#include "gateway/net/byte_stream.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

namespace meerkat::http {

class connection;
struct moving_connection;

struct server_settings {
    std::string server_name = "Meerkat";  // of the Server field
    head_limits limits;
    unsigned requests_per_connection = 1000;
    bool compress = false;                // answers, for clients that allow it
    net::address_ranges trusted_proxies;  // whose words about the client are believed

    milliseconds head{5'000};    // from its first byte, or from the connection's start, to its end
    milliseconds idle{60'000};   // between requests
    milliseconds body{15'000};   // without 4 KiB of progress
    milliseconds write{15'000};  // without progress
    milliseconds linger{1'000};  // for a peer that still sends after its last answer
};

// What connections are served from; replaced whole when the configuration changes.
struct site {
    http::routes routes;
    server_settings settings;
};

class server {
public:
    server(shard& home, std::shared_ptr<const site> served);
    ~server();  // after drain()
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    // For requests from now on.
    void use(std::shared_ptr<const site> served) { site_ = std::move(served); }
    const std::shared_ptr<const site>& present() const { return site_; }

    // Takes a connection; TLS, if any, has shaken hands. `token` is kept as long as the connection, also by
    // whoever takes it over.
    void serve(std::unique_ptr<net::byte_stream> stream, std::shared_ptr<void> token);

    // The servers of the same listener on all shards, of which this is one: connections may go to them.
    void know(const std::vector<std::shared_ptr<server>>& all) { siblings_ = {all.begin(), all.end()}; }
    bool has_siblings() const { return siblings_.size() > 1; }
    // From a connection. It ends when it is no longer welcome there.
    void send_to(unsigned shard, moving_connection leaving) const;

    // Serves no new connection, closes idle ones, lets running requests finish within `grace`, then closes
    // the rest. Returns when all connections have ended. Once.
    task<> drain(milliseconds grace);
    // While draining: closes the rest after this grace, if that is sooner.
    void hurry(milliseconds grace);

    std::size_t connections() const { return live_.size(); }

private:
    void receive(moving_connection arrived);
    task<> run(std::unique_ptr<connection> served);
    void close_all();

    shard& home_;
    std::shared_ptr<const site> site_;
    std::vector<std::weak_ptr<server>> siblings_;  // by shard; none: it is alone
    std::unordered_set<connection*> live_;
    task_group group_;
    deadline patience_;
    milliseconds given_up_at_{};  // on the shard's wheel, while draining
    bool draining_ = false;
};

}  // namespace meerkat::http
