#pragma once
// Threads for what may block or takes long: password hashing, SQLite, external programs. Each pool has a
// name, a fixed number of threads and a bounded queue; a shard only ever waits for it as a coroutine.

#include "gateway/base/error.hpp"
#include "gateway/base/function.hpp"
#include "gateway/base/task.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace meerkat {

class worker_pool {
public:
    worker_pool(std::string name, unsigned threads, std::size_t queue_limit);
    ~worker_pool();  // refuses what is queued (errc::cancelled), finishes what runs, joins
    worker_pool(const worker_pool&) = delete;
    worker_pool& operator=(const worker_pool&) = delete;

    // Runs `work` on a thread of the pool and resumes the caller on its own shard with what it returned.
    // overloaded: the queue is full. timed_out: it waited in the queue longer than `patience`; it was not
    // run. `work` is called once, on another thread: it owns all it touches. An exception becomes
    // errc::unavailable.
    template <class Work>
    task<result<std::invoke_result_t<Work&>>> run(Work work, std::chrono::milliseconds patience) {
        using Value = std::invoke_result_t<Work&>;
        auto slot = std::make_shared<result<Value>>(error(errc::cancelled));
        unique_function<void()> job = [slot, work = std::move(work)]() mutable {
            if constexpr (std::is_void_v<Value>) {
                work();
                *slot = result<Value>();
            } else {
                *slot = work();
            }
        };
        const result<void> outcome = co_await execute(std::move(job), patience);
        if (outcome.has_error()) co_return outcome.error();
        co_return std::move(*slot);
    }

    std::size_t queued() const;

private:
    struct state;
    task<result<void>> execute(unique_function<void()> job, std::chrono::milliseconds patience);
    std::shared_ptr<state> state_;
};

}  // namespace meerkat
