#include "gateway/db/job_queue.hpp"

namespace meerkat::db {

void answer(std::unique_ptr<job> work) {
    auto done = std::move(work->done);
    done(std::move(work));
}

void job_queue::push(std::unique_ptr<job> work) {
    {
        const std::lock_guard lock(mutex_);
        if (!ended_ && jobs_.size() < limit_) {
            jobs_.push_back(std::move(work));
        } else {
            work->fail(error(ended_ ? errc::cancelled : errc::overloaded, "database queue"));
        }
    }
    if (work) {
        answer(std::move(work));
    } else {
        arrived_.notify_one();
    }
}

bool job_queue::take(std::vector<std::unique_ptr<job>>& into, std::size_t max) {
    std::vector<std::unique_ptr<job>> late;
    while (into.empty()) {
        {
            std::unique_lock lock(mutex_);
            arrived_.wait(lock, [this] { return ended_ || !jobs_.empty(); });
            if (ended_) return false;
            const auto now = std::chrono::steady_clock::now();
            while (!jobs_.empty() && into.size() < max) {
                auto& target = jobs_.front()->give_up < now ? late : into;
                target.push_back(std::move(jobs_.front()));
                jobs_.pop_front();
            }
        }
        for (auto& work : late) {
            work->fail(error(errc::timed_out, "database queue"));
            answer(std::move(work));
        }
        late.clear();
    }
    return true;
}

void job_queue::end() {
    std::deque<std::unique_ptr<job>> left;
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        left.swap(jobs_);
    }
    arrived_.notify_all();
    for (auto& work : left) {
        work->fail(error(errc::cancelled, "database queue"));
        answer(std::move(work));
    }
}

std::size_t job_queue::waiting() const {
    const std::lock_guard lock(mutex_);
    return jobs_.size();
}

}  // namespace meerkat::db
