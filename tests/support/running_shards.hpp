#pragma once
// Shards with their threads, for tests of what coroutines do: the test's own thread waits for values.

#include "gateway/base/shard.hpp"
#include "gateway/base/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <future>
#include <utility>

namespace meerkat::testing {

class running_shards {
public:
    explicit running_shards(unsigned count = 1) : runtime_(count) { runtime_.start(); }

    runtime& all() { return runtime_; }

    // Starts the coroutine on a shard. It takes everything by value.
    template <class T>
    std::future<T> start(task<T> work, unsigned shard = 0) {
        return boost::asio::co_spawn(runtime_.at(shard).get_executor(), std::move(work),
                                     boost::asio::use_future);
    }

    // Starts it and waits for its value.
    template <class T>
    T run(task<T> work, unsigned shard = 0) {
        return get(start(std::move(work), shard));
    }

    // The test fails when the value is not there within 30 seconds.
    template <class T>
    static T get(std::future<T> value) {
        if (value.wait_for(std::chrono::seconds(30)) != std::future_status::ready) FAIL("a coroutine hangs");
        return value.get();
    }

private:
    runtime runtime_;
};

}  // namespace meerkat::testing
