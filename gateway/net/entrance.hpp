#pragma once
// The way into a listener of any kind: what a connection passes before it is served. First the PROXY header
// that names the client, where one is demanded, then the limit of the client's address, then the TLS
// handshake, where TLS begins with the first byte. Whoever does not pass is closed without a byte.

#include "gateway/base/shard.hpp"
#include "gateway/base/swapped.hpp"
#include "gateway/base/task_group.hpp"
#include "gateway/net/listener.hpp"
#include "gateway/net/tls_context.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace meerkat::net {

class entrance {
public:
    // What holds for a connection that comes now.
    struct terms {
        bool proxy_protocol = false;
        std::shared_ptr<const tls_context> tls;  // null: no TLS here
    };
    // One who has passed. The tokens count as long as they live: `connection` against the listener's
    // max_connections, `admission` against what its address may have.
    struct guest {
        std::unique_ptr<byte_stream> stream;
        std::shared_ptr<void> connection;
        std::shared_ptr<void> admission;
    };
    // Null: no more of that address. Called on the connection's shard, as `serve` is.
    using admit = std::function<std::shared_ptr<void>(const endpoint& client)>;
    using serve = std::function<void(guest)>;

    // Without `admitting` no address is limited.
    entrance(runtime& shards, std::unique_ptr<listener> door, admit admitting, serve serving);
    ~entrance();
    entrance(const entrance&) = delete;
    entrance& operator=(const entrance&) = delete;

    // Before start(); then for connections from now on. Any thread.
    void use(terms next);
    std::shared_ptr<const terms> present() const { return terms_.get(); }

    listener& door() { return *door_; }
    const listener& door() const { return *door_; }

    void start(unsigned accepting);
    // Returns when nobody is on the way in on this shard any more; each has a deadline. After the door has
    // stopped there.
    task<> join(unsigned shard);

private:
    void arrive(std::unique_ptr<byte_stream> stream, std::shared_ptr<void> connection);
    static task<> let_in(entrance* self, guest arrived, std::shared_ptr<const terms> held_to);
    bool admitted(guest& arrived) const;

    std::unique_ptr<listener> door_;
    admit admit_;
    serve serve_;
    swapped<terms> terms_;
    std::vector<std::unique_ptr<task_group>> under_way_;  // by shard
};

// Takes the PROXY header off the front of a connection and sets its peer. Whatever stands behind the header
// is left unread. False: it did not come in time, or it is none.
task<bool> take_proxy_header(byte_stream& plain, std::chrono::milliseconds patience);

}  // namespace meerkat::net
