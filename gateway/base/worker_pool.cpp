#include "gateway/base/worker_pool.hpp"

#include "gateway/base/log.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <thread>
#include <vector>

namespace meerkat {

namespace {
using clock_type = std::chrono::steady_clock;

// What a queued job answers to: resumes the waiting coroutine on its shard.
using answer = unique_function<void(std::optional<errc>)>;
}  // namespace

struct worker_pool::state {
    struct entry {
        unique_function<void()> job;
        clock_type::time_point give_up;
        answer done;
    };

    std::string name;
    std::size_t limit;
    mutable std::mutex mutex;
    std::condition_variable work_arrived;
    std::deque<entry> queue;
    bool ending = false;
    std::vector<std::thread> threads;

    void serve() {
        for (;;) {
            std::unique_lock lock(mutex);
            work_arrived.wait(lock, [this] { return ending || !queue.empty(); });
            if (queue.empty()) return;
            entry next = std::move(queue.front());
            queue.pop_front();
            const bool refuse = ending;
            lock.unlock();
            if (refuse) {
                next.done(errc::cancelled);
            } else if (clock_type::now() > next.give_up) {
                next.done(errc::timed_out);
            } else {
                next.done(perform(next.job));
            }
        }
    }

    std::optional<errc> perform(unique_function<void()>& job) const {
        try {
            job();
            job = nullptr;
            return std::nullopt;
        } catch (const std::exception& e) {
            log::error("worker_failed", {{"pool", name}, {"reason", e.what()}});
        } catch (...) {
            log::error("worker_failed", {{"pool", name}, {"reason", "unknown"}});
        }
        return errc::unavailable;
    }
};

worker_pool::worker_pool(std::string name, unsigned threads, std::size_t queue_limit)
    : state_(std::make_shared<state>()) {
    state_->name = std::move(name);
    state_->limit = queue_limit;
    for (unsigned i = 0; i < threads; ++i) {
        state_->threads.emplace_back([s = state_.get()] { s->serve(); });
        pthread_setname_np(state_->threads.back().native_handle(), state_->name.substr(0, 15).c_str());
    }
}

worker_pool::~worker_pool() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->ending = true;
    }
    state_->work_arrived.notify_all();
    for (auto& thread : state_->threads) thread.join();
}

std::size_t worker_pool::queued() const {
    const std::lock_guard lock(state_->mutex);
    return state_->queue.size();
}

task<result<void>> worker_pool::execute(unique_function<void()> job, std::chrono::milliseconds patience) {
    const executor here = co_await boost::asio::this_coro::executor;
    const auto pool = state_;
    const auto give_up = clock_type::now() + patience;
    auto start = [pool, here, give_up, &job](auto handler) {
        using Handler = decltype(handler);
        auto waiting = std::make_shared<Handler>(std::move(handler));
        // Keeps the shard's loop alive until the answer is there.
        answer done = [here, waiting,
                       guard = boost::asio::make_work_guard(here)](std::optional<errc> failure) mutable {
            boost::asio::post(here, [waiting = std::move(waiting), failure] { (*waiting)(failure); });
            guard.reset();
        };
        errc refusal = errc::overloaded;
        {
            const std::lock_guard lock(pool->mutex);
            if (pool->ending) {
                refusal = errc::cancelled;
            } else if (pool->queue.size() < pool->limit) {
                pool->queue.push_back({std::move(job), give_up, std::move(done)});
                pool->work_arrived.notify_one();
                return;
            }
        }
        done(refusal);
    };
    auto operation =
        boost::asio::async_initiate<const boost::asio::use_awaitable_t<executor>, void(std::optional<errc>)>(
            start, use_task);
    const std::optional<errc> failure = co_await std::move(operation);
    if (failure) co_return error(*failure, pool->name);
    co_return result<void>();
}

}  // namespace meerkat
