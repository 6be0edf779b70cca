#include "gateway/base/worker_pool.hpp"

#include "tests/support/running_shards.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>

using namespace meerkat;
using meerkat::testing::running_shards;
using namespace std::chrono_literals;

namespace {

// A job that holds its thread until it is let go.
struct gate {
    std::latch entered{1};
    std::latch open{1};
    void pass() {
        entered.count_down();
        open.wait();
    }
};

task<result<void>> block(worker_pool* pool, gate* g) {
    auto work = [g] { g->pass(); };
    auto done = co_await pool->run(work, 10s);
    co_return done;
}

task<result<int>> compute(worker_pool* pool, int value, std::chrono::milliseconds patience) {
    auto work = [value] { return value; };
    auto done = co_await pool->run(work, patience);
    co_return done;
}

task<bool> returns_to_its_shard(worker_pool* pool) {
    auto work = [] { return !shard::on_shard_thread(); };
    const auto elsewhere = co_await pool->run(work, 10s);
    co_return elsewhere.has_value() && *elsewhere&& shard::on_shard_thread();
}

task<result<int>> fail(worker_pool* pool, bool oddly) {
    auto work = [oddly]() -> int {
        if (oddly) throw 42;  // NOLINT: whatever a job throws must end there
        throw std::runtime_error("on purpose");
    };
    auto done = co_await pool->run(work, 10s);
    co_return done;
}

}  // namespace

TEST_CASE("work runs on a thread of the pool, and its value comes back to the shard that asked") {
    running_shards shards(2);
    worker_pool pool("work", 2, 10);
    REQUIRE(shards.run(returns_to_its_shard(&pool), 0));
    REQUIRE(shards.run(returns_to_its_shard(&pool), 1));
    REQUIRE(*shards.run(compute(&pool, 42, 10s)) == 42);
}

TEST_CASE("a full queue refuses at once") {
    running_shards shards;
    gate busy;
    worker_pool pool("work", 1, 2);
    auto first = shards.start(block(&pool, &busy));
    busy.entered.wait();
    auto second = shards.start(compute(&pool, 2, 10s));
    auto third = shards.start(compute(&pool, 3, 10s));
    const auto refused = shards.run(compute(&pool, 4, 10s));
    REQUIRE(refused.has_error());
    REQUIRE(refused.error() == errc::overloaded);
    REQUIRE(pool.queued() == 2);
    busy.open.count_down();
    REQUIRE(running_shards::get(std::move(first)).has_value());
    REQUIRE(*running_shards::get(std::move(second)) == 2);
    REQUIRE(*running_shards::get(std::move(third)) == 3);
}

TEST_CASE("work that waited longer than its patience is not run") {
    running_shards shards;
    gate busy;
    worker_pool pool("work", 1, 10);
    auto first = shards.start(block(&pool, &busy));
    busy.entered.wait();
    auto hurried = shards.start(compute(&pool, 1, -1ms));
    auto patient = shards.start(compute(&pool, 2, 10s));
    // Both are queued before the thread is free again.
    while (pool.queued() < 2) std::this_thread::yield();
    busy.open.count_down();
    const auto late = running_shards::get(std::move(hurried));
    REQUIRE(late.has_error());
    REQUIRE(late.error() == errc::timed_out);
    REQUIRE(*running_shards::get(std::move(patient)) == 2);
    REQUIRE(running_shards::get(std::move(first)).has_value());
}

TEST_CASE("an exception of the work is unavailable, and the pool goes on") {
    running_shards shards;
    worker_pool pool("work", 1, 10);
    for (const bool oddly : {false, true}) {
        const auto failed = shards.run(fail(&pool, oddly));
        REQUIRE(failed.has_error());
        REQUIRE(failed.error() == errc::unavailable);
    }
    REQUIRE(*shards.run(compute(&pool, 5, 10s)) == 5);
}

TEST_CASE("a pool that ends finishes what runs and cancels what waits") {
    running_shards shards;
    gate busy;
    auto pool = std::make_unique<worker_pool>("work", 1, 10);
    auto running = shards.start(block(pool.get(), &busy));
    busy.entered.wait();
    auto waiting = shards.start(compute(pool.get(), 1, 10s));
    while (pool->queued() < 1) std::this_thread::yield();
    std::thread ending([&pool] { pool.reset(); });
    busy.open.count_down();
    REQUIRE(running_shards::get(std::move(running)).has_value());
    // Which of the two it is depends on who takes the lock first; it is never lost.
    const auto answer = running_shards::get(std::move(waiting));
    if (answer.has_error()) REQUIRE(answer.error() == errc::cancelled);
    ending.join();
}

TEST_CASE("a pool answers every one of many askers on many shards") {
    running_shards shards(2);
    worker_pool pool("work", 2, 1000);
    std::vector<std::future<result<int>>> answers;
    for (int i = 0; i < 200; ++i)
        answers.push_back(shards.start(compute(&pool, i, 10s), static_cast<unsigned>(i % 2)));
    for (int i = 0; i < 200; ++i)
        REQUIRE(*running_shards::get(std::move(answers[static_cast<std::size_t>(i)])) == i);
}
