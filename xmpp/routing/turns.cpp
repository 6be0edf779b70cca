#include "xmpp/routing/turns.hpp"

#include "gateway/base/event.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

namespace meerkat {

namespace {

struct waiter {
    event called;
    bool its_turn = false;
};

}  // namespace

// An owner is in the map while somebody has its turn; its queue holds those behind.
struct turns::state {
    std::size_t most_waiting;
    std::unordered_map<std::string, std::deque<std::shared_ptr<waiter>>> owners;
};

turns::turns(std::size_t most_waiting) : state_(std::make_shared<state>()) {
    state_->most_waiting = most_waiting;
}

turns::~turns() = default;

turns::turn::~turn() {
    // Nobody is left to let in when the module has gone before a coroutine of the same shard.
    const std::shared_ptr<state> of = of_.lock();
    if (!of) return;
    const auto place = of->owners.find(owner_);
    if (place == of->owners.end()) return;
    if (place->second.empty()) {
        of->owners.erase(place);
        return;
    }
    const std::shared_ptr<waiter> next = std::move(place->second.front());
    place->second.pop_front();
    next->its_turn = true;
    next->called.notify();
}

task<result<turns::turn>> turns::take(std::string owner) {
    const std::weak_ptr<state> of = state_;
    const auto [place, free] = state_->owners.try_emplace(owner);
    if (free) co_return turn(of, std::move(owner));
    if (place->second.size() >= state_->most_waiting)
        co_return error(errc::overloaded, "too many changes wait for one owner");
    const auto self = std::make_shared<waiter>();
    place->second.push_back(self);
    co_await self->called.wait();
    if (self->its_turn) co_return turn(of, std::move(owner));

    if (const std::shared_ptr<state> left = of.lock()) {
        const auto queue = left->owners.find(owner);
        if (queue != left->owners.end()) std::erase(queue->second, self);
    }
    co_return error(errc::cancelled);
}

}  // namespace meerkat
