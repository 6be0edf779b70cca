#include "gateway/base/task_group.hpp"

#include "gateway/base/event.hpp"
#include "tests/support/shard_runner.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace meerkat;
using meerkat::testing::shard_runner;
using meerkat::testing::turns;

namespace {

struct fixture {
    shard_runner here;
    task_group group{here.home()};
    event go;
    int ended = 0;
};

task<> wait_then_end(fixture* f) {
    co_await f->go.wait();
    ++f->ended;
}

// Ends only when it has been told so after the cancellation, as what closes a connection in order.
task<> end_slowly(fixture* f, event* asked, event* allowed) {
    const bool regular = co_await asked->wait();
    REQUIRE_FALSE(regular);
    co_await boost::asio::this_coro::reset_cancellation_state();
    co_await allowed->wait();
    ++f->ended;
}

task<> throw_at_once() {
    throw std::runtime_error("on purpose");
    co_return;
}

task<> throw_something_odd() {
    throw 42;  // NOLINT: whatever leaves a coroutine must end there
    co_return;
}

task<> end_at_once(fixture* f) {
    ++f->ended;
    co_return;
}

}  // namespace

TEST_CASE("a spawned coroutine runs at once, up to its first suspension") {
    fixture f;
    auto story = [](fixture* t) -> task<> {
        t->group.spawn(end_at_once(t));
        REQUIRE(t->ended == 1);
        t->group.spawn_closable(end_at_once(t));
        REQUIRE(t->ended == 2);
        co_await t->group.join();
    };
    f.here.run(story(&f));
}

TEST_CASE("joining an empty group returns at once, and a group may be used again after it") {
    fixture f;
    auto story = [](fixture* t) -> task<> {
        co_await t->group.join();
        for (int i = 0; i < 3; ++i) {
            t->group.spawn(wait_then_end(t));
            REQUIRE(t->group.size() == 1);
            t->go.notify();
            co_await t->group.join();
            REQUIRE(t->group.size() == 0);
        }
        REQUIRE(t->ended == 3);
    };
    f.here.run(story(&f));
}

TEST_CASE("cancel reaches every coroutine, those included that end while others are being told") {
    fixture f;
    auto story = [](fixture* t) -> task<> {
        for (int i = 0; i < 10; ++i) t->group.spawn(end_at_once(t));
        event never[5];
        auto wait = [](fixture* g, event* e) -> task<> {
            const bool woken = co_await e->wait();
            REQUIRE_FALSE(woken);
            ++g->ended;
        };
        for (event& each : never) t->group.spawn(wait(t, &each));
        co_await turns(2);
        REQUIRE(t->group.size() == 5);
        t->group.cancel();
        REQUIRE(t->group.cancelled());
        co_await t->group.join();
        REQUIRE(t->ended == 15);
    };
    f.here.run(story(&f));
}

TEST_CASE("join waits for what takes its time to end") {
    fixture f;
    event asked;
    event allowed;
    auto story = [](fixture* t, event* a, event* b) -> task<> {
        t->group.spawn(end_slowly(t, a, b));
        co_await turns(2);
        t->group.cancel();
        co_await turns(5);
        REQUIRE(t->group.size() == 1);
        b->notify();
        co_await t->group.join();
        REQUIRE(t->ended == 1);
    };
    f.here.run(story(&f, &asked, &allowed));
}

TEST_CASE("cancel does not reach what is ended by closing what it waits on") {
    fixture f;
    auto story = [](fixture* t) -> task<> {
        t->group.spawn_closable(wait_then_end(t));
        co_await turns(2);
        t->group.cancel();
        co_await turns(5);
        REQUIRE(t->ended == 0);
        t->go.notify();
        co_await t->group.join();
        REQUIRE(t->ended == 1);
    };
    f.here.run(story(&f));
}

TEST_CASE("an exception ends its own coroutine only") {
    fixture f;
    auto story = [](fixture* t) -> task<> {
        t->group.spawn(wait_then_end(t));
        t->group.spawn(throw_at_once());
        t->group.spawn_closable(throw_at_once());
        t->group.spawn(throw_something_odd());
        co_await turns(3);
        REQUIRE(t->group.size() == 1);
        t->go.notify();
        co_await t->group.join();
        REQUIRE(t->ended == 1);
    };
    f.here.run(story(&f));
}

TEST_CASE("what is still suspended when the runtime goes is destroyed with it") {
    const auto held = std::make_shared<int>(1);
    {
        shard_runner here;
        task_group group(here.home());
        event never;
        auto wait = [](std::shared_ptr<int>, event* e) -> task<> { co_await e->wait(); };
        auto story = [](task_group* g, task<> work) -> task<> {
            g->spawn(std::move(work));
            co_await turns(2);
        };
        here.run(story(&group, wait(held, &never)));
        REQUIRE(held.use_count() > 1);
    }
    REQUIRE(held.use_count() == 1);
}
