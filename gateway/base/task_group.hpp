#pragma once
// Who owns a coroutine: every one belongs to a task group, which can ask all of them to end and wait until
// they have. The only place where coroutines are started.

#include "gateway/base/task.hpp"

#include <cstddef>
#include <list>
#include <memory>

namespace meerkat {

class shard;

// The coroutines of one shard that share an owner. Shard-bound: every member is called on that shard's
// thread. Destroying a group that still runs something is a broken invariant.
class task_group {
public:
    explicit task_group(shard& home);
    ~task_group();
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;

    // Starts the coroutine; it runs at once up to its first suspension. Its arguments are held by value (a
    // reference only to what outlives the group). An exception that leaves it is logged and ends only it.
    void spawn(task<> work);

    // The same without a cancellation slot, for the many connections which are ended by closing what they
    // wait on: cheaper on every wait. cancel() does not reach it.
    void spawn_closable(task<> work);

    // Asks every coroutine to end: what it waits on ends as cancelled.
    void cancel();

    // Returns when the group is empty. One waiter.
    task<> join();

    std::size_t size() const { return running_; }
    bool cancelled() const { return cancelled_; }

private:
    struct child;
    struct joiner;
    void finished();

    shard& home_;
    std::list<std::unique_ptr<child>> children_;
    std::unique_ptr<joiner> joiner_;
    std::size_t running_ = 0;
    bool cancelled_ = false;
};

}  // namespace meerkat
