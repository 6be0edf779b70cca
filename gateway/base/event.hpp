#pragma once
// One coroutine waits until another, or a callback, of the same shard says so. Remembers one notification, so
// that the order of the two does not matter.

#include "gateway/base/task.hpp"

#include <memory>

namespace meerkat {

class event {
public:
    event();
    ~event();  // ends a wait in progress
    event(const event&) = delete;
    event& operator=(const event&) = delete;

    // Returns after the next notify(), at once if one came since the last wait. One waiter at a time.
    // False when the event was destroyed or the waiter cancelled.
    task<bool> wait();

    // Wakes the waiter; it resumes in a later loop turn, not inside this call.
    void notify();

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace meerkat
