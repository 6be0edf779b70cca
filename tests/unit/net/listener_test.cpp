#include "gateway/net/listener.hpp"

#include "gateway/base/event.hpp"
#include "gateway/net/socket_address.hpp"
#include "tests/support/shard_runner.hpp"

#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>
#include <vector>

using namespace meerkat;
using namespace meerkat::net;
using meerkat::testing::shard_runner;

namespace {

struct guest {
    std::unique_ptr<byte_stream> stream;
    listener::token token;
};

class client {
public:
    explicit client(const endpoint& to) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const auto address = make_socket_address(to.ip, to.port);
        connected_ = address && ::connect(fd_, address->generic(), address->size) == 0;
    }
    client(const client&) = delete;
    client& operator=(const client&) = delete;
    ~client() { ::close(fd_); }
    bool connected() const { return connected_; }

private:
    int fd_;
    bool connected_ = false;
};

int option_of(int fd, int level, int name) {
    int value = 0;
    socklen_t size = sizeof value;
    ::getsockopt(fd, level, name, &value, &size);
    return value;
}

task<> accepts(shard& home) {
    auto bound = listener::bind(home.all(), {.ip_address = "127.0.0.1"});
    REQUIRE(bound.has_value());
    listener& door = **bound;
    REQUIRE(door.local().port != 0);
    std::vector<guest> guests;
    event arrived;
    door.start(0, [&](std::unique_ptr<byte_stream> stream, listener::token token) {
        guests.push_back({std::move(stream), std::move(token)});
        arrived.notify();
    });
    const client first(door.local());
    const client second(door.local());
    REQUIRE(first.connected());
    while (guests.size() < 2) co_await arrived.wait();
    REQUIRE(guests[0].stream->peer().ip == "127.0.0.1");
    REQUIRE(guests[0].stream->local().port == door.local().port);
    REQUIRE(option_of(guests[0].stream->native_handle(), IPPROTO_TCP, TCP_NODELAY) != 0);
    REQUIRE(option_of(guests[0].stream->native_handle(), SOL_SOCKET, SO_KEEPALIVE) != 0);
    door.stop();
    co_await testing::turns(3);
    const client late(door.local());
    REQUIRE_FALSE(late.connected());
}

task<> pauses_when_full(shard& home) {
    auto bound = listener::bind(home.all(), {.ip_address = "127.0.0.1", .max_connections = 1});
    REQUIRE(bound.has_value());
    listener& door = **bound;
    std::vector<guest> guests;
    event arrived;
    door.start(0, [&](std::unique_ptr<byte_stream> stream, listener::token token) {
        guests.push_back({std::move(stream), std::move(token)});
        arrived.notify();
    });
    const client first(door.local());
    const client second(door.local());
    REQUIRE(second.connected());
    co_await arrived.wait();
    co_await testing::turns(5);
    REQUIRE(guests.size() == 1);
    guests.clear();
    co_await arrived.wait();
    REQUIRE(guests.size() == 1);
    door.stop();
    co_await testing::turns(2);
}

task<> takes_another_limit(shard& home) {
    auto bound = listener::bind(home.all(), {.ip_address = "127.0.0.1", .max_connections = 1});
    REQUIRE(bound.has_value());
    listener& door = **bound;
    std::vector<guest> guests;
    event arrived;
    door.start(0, [&](std::unique_ptr<byte_stream> stream, listener::token token) {
        guests.push_back({std::move(stream), std::move(token)});
        arrived.notify();
    });
    const client first(door.local());
    const client second(door.local());
    const client third(door.local());
    co_await arrived.wait();
    co_await testing::turns(5);
    REQUIRE(guests.size() == 1);
    door.limit_connections(2);
    co_await arrived.wait();
    co_await testing::turns(5);
    REQUIRE(guests.size() == 2);
    // Those who are there stay.
    door.limit_connections(1);
    co_await testing::turns(5);
    REQUIRE(guests.size() == 2);
    guests.pop_back();
    co_await testing::turns(5);
    REQUIRE(guests.size() == 1);
    door.limit_connections(0);
    co_await arrived.wait();
    REQUIRE(guests.size() == 2);
    door.stop();
    co_await testing::turns(2);
}

}  // namespace

TEST_CASE("a listener that gets another limit takes those who wait") {
    shard_runner runner;
    runner.run(takes_another_limit(runner.home()));
}

TEST_CASE("a listener hands out connections with their addresses and socket options, until it is stopped") {
    shard_runner runner;
    runner.run(accepts(runner.home()));
}

TEST_CASE("a full listener lets clients wait and serves them when one leaves") {
    shard_runner runner;
    runner.run(pauses_when_full(runner.home()));
}

TEST_CASE("a listener says why it cannot listen") {
    runtime shards(1);
    auto first = listener::bind(shards, {.ip_address = "127.0.0.1"});
    REQUIRE(first.has_value());
    auto second = listener::bind(shards, {.ip_address = "127.0.0.1", .port = (*first)->local().port});
    REQUIRE(second.has_error());
    REQUIRE(second.error().code == errc::unavailable);
    auto third = listener::bind(shards, {.ip_address = "localhost"});
    REQUIRE(third.has_error());
    REQUIRE(third.error().code == errc::invalid);
}
