#include "gateway/net/compressed_stream.hpp"

#include "gateway/net/outbox.hpp"
#include "tests/support/resident_memory.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/shard_runner.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::net;
using meerkat::testing::shard_runner;

namespace {

std::unique_ptr<byte_stream> compressed(std::unique_ptr<byte_stream> carrier, std::string unread = {}) {
    return compress_stream(std::move(carrier), make_stream_codecs(), std::move(unread));
}

stream_pair compressed_pair(shard& home) {
    stream_pair pair = make_stream_pair(home);
    return {compressed(std::move(pair.ours)), compressed(std::move(pair.theirs))};
}

// What arrives, until that much has or reading ends.
task<std::string> read_from(byte_stream& stream, std::size_t size) {
    std::string received;
    std::string buffer(1000, '\0');
    while (received.size() < size) {
        const io_result got = stream.read(buffer);
        if (got.status == io_status::done) {
            received.append(buffer.data(), got.bytes);
        } else if (got.status == io_status::would_block) {
            co_await stream.ready(got.wait_for);
        } else {
            break;
        }
    }
    co_return received;
}

// Text that compresses about as well as stanzas do.
std::string stanzas(std::size_t size) {
    std::string text;
    for (unsigned i = 0; text.size() < size; ++i)
        text += "<message to='romeo@example.net' id='" + std::to_string(i * 2'654'435'761U) + "'/>";
    text.resize(size);
    return text;
}

task<> carries(shard& home) {
    stream_pair pair = compressed_pair(home);
    for (const std::size_t size : {1U, 100U, 1000U, 32'768U, 32'769U, 300'000U}) {
        const std::string sent = stanzas(size);
        outbox out(*pair.ours, 1 << 20);
        REQUIRE(out.append(sent));
        out.flush();
        const std::string received = co_await read_from(*pair.theirs, size);
        REQUIRE(received == sent);
    }
}

task<> shrinks(shard& home) {
    stream_pair pair = make_stream_pair(home);
    const auto ours = compressed(std::move(pair.ours));
    const std::string first = "<presence from='a@example.net'/>";
    const std::string_view pieces[] = {first, first, first};
    const io_result written = ours->write(pieces);
    REQUIRE(written.bytes == 3 * first.size());
    std::string bytes(4096, '\0');
    const io_result got = pair.theirs->read(bytes);
    REQUIRE(got.status == io_status::done);
    REQUIRE(got.bytes < 60);
    // One flush for all of them, which ends with an empty block.
    const std::string_view wire(bytes.data(), got.bytes);
    const std::string_view mark("\0\0\xff\xff", 4);
    REQUIRE(wire.ends_with(mark));
    REQUIRE(wire.find(mark) == wire.size() - mark.size());
    co_return;
}

task<> waits_for_a_slow_peer(shard& home) {
    stream_pair pair = compressed_pair(home);
    // Random, so that the carrier fills.
    std::string sent(4 << 20, '\0');
    std::uint32_t state = 1;
    for (char& c : sent) {
        state = state * 1'664'525 + 1'013'904'223;
        c = static_cast<char>(state >> 24);
    }
    outbox out(*pair.ours, 8 << 20);
    for (std::size_t at = 0; at < sent.size(); at += 10'000) REQUIRE(out.append(sent.substr(at, 10'000)));
    REQUIRE_FALSE(out.empty());
    const std::string received = co_await read_from(*pair.theirs, sent.size());
    REQUIRE(received == sent);
    const bool drained = co_await out.drained(milliseconds(1000));
    REQUIRE(drained);
}

task<> comes_in_pieces(shard& home) {
    stream_pair pair = make_stream_pair(home);
    deflater theirs({});
    std::string wire;
    const std::string sent = stanzas(5000);
    theirs.append(sent, wire, true);
    // The first bytes came before compression began.
    const auto ours = compressed(std::move(pair.ours), wire.substr(0, 3));
    REQUIRE(ours->has_pending());
    std::string received;
    std::string buffer(50'000, '\0');
    for (std::size_t at = 3; at < wire.size(); ++at) {
        const std::string_view byte = std::string_view(wire).substr(at, 1);
        pair.theirs->write({&byte, 1});
        const io_result got = ours->read(buffer);
        REQUIRE((got.status == io_status::done || got.status == io_status::would_block));
        received.append(buffer.data(), got.bytes);
    }
    REQUIRE(received == sent);
    co_return;
}

task<> bursts_nothing(shard& home) {
    stream_pair pair = make_stream_pair(home);
    const auto ours = compressed(std::move(pair.ours));
    deflater theirs({});
    std::string wire;
    constexpr std::size_t size = 50 << 20;
    theirs.append(std::string(size, ' '), wire, true);
    REQUIRE(wire.size() < 60'000);
    std::string_view rest = wire;
    while (!rest.empty()) rest.remove_prefix(pair.theirs->write({&rest, 1}).bytes);
    std::string buffer(4096, '\0');
    std::size_t received = 0;
    while (received < size) {
        const io_result got = ours->read(buffer);
        REQUIRE(got.status == io_status::done);
        REQUIRE(got.bytes <= buffer.size());
        received += got.bytes;
    }
    REQUIRE(received == size);
    co_return;
}

task<> tells_nonsense(shard& home) {
    for (const std::string& nonsense : {std::string("<presence/>"), std::string("\x78\x9c\xff\xff\xff")}) {
        stream_pair pair = make_stream_pair(home);
        const auto ours = compressed(std::move(pair.ours));
        const std::string_view bytes = nonsense;
        pair.theirs->write({&bytes, 1});
        std::string buffer(4096, '\0');
        REQUIRE(ours->read(buffer).status == io_status::corrupt);
        REQUIRE(ours->read(buffer).status == io_status::corrupt);
        // What is left to say can be said.
        const std::string_view farewell = "</stream:stream>";
        REQUIRE(ours->write({&farewell, 1}).status == io_status::done);
    }
    co_return;
}

task<> ends(shard& home) {
    stream_pair pair = make_stream_pair(home);
    const auto ours = compressed(std::move(pair.ours));
    deflater theirs({});
    std::string wire;
    theirs.finish("</stream:stream>", wire);
    std::string_view bytes = wire;
    pair.theirs->write({&bytes, 1});
    std::string buffer(4096, '\0');
    REQUIRE(ours->read(buffer).bytes == 16);
    REQUIRE(ours->read(buffer).status == io_status::end);
    ours->shutdown_write();
    REQUIRE(pair.theirs->read(buffer).status == io_status::end);
    ours->close();
    REQUIRE_FALSE(ours->is_open());
    REQUIRE(ours->write({&bytes, 1}).status == io_status::failed);
    co_return;
}

task<> moves(shard& home) {
    stream_pair pair = compressed_pair(home);
    const std::string_view text = "<presence/>";
    pair.theirs->write({&text, 1});
    pair.ours->detach();
    pair.ours->attach(home);
    const bool ready = co_await pair.ours->readable();
    REQUIRE(ready);
    const std::string received = co_await read_from(*pair.ours, text.size());
    REQUIRE(received == text);
    pair.ours->cancel_waits();
}

task<> say(byte_stream& from, byte_stream& to, std::string text) {
    const std::string_view piece = text;
    from.write({&piece, 1});
    const std::string received = co_await read_from(to, text.size());
    REQUIRE(received == text);
}

task<> rests(shard& home) {
    stream_pair pair = make_stream_pair(home);
    const auto before = testing::resident_memory();
    const auto ours = compressed(std::move(pair.ours));
    const auto theirs = compressed(std::move(pair.theirs));
    ours->rest();  // nothing has been said yet: there is nowhere to go on from
    for (int round = 0; round < 3; ++round) {
        const std::string text = stanzas(2100 + static_cast<std::size_t>(round));
        co_await say(*ours, *theirs, text);
        co_await say(*theirs, *ours, text);
        const auto awake = testing::resident_memory();
        ours->rest();
        theirs->rest();
        const auto resting = testing::resident_memory();
        INFO(before << " " << awake << " " << resting);
        if (!testing::sanitized) REQUIRE(awake - resting > 70'000);
        // Writing alone wakes one direction, which may then rest again.
        co_await say(*ours, *theirs, text);
        ours->rest();
        theirs->rest();
        if (!testing::sanitized) REQUIRE(awake - testing::resident_memory() > 70'000);
        // What the peer refers to from before is still known.
        co_await say(*ours, *theirs, text);
        co_await say(*theirs, *ours, text);
    }
    // A peer in the middle of a block keeps us awake.
    std::string wire;
    deflater half({});
    half.append(stanzas(3000), wire, true);
    stream_pair torn = make_stream_pair(home);
    const auto waiting = compressed(std::move(torn.ours));
    std::string_view part = std::string_view(wire).substr(0, wire.size() / 2);
    torn.theirs->write({&part, 1});
    std::string received = co_await read_from(*waiting, 100);
    waiting->rest();
    part = std::string_view(wire).substr(wire.size() / 2);
    torn.theirs->write({&part, 1});
    const std::string more = co_await read_from(*waiting, 3000 - received.size());
    received += more;
    REQUIRE(received == stanzas(3000));
}

}  // namespace

TEST_CASE("a compressed stream carries what it is given, whatever its size") {
    shard_runner runner;
    runner.run(carries(runner.home()));
}

TEST_CASE("what is written together is compressed together and flushed once") {
    shard_runner runner;
    runner.run(shrinks(runner.home()));
}

TEST_CASE("a compressed stream waits for a slow peer and loses nothing") {
    shard_runner runner;
    runner.run(waits_for_a_slow_peer(runner.home()));
}

TEST_CASE("compressed bytes may come one by one, and before they are expected") {
    shard_runner runner;
    runner.run(comes_in_pieces(runner.home()));
}

TEST_CASE("however much a few bytes inflate to, it is read in pieces of the reader's choice") {
    shard_runner runner;
    runner.run(bursts_nothing(runner.home()));
}

TEST_CASE("what cannot be decompressed is told apart from a lost connection") {
    shard_runner runner;
    runner.run(tells_nonsense(runner.home()));
}

TEST_CASE("a compressed stream ends with its peer's, and closes what carries it") {
    shard_runner runner;
    runner.run(ends(runner.home()));
}

TEST_CASE("a compressed stream moves between shards as what carries it does") {
    shard_runner runner;
    runner.run(moves(runner.home()));
}

TEST_CASE("a compressed stream at rest gives its tables back, and goes on where it stopped") {
    shard_runner runner;
    runner.run(rests(runner.home()));
}
