#include "gateway/base/shard.hpp"

#include "tests/support/running_shards.hpp"
#include "tests/support/shard_runner.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <latch>
#include <set>
#include <string>

using namespace meerkat;
using meerkat::testing::running_shards;
using meerkat::testing::shard_runner;
using meerkat::testing::turns;

namespace {

struct noted final : turn_end_work {
    explicit noted(shard& at) : home(at) {}
    void ask() { home.at_turn_end(*this); }
    void at_turn_end() override {
        ++runs;
        if (then) then();
    }
    using turn_end_work::forget;
    using turn_end_work::queued;

    shard& home;
    int runs = 0;
    unique_function<void()> then;
};

}  // namespace

TEST_CASE("work for the end of a turn is done once, however often it was asked for") {
    shard_runner here;
    noted work(here.home());
    auto story = [](noted* w) -> task<> {
        w->ask();
        w->ask();
        REQUIRE(w->queued());
        REQUIRE(w->runs == 0);
        co_await turns();
        REQUIRE(w->runs == 1);
        REQUIRE_FALSE(w->queued());
        w->ask();
        co_await turns();
        REQUIRE(w->runs == 2);
    };
    here.run(story(&work));
}

TEST_CASE("work that asks for itself again belongs to the next turn") {
    shard_runner here;
    noted work(here.home());
    work.then = [&work] {
        if (work.runs < 3) work.ask();
    };
    auto story = [](noted* w) -> task<> {
        w->ask();
        co_await turns();
        REQUIRE(w->runs == 1);
        co_await turns(4);
        REQUIRE(w->runs == 3);
    };
    here.run(story(&work));
}

TEST_CASE("work that is destroyed before the turn ends is not done, even by other work of the same turn") {
    shard_runner here;
    auto first = std::make_unique<noted>(here.home());
    auto second = std::make_unique<noted>(here.home());
    noted last(here.home());
    auto forgotten = std::make_unique<noted>(here.home());
    first->then = [&second] { second.reset(); };
    auto story = [](noted* a, noted* b, std::unique_ptr<noted>* c, noted* d) -> task<> {
        a->ask();
        b->ask();
        (*c)->ask();
        d->ask();
        c->reset();
        co_await turns(2);
        REQUIRE(d->runs == 1);
    };
    here.run(story(first.get(), second.get(), &forgotten, &last));
    REQUIRE(second == nullptr);
    REQUIRE(first->runs == 1);
}

TEST_CASE("work that waits for its turn's end may be taken back") {
    shard_runner here;
    noted work(here.home());
    auto story = [](noted* w) -> task<> {
        w->ask();
        w->forget();
        co_await turns(2);
        REQUIRE(w->runs == 0);
    };
    here.run(story(&work));
}

TEST_CASE("mail between shards keeps its order, over turns and batches") {
    running_shards shards(2);
    std::vector<int> got;  // the receiver's
    std::latch all(1);
    constexpr int count = 1000;
    auto story = [](std::vector<int>* to, std::latch* done) -> task<> {
        for (int i = 0; i < count; ++i) {
            shard::current().send(1, [to, done, i] {
                to->push_back(i);
                if (i == count - 1) done->count_down();
            });
            if (i % 7 == 0) co_await turns();
        }
    };
    shards.run(story(&got, &all));
    all.wait();
    REQUIRE(got.size() == count);
    REQUIRE(std::is_sorted(got.begin(), got.end()));
}

TEST_CASE("mail to one's own shard is queued and not run at once") {
    shard_runner here;
    bool ran = false;
    auto story = [](bool* flag) -> task<> {
        shard& self = shard::current();
        self.all().post(self.index(), [flag] { *flag = true; });
        REQUIRE_FALSE(*flag);
        co_await turns(3);
        REQUIRE(*flag);
    };
    here.run(story(&ran));
}

TEST_CASE("mail that is answered with mail reaches everybody") {
    running_shards shards(2);
    constexpr int rounds = 500;
    struct game {
        int left = rounds;
        std::latch over{1};
        void play() {
            if (--left == 0) return over.count_down();
            shard& self = shard::current();
            self.send(1 - self.index(), [this] { play(); });
        }
    } ball;
    shards.all().post(0, [&ball] { ball.play(); });
    ball.over.wait();
    REQUIRE(ball.left == 0);
}

TEST_CASE("what a foreign thread posts runs on the shard, in order") {
    running_shards shards(2);
    REQUIRE_FALSE(shard::on_shard_thread());
    std::vector<int> got;
    std::latch all(1);
    for (int i = 0; i < 500; ++i) {
        shards.all().post(1, [&got, &all, i] {
            if (shard::current().index() == 1) got.push_back(i);
            if (i == 499) all.count_down();
        });
    }
    all.wait();
    REQUIRE(got.size() == 500);
    REQUIRE(std::is_sorted(got.begin(), got.end()));
}

TEST_CASE(
    "every bare address has one home, the same in every runtime of that size, and the homes share them") {
    runtime one(3);
    runtime same(3);
    std::vector<int> users(3);
    for (int i = 0; i < 3000; ++i) {
        const std::string bare = "user" + std::to_string(i) + "@example.org";
        const unsigned home = one.home_of(bare);
        REQUIRE(home < 3);
        REQUIRE(home == same.home_of(bare));
        ++users[home];
    }
    for (const int n : users) CHECK(n > 800);
}

TEST_CASE("a runtime that never ran, or stops with mail on the way, destroys what it holds") {
    const auto held = std::make_shared<int>(1);
    {
        runtime idle(2);
        idle.post(0, [held] {});
        idle.post(1, [held] {});
    }
    REQUIRE(held.use_count() == 1);
}

TEST_CASE("an armed deadline of a running shard expires by itself") {
    struct waiter {
        std::latch over{1};
        deadline due;
        waiter() { due.calls<&waiter::expired>(*this); }
        void expired() { over.count_down(); }
    } w;
    running_shards shards(1);
    shards.all().post(0, [&w] { w.due.arm(shard::current().deadlines(), milliseconds{1}); });
    w.over.wait();
    REQUIRE_FALSE(w.due.armed());
}
