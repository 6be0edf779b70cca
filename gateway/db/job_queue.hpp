#pragma once
// The bounded queue between the shards and a kind of database thread.

#include "gateway/db/job.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace meerkat::db {

// Hands the job, with its outcome, back to whoever waits for it.
void answer(std::unique_ptr<job> work);

class job_queue {
public:
    explicit job_queue(std::size_t limit) : limit_(limit) {}

    // Answers at once with overloaded when full, with cancelled after end().
    void push(std::unique_ptr<job> work);

    // Waits for jobs and moves at most `max` of them into `into`, which is empty. Those whose patience is
    // over have been answered and are not among them. False: the queue has ended.
    bool take(std::vector<std::unique_ptr<job>>& into, std::size_t max);

    // Answers what waits with cancelled and makes every take() return false.
    void end();

    std::size_t waiting() const;

private:
    const std::size_t limit_;
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<std::unique_ptr<job>> jobs_;
    bool ended_ = false;
};

}  // namespace meerkat::db
