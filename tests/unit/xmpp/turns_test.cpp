#include "xmpp/routing/turns.hpp"

#include "gateway/base/event.hpp"
#include "gateway/base/shard.hpp"
#include "gateway/base/task_group.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace meerkat;

namespace {

struct line {
    runtime shards{1};
    task_group group{shards.at(0)};
    std::vector<std::string> done;

    void settle() {
        while (shards.at(0).context().poll() > 0) {
        }
    }
};

task<> work(turns* order, std::string owner, std::string name, event* until, std::vector<std::string>* done) {
    const result<turns::turn> mine = co_await order->take(std::move(owner));
    if (mine.has_error()) {
        done->push_back(name + " " + std::string(to_string(mine.error().code)));
        co_return;
    }
    if (until != nullptr) co_await until->wait();
    done->push_back(name);
}

}  // namespace

TEST_CASE("turns of one owner are given in the order they were asked for") {
    line l;
    turns order;
    event go;
    l.group.spawn(work(&order, "romeo", "first", &go, &l.done));
    l.group.spawn(work(&order, "romeo", "second", nullptr, &l.done));
    l.group.spawn(work(&order, "romeo", "third", nullptr, &l.done));
    l.settle();
    CHECK(l.done.empty());
    go.notify();
    l.settle();
    CHECK(l.done == std::vector<std::string>{"first", "second", "third"});
}

TEST_CASE("owners do not wait for each other") {
    line l;
    turns order;
    event go;
    l.group.spawn(work(&order, "romeo", "romeo's", &go, &l.done));
    l.group.spawn(work(&order, "juliet", "juliet's", nullptr, &l.done));
    l.settle();
    CHECK(l.done == std::vector<std::string>{"juliet's"});
    go.notify();
    l.settle();
}

TEST_CASE("more than a bounded number do not wait") {
    line l;
    turns order(1);
    event go;
    l.group.spawn(work(&order, "romeo", "first", &go, &l.done));
    l.group.spawn(work(&order, "romeo", "second", nullptr, &l.done));
    l.group.spawn(work(&order, "romeo", "third", nullptr, &l.done));
    l.settle();
    CHECK(l.done == std::vector<std::string>{"third " + std::string(to_string(errc::overloaded))});
    go.notify();
    l.settle();
    CHECK(l.done.size() == 3);
}

TEST_CASE("who is cancelled while waiting leaves the line") {
    line l;
    turns order;
    event go;
    task_group others(l.shards.at(0));
    l.group.spawn(work(&order, "romeo", "first", &go, &l.done));
    others.spawn(work(&order, "romeo", "second", nullptr, &l.done));
    l.group.spawn(work(&order, "romeo", "third", nullptr, &l.done));
    l.settle();
    others.cancel();
    l.settle();
    CHECK(l.done == std::vector<std::string>{"second " + std::string(to_string(errc::cancelled))});
    go.notify();
    l.settle();
    REQUIRE(l.done.size() == 3);
    CHECK(l.done[1] == "first");
    CHECK(l.done[2] == "third");
}

TEST_CASE("a turn may outlive its order") {
    line l;
    auto order = std::make_unique<turns>();
    event go;
    l.group.spawn(work(order.get(), "romeo", "first", &go, &l.done));
    l.settle();
    order.reset();
    go.notify();
    l.settle();
    CHECK(l.done.size() == 1);
}
