#pragma once
// A piece of work on its way to a database thread and back, together with its outcome. Only database.hpp and
// the threads behind it use this.

#include "gateway/base/error.hpp"
#include "gateway/base/function.hpp"
#include "gateway/db/connection.hpp"

#include <chrono>
#include <memory>
#include <type_traits>
#include <utility>

namespace meerkat::db {

namespace detail {
template <class T>
struct as_result {
    using type = result<T>;
};
template <class T>
struct as_result<result<T>> {
    using type = result<T>;
};
}  // namespace detail

// What reading or writing with this work yields: always a result, never one within another.
template <class Work>
using job_result = typename detail::as_result<std::invoke_result_t<Work&, connection&>>::type;

class job {
public:
    job() = default;
    virtual ~job() = default;
    job(const job&) = delete;
    job& operator=(const job&) = delete;

    // Runs the work on a database thread. False when it failed, by its own account or a statement's.
    virtual bool run(connection& c) = 0;
    // Replaces the outcome, whatever it was.
    virtual void fail(error reason) = 0;

    // Set by whoever queues it.
    unique_function<void(std::unique_ptr<job>)> done;
    std::chrono::steady_clock::time_point give_up;
};

template <class Work>
class job_of final : public job {
public:
    explicit job_of(Work work) : work_(std::move(work)) {}

    bool run(connection& c) override {
        if constexpr (std::is_void_v<std::invoke_result_t<Work&, connection&>>) {
            work_(c);
            outcome_ = job_result<Work>();
        } else {
            outcome_ = work_(c);
        }
        if (c.failure()) outcome_ = *c.failure();
        return outcome_.has_value();
    }
    void fail(error reason) override { outcome_ = std::move(reason); }

    job_result<Work> take() { return std::move(outcome_); }

private:
    Work work_;
    job_result<Work> outcome_ = error(errc::cancelled);
};

}  // namespace meerkat::db
