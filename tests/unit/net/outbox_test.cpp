#include "gateway/net/outbox.hpp"

#include "tests/support/shard_runner.hpp"

#include <catch2/catch.hpp>

#include <deque>

using namespace meerkat;
using namespace meerkat::net;
using meerkat::testing::shard_runner;

namespace {

// A stream that keeps what is written to it, takes as much as it is told, and counts the writes.
class counting_stream final : public byte_stream {
public:
    explicit counting_stream(stream_pair pair) : byte_stream(*pair.ours), theirs(std::move(pair.theirs)) {}

    io_result read(std::span<char>) override { return {io_status::would_block}; }
    io_result write(std::span<const std::string_view> pieces) override {
        ++writes;
        if (broken) return {io_status::failed};
        const std::size_t count = std::min(room, pieces.front().size());
        if (count == 0) return {io_status::would_block, 0, direction::write};
        room -= count;
        taken += pieces.front().substr(0, count);
        return {io_status::done, count};
    }

    std::unique_ptr<byte_stream> theirs;
    std::string taken;
    std::size_t room = 1 << 30;
    int writes = 0;
    bool broken = false;
};

task<> batches(shard& home) {
    counting_stream stream(make_stream_pair(home));
    outbox out(stream, 1000);
    for (int i = 0; i < 10; ++i) REQUIRE(out.append("<message/>"));
    out.buffer() += "<presence/>";
    REQUIRE(out.commit());
    REQUIRE(stream.writes == 0);
    REQUIRE(out.pending() == 111);
    co_await testing::turns(3);
    REQUIRE(stream.writes == 1);
    REQUIRE(stream.taken.size() == 111);
    REQUIRE(out.empty());
}

task<> large_amounts(shard& home) {
    counting_stream stream(make_stream_pair(home));
    outbox out(stream, 100'000);
    const std::string block(40'000, 'x');
    for (int i = 0; i < 10; ++i) REQUIRE(out.append(block));
    REQUIRE(stream.taken.size() >= 300'000);
    const bool drained = co_await out.drained(milliseconds(1000));
    REQUIRE(drained);
    REQUIRE(stream.taken.size() == 400'000);
}

task<> overflows(shard& home) {
    counting_stream stream(make_stream_pair(home));
    stream.room = 10;
    outbox out(stream, 100);
    REQUIRE(out.append(std::string(110, 'a')) == false);
    REQUIRE(out.failed());
    REQUIRE_FALSE(out.append("more"));
    const bool drained = co_await out.drained(milliseconds(1000));
    REQUIRE_FALSE(drained);

    counting_stream second(make_stream_pair(home));
    second.room = 30;
    outbox exact(second, 100);
    REQUIRE(exact.append(std::string(100, 'a')));
    REQUIRE(exact.append(std::string(30, 'b')));  // what could be written has made room
    REQUIRE_FALSE(exact.append("c"));
    REQUIRE_FALSE(exact.append({}));
    // The words at the end are taken, and stand behind whole items.
    exact.accept_last();
    REQUIRE(exact.append("</end>"));
    second.room = 1000;
    const bool taken = co_await exact.drained(milliseconds(1000));
    REQUIRE(taken);
    REQUIRE(second.taken == std::string(100, 'a') + std::string(30, 'b') + "</end>");
}

task<> bounds_items(shard& home) {
    counting_stream stream(make_stream_pair(home));
    outbox out(stream, 1000);
    out.limit_items(3);
    // A peer that takes everything may be sent any number.
    for (int i = 0; i < 10; ++i) REQUIRE(out.append("<iq/>"));
    REQUIRE(out.waiting_items() <= 3);
    co_await testing::turns(3);
    REQUIRE(out.waiting_items() == 0);

    counting_stream slow(make_stream_pair(home));
    slow.room = 7;  // the second is cut, and so still waits
    outbox waiting(slow, 1000);
    waiting.limit_items(3);
    for (int i = 0; i < 4; ++i) REQUIRE(waiting.append("<iq/>"));
    REQUIRE(waiting.waiting_items() == 3);
    REQUIRE_FALSE(waiting.append("<iq/>"));
    REQUIRE(waiting.pending() == 13);
    REQUIRE_FALSE(waiting.failed());
}

task<> waits_for_room(shard& home) {
    stream_pair pair = make_stream_pair(home);
    outbox out(*pair.ours, 8 << 20);
    std::string sent;
    for (int i = 0; sent.size() < (4 << 20); ++i) {
        const std::string block(10'000, static_cast<char>('a' + i % 26));
        sent += block;
        REQUIRE(out.append(block));
    }
    REQUIRE_FALSE(out.settle());
    std::string received;
    std::string buffer(65'536, '\0');
    while (received.size() < sent.size()) {
        const bool ready = co_await pair.theirs->readable();
        REQUIRE(ready);
        const io_result got = pair.theirs->read(buffer);
        if (got.status == io_status::done) received.append(buffer.data(), got.bytes);
    }
    REQUIRE(received == sent);
    REQUIRE(out.settle());
}

task<> dies_waiting(shard& home) {
    stream_pair pair = make_stream_pair(home);
    auto out = std::make_unique<outbox>(*pair.ours, 8 << 20);
    out->append(std::string(4 << 20, 'x'));
    REQUIRE_FALSE(out->empty());
    out.reset();
    pair.ours.reset();
    co_await testing::turns(3);
}

task<> impatience(shard& home) {
    stream_pair pair = make_stream_pair(home);
    outbox out(*pair.ours, 8 << 20);
    out.append(std::string(4 << 20, 'x'));
    task_group group(home);
    struct run {
        static task<> wait(outbox& of, int& outcome) {
            const bool drained = co_await of.drained(milliseconds(5000));
            outcome = drained ? 1 : 0;
        }
    };
    int outcome = -1;
    group.spawn_closable(run::wait(out, outcome));
    co_await testing::turns(2);
    REQUIRE(outcome == -1);
    testing::pass(milliseconds{5000});
    co_await group.join();
    REQUIRE(outcome == 0);
    REQUIRE_FALSE(out.failed());

    outcome = -1;
    group.spawn_closable(run::wait(out, outcome));
    co_await testing::turns(2);
    pair.ours->close();
    co_await group.join();
    REQUIRE(outcome == 0);
    REQUIRE(out.failed());
}

task<> fails(shard& home) {
    counting_stream stream(make_stream_pair(home));
    outbox out(stream, 1000);
    stream.broken = true;
    REQUIRE(out.append("x"));
    co_await testing::turns(3);
    REQUIRE(out.failed());
    REQUIRE(out.empty());
    REQUIRE_FALSE(out.append("y"));
    REQUIRE(stream.writes == 1);
}

}  // namespace

TEST_CASE("everything appended in a turn leaves in one write at its end") {
    shard_runner runner;
    runner.run(batches(runner.home()));
}

TEST_CASE("an outbox writes large amounts at once, so that its limit counts what the kernel refused") {
    shard_runner runner;
    runner.run(large_amounts(runner.home()));
}

TEST_CASE("an outbox refuses what exceeds its limit, and everything after it") {
    shard_runner runner;
    runner.run(overflows(runner.home()));
}

TEST_CASE("an outbox with a limit of items refuses the one that would wait beyond it") {
    shard_runner runner;
    runner.run(bounds_items(runner.home()));
}

TEST_CASE("an outbox waits for a slow peer and loses nothing") {
    shard_runner runner;
    runner.run(waits_for_room(runner.home()));
}

TEST_CASE("an outbox may be destroyed while it waits for the peer") {
    shard_runner runner;
    runner.run(dies_waiting(runner.home()));
}

TEST_CASE("waiting for an outbox to drain ends when patience does, or the stream") {
    shard_runner runner;
    runner.run(impatience(runner.home()));
}

TEST_CASE("an outbox whose stream failed holds nothing and takes nothing") {
    shard_runner runner;
    runner.run(fails(runner.home()));
}
