#include "gateway/net/connection_count.hpp"

#include <utility>

namespace meerkat::net {

connection_count::connection_count(runtime& shards, const std::vector<unsigned>& acceptors, std::size_t limit)
    : shards_(shards), limit_(limit) {
    for (const unsigned shard : acceptors) gates_.push_back(std::make_unique<gate>(shard));
}

void connection_count::leave(const std::shared_ptr<connection_count>& count) {
    --count->open_;
    wake_if_room(count);
}

void connection_count::set_limit(const std::shared_ptr<connection_count>& count, std::size_t limit) {
    count->limit_ = limit;
    wake_if_room(count);
}

bool connection_count::pause(std::size_t acceptor) {
    std::atomic<bool>& paused = gates_[acceptor]->paused;
    paused = true;
    // A connection that ended just before saw no pause to end.
    return full() || !paused.exchange(false);
}

void connection_count::when_room(std::size_t acceptor, unique_function<void()> call) {
    gates_[acceptor]->room = std::move(call);
}

// All who wait: none of them may sleep while there is room.
void connection_count::wake_if_room(const std::shared_ptr<connection_count>& count) {
    if (count->full()) return;
    for (const auto& each : count->gates_) {
        if (!each->paused.exchange(false)) continue;
        count->shards_.post(each->shard, [count, &waiting = *each] {
            if (waiting.room) waiting.room();
        });
    }
}

}  // namespace meerkat::net
