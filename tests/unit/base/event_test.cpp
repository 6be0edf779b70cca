#include "gateway/base/event.hpp"

#include "gateway/base/task_group.hpp"
#include "tests/support/shard_runner.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <vector>

using namespace meerkat;
using meerkat::testing::shard_runner;
using meerkat::testing::turns;

namespace {

task<> wait_and_note(event* what, std::vector<bool>* answers) {
    const bool woken = co_await what->wait();
    answers->push_back(woken);
}

}  // namespace

TEST_CASE("an event wakes its waiter, in a later turn") {
    shard_runner here;
    event happened;
    std::vector<bool> answers;
    task_group group(here.home());
    auto story = [](event* e, std::vector<bool>* a, task_group* g) -> task<> {
        g->spawn(wait_and_note(e, a));
        co_await turns(2);
        REQUIRE(a->empty());
        e->notify();
        REQUIRE(a->empty());
        co_await g->join();
        REQUIRE(*a == std::vector<bool>{true});
    };
    here.run(story(&happened, &answers, &group));
}

TEST_CASE("an event remembers one notification, and not two") {
    shard_runner here;
    event happened;
    std::vector<bool> answers;
    task_group group(here.home());
    auto story = [](event* e, std::vector<bool>* a, task_group* g) -> task<> {
        e->notify();
        e->notify();
        const bool woken = co_await e->wait();
        REQUIRE(woken);
        g->spawn(wait_and_note(e, a));
        co_await turns(3);
        REQUIRE(a->empty());
        e->notify();
        co_await g->join();
    };
    here.run(story(&happened, &answers, &group));
}

TEST_CASE("an event may be waited for again and again") {
    shard_runner here;
    event ping;
    event pong;
    task_group group(here.home());
    auto echo = [](event* in, event* out, int times) -> task<> {
        for (int i = 0; i < times; ++i) {
            const bool woken = co_await in->wait();
            REQUIRE(woken);
            out->notify();
        }
    };
    auto story = [](task_group* g, task<> other, event* out, event* in) -> task<> {
        g->spawn(std::move(other));
        for (int i = 0; i < 100; ++i) {
            out->notify();
            const bool woken = co_await in->wait();
            REQUIRE(woken);
        }
        co_await g->join();
    };
    here.run(story(&group, echo(&ping, &pong, 100), &ping, &pong));
}

TEST_CASE("destroying an event, or cancelling the waiter, ends the wait with false") {
    shard_runner here;
    auto doomed = std::make_unique<event>();
    event other;
    std::vector<bool> answers;
    task_group group(here.home());
    auto story = [](std::unique_ptr<event>* d, event* o, std::vector<bool>* a, task_group* g) -> task<> {
        g->spawn(wait_and_note(d->get(), a));
        g->spawn(wait_and_note(o, a));
        co_await turns(2);
        d->reset();
        co_await turns(2);
        REQUIRE(*a == std::vector<bool>{false});
        g->cancel();
        co_await g->join();
        REQUIRE(*a == std::vector<bool>{false, false});
    };
    here.run(story(&doomed, &other, &answers, &group));
}
