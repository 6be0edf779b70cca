#include "gateway/net/byte_stream.hpp"

#include "gateway/base/event.hpp"
#include "tests/support/shard_runner.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace meerkat;
using namespace meerkat::net;
using meerkat::testing::shard_runner;

namespace {

std::string read_some(byte_stream& from) {
    char buffer[4096];
    const io_result got = from.read(buffer);
    return got.status == io_status::done ? std::string(buffer, got.bytes) : std::string();
}

task<> wait_into(byte_stream& stream, std::vector<bool>& results) {
    const bool ready = co_await stream.readable();
    results.push_back(ready);
}

task<> gathers(shard& home) {
    stream_pair pair = make_stream_pair(home);
    const std::string_view pieces[] = {"one ", "", "two ", "three"};
    const io_result written = pair.ours->write(pieces);
    REQUIRE(written.status == io_status::done);
    REQUIRE(written.bytes == 13);
    const bool ready = co_await pair.theirs->readable();
    REQUIRE(ready);
    REQUIRE(read_some(*pair.theirs) == "one two three");
    char byte[1];
    REQUIRE(pair.theirs->read(byte).status == io_status::would_block);
    pair.ours->shutdown_write();
    REQUIRE(pair.theirs->read(byte).status == io_status::end);
    pair.theirs->close();
    REQUIRE(pair.ours->write(pieces).status == io_status::failed);
    REQUIRE(pair.theirs->read(byte).status == io_status::failed);
}

task<> closing_ends_waits(shard& home) {
    stream_pair pair = make_stream_pair(home);
    std::vector<bool> results;
    task_group group(home);
    group.spawn_closable(wait_into(*pair.ours, results));
    group.spawn_closable(wait_into(*pair.theirs, results));
    co_await testing::turns(2);
    pair.ours->close();
    pair.theirs->cancel_waits();
    pair.theirs.reset();
    co_await group.join();
    REQUIRE(results == std::vector<bool>{false, false});
    const bool ready = co_await pair.ours->readable();
    REQUIRE_FALSE(ready);
}

task<> moves(shard& home) {
    stream_pair pair = make_stream_pair(home);
    const std::string_view text = "before";
    pair.theirs->write({&text, 1});
    pair.ours->detach();
    REQUIRE(pair.ours->is_open());
    pair.ours->attach(home);
    const bool ready = co_await pair.ours->readable();
    REQUIRE(ready);
    REQUIRE(read_some(*pair.ours) == "before");
}

task<> calls_back(shard& home) {
    stream_pair pair = make_stream_pair(home);
    event changed;
    int called = 0;
    pair.ours->when_writable([&](bool writable) {
        called += writable ? 1 : 100;
        changed.notify();
    });
    REQUIRE(called == 0);
    co_await changed.wait();
    REQUIRE(called == 1);
    const std::string block(1 << 20, 'x');
    const std::string_view piece = block;
    while (pair.ours->write({&piece, 1}).status == io_status::done) {
    }
    pair.ours->when_writable([&](bool writable) {
        called += writable ? 1 : 100;
        changed.notify();
    });
    pair.ours.reset();
    co_await changed.wait();
    REQUIRE(called == 101);
}

}  // namespace

TEST_CASE("a stream gathers pieces, says when it would block, and ends") {
    shard_runner runner;
    runner.run(gathers(runner.home()));
}

TEST_CASE("closing, cancelling and destroying a stream end its waits with false") {
    shard_runner runner;
    runner.run(closing_ends_waits(runner.home()));
}

TEST_CASE("a stream that was detached and attached reads what came meanwhile") {
    shard_runner runner;
    runner.run(moves(runner.home()));
}

TEST_CASE("a callback for writability is called later, once, and told of the stream's end") {
    shard_runner runner;
    runner.run(calls_back(runner.home()));
}

TEST_CASE("addresses are counted by IPv4 address and by IPv6 network") {
    REQUIRE(endpoint{"192.0.2.7", 1}.limit_key() == "192.0.2.7");
    REQUIRE(endpoint{"2001:db8:1:2:3:4:5:6", 1}.limit_key() == "2001:db8:1:2::/64");
    REQUIRE(endpoint{"2001:db8:1:2::9", 1}.limit_key() == "2001:db8:1:2::/64");
    REQUIRE(endpoint{"127.9.9.9", 1}.loopback());
    REQUIRE(endpoint{"::1", 1}.loopback());
    REQUIRE(endpoint{}.loopback());
    REQUIRE_FALSE(endpoint{"128.0.0.1", 1}.loopback());
}
