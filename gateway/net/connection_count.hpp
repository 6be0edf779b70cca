#pragma once
// How many connections a listener has open, counted from any thread, and the acceptors that wait for room.
// The listener's own; nobody else includes this.

#include "gateway/base/function.hpp"
#include "gateway/base/shard.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

namespace meerkat::net {

class connection_count {
public:
    // One gate for each acceptor, with the shard it runs on. A limit of 0 is none.
    connection_count(runtime& shards, const std::vector<unsigned>& acceptors, std::size_t limit);

    void enter() { ++open_; }
    bool full() const {
        const std::size_t limit = limit_;
        return limit != 0 && open_ >= limit;
    }
    static void leave(const std::shared_ptr<connection_count>& count);
    static void set_limit(const std::shared_ptr<connection_count>& count, std::size_t limit);

    // True when the acceptor has to wait; what it said in when_room() is then called on its shard, once.
    bool pause(std::size_t acceptor);
    // On the acceptor's shard. Empty: it is gone.
    void when_room(std::size_t acceptor, unique_function<void()> call);

private:
    struct gate {
        explicit gate(unsigned on) : shard(on) {}
        const unsigned shard;
        std::atomic<bool> paused{false};
        unique_function<void()> room;
    };
    static void wake_if_room(const std::shared_ptr<connection_count>& count);

    runtime& shards_;
    std::vector<std::unique_ptr<gate>> gates_;
    std::atomic<std::size_t> limit_;
    std::atomic<std::size_t> open_{0};
};

// A connection as long as it is counted.
struct counted_connection {
    explicit counted_connection(std::shared_ptr<connection_count> of) : count(std::move(of)) {
        count->enter();
    }
    counted_connection(const counted_connection&) = delete;
    counted_connection& operator=(const counted_connection&) = delete;
    ~counted_connection() { connection_count::leave(count); }

    const std::shared_ptr<connection_count> count;
};

}  // namespace meerkat::net
