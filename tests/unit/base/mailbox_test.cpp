#include "gateway/base/mailbox.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

using meerkat::mail;
using meerkat::mailbox;

namespace {

std::vector<mail> batch(std::vector<int>& out, std::initializer_list<int> numbers) {
    std::vector<mail> calls;
    for (const int n : numbers) calls.emplace_back([&out, n] { out.push_back(n); });
    return calls;
}

// How a shard is woken: a bell that rings once for each "was empty".
class bell {
public:
    void ring() {
        const std::lock_guard lock(mutex_);
        ++rung_;
        changed_.notify_one();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return rung_ > 0; });
        --rung_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int rung_ = 0;
};

}  // namespace

TEST_CASE("mail runs in the order it was sent, over batches") {
    mailbox box;
    std::vector<int> order;
    box.deliver(batch(order, {1, 2}));
    box.deliver(batch(order, {3}));
    box.deliver(batch(order, {4, 5}));
    REQUIRE(box.waiting() == 5);
    box.drain();
    REQUIRE(order == std::vector<int>{1, 2, 3, 4, 5});
    REQUIRE(box.waiting() == 0);
}

TEST_CASE("only the first batch into an empty box asks to wake its owner") {
    mailbox box;
    std::vector<int> order;
    REQUIRE(box.deliver(batch(order, {1})));
    REQUIRE_FALSE(box.deliver(batch(order, {2})));
    box.drain();
    REQUIRE(box.deliver(batch(order, {3})));
    box.drain();
    REQUIRE(order == std::vector<int>{1, 2, 3});
}

TEST_CASE("mail that arrives while mail runs waits for the next time and asks to be woken for") {
    mailbox box;
    std::vector<int> order;
    bool wake = false;
    std::vector<mail> calls;
    calls.emplace_back([&] {
        wake = box.deliver(batch(order, {2}));
        order.push_back(1);
    });
    box.deliver(std::move(calls));
    box.drain();
    REQUIRE(order == std::vector<int>{1});
    REQUIRE(wake);
    box.drain();
    REQUIRE(order == std::vector<int>{1, 2});
}

TEST_CASE("mail nobody took is destroyed with the box") {
    const auto held = std::make_shared<int>(1);
    {
        mailbox box;
        for (int i = 0; i < 3; ++i) {
            std::vector<mail> calls;
            calls.emplace_back([held] {});
            box.deliver(std::move(calls));
        }
        REQUIRE(held.use_count() == 4);
    }
    REQUIRE(held.use_count() == 1);
}

TEST_CASE("no mail of many senders is lost or overtaken, and every wake-up is asked for") {
    constexpr int senders = 3;
    constexpr int each = 2000;
    mailbox box;
    bell woken;
    std::vector<std::vector<int>> got(senders);
    int left = senders * each;
    std::vector<std::thread> threads;
    for (int s = 0; s < senders; ++s) {
        threads.emplace_back([&, s] {
            for (int i = 0; i < each; ++i) {
                std::vector<mail> calls;
                calls.emplace_back([&, s, i] {
                    got[static_cast<std::size_t>(s)].push_back(i);
                    --left;
                });
                if (box.deliver(std::move(calls))) woken.ring();
            }
        });
    }
    while (left > 0) {
        woken.wait();
        box.drain();
    }
    for (std::thread& t : threads) t.join();
    for (const std::vector<int>& one : got) {
        REQUIRE(one.size() == each);
        REQUIRE(std::is_sorted(one.begin(), one.end()));
    }
}
