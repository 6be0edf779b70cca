#pragma once
// Runs a coroutine on a shard of the test's own thread until it ends, so that a test reads from top to
// bottom. What the coroutine throws, a failed REQUIRE included, is thrown again to the test.

#include "gateway/base/shard.hpp"
#include "gateway/base/task_group.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <csignal>
#include <exception>
#include <stdexcept>
#include <utility>

namespace meerkat::testing {

class shard_runner {
public:
    shard_runner() {
        std::signal(SIGPIPE, SIG_IGN);  // as the server does: OpenSSL writes without MSG_NOSIGNAL
    }

    shard& home() { return runtime_.at(0); }
    runtime& all() { return runtime_; }

    // Once per runner. Coroutines that the work left behind are destroyed with the runner.
    void run(task<> work) {
        boost::asio::steady_timer watchdog(home().context(), std::chrono::seconds(30));
        watchdog.async_wait([this](const boost::system::error_code& ended) {
            if (ended) return;
            failure_ = std::make_exception_ptr(std::runtime_error("the test hangs"));
            home().context().stop();
        });
        group_.spawn_closable(finish(std::move(work)));
        home().run();
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    }

private:
    task<> finish(task<> work) {
        try {
            co_await std::move(work);
        } catch (...) {
            failure_ = std::current_exception();
        }
        home().context().stop();
    }

    runtime runtime_{1};
    task_group group_{home()};
    std::exception_ptr failure_;
};

// Lets everything that is ready on the shard run, `count` loop turns long.
inline task<> turns(int count = 1) {
    for (int i = 0; i < count; ++i) {
        co_await boost::asio::post(shard::current().context(), use_task);
    }
}

// Moves the shard's deadlines ahead, as if that much time had passed.
inline void pass(milliseconds time) {
    deadline_wheel& wheel = shard::current().deadlines();
    wheel.advance_to(wheel.now() + time + 2 * deadline_wheel::tick);
}

}  // namespace meerkat::testing
