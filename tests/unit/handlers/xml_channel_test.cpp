#include "handlers/stream/xml_channel.hpp"

#include "gateway/net/compressed_stream.hpp"
#include "tests/support/resident_memory.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/shard_runner.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;

namespace {

const std::string_view opening =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='x' "
    "version='1.0'>";

task<std::string> read_some(net::byte_stream& from) {
    std::string buffer(8192, '\0');
    for (;;) {
        const auto got = from.read(buffer);
        if (got.status == net::io_status::done) co_return buffer.substr(0, got.bytes);
        if (got.status != net::io_status::would_block) co_return std::string();
        co_await from.readable();
    }
}

void write(net::byte_stream& to, std::string_view bytes) { to.write({&bytes, 1}); }

// A channel that has just been compressed, and its client.
task<std::unique_ptr<net::byte_stream>> compress(xml_channel& ours,
                                                 std::unique_ptr<net::byte_stream> theirs) {
    const xml::document promise("compressed", ns::compress);
    const bool started = co_await ours.start_compression(promise.root(), limit<std::size_t>::infinity());
    REQUIRE(started);
    REQUIRE_FALSE(ours.can_compress());
    const std::string told = co_await read_some(*theirs);
    REQUIRE(told == "<compressed xmlns='http://jabber.org/protocol/compress'/>");
    co_return net::compress_stream(std::move(theirs), net::make_stream_codecs(), {});
}

task<> talk(xml_channel& ours, net::byte_stream& client) {
    write(client, "<presence/>");
    const channel_event read = co_await ours.receive();
    REQUIRE(std::holds_alternative<xml::element_read>(read));
    const xml::document answer("presence", ns::client);
    ours.send(answer.root());
    const std::string sent = co_await read_some(client);
    REQUIRE(sent == "<presence/>");
}

task<> gives_memory_back(shard& home) {
    auto pair = net::make_stream_pair(home);
    xml_channel ours(std::move(pair.ours), nullptr, starttls_offer::none, nullptr);
    ours.rest_after(milliseconds(5000));
    REQUIRE(ours.can_compress());
    const auto client = co_await compress(ours, std::move(pair.theirs));
    write(*client, opening);
    const channel_event opened = co_await ours.receive();
    REQUIRE(std::holds_alternative<xml::stream_opened>(opened));
    co_await talk(ours, *client);

    for (int i = 0; i < 3; ++i) {
        testing::pass(milliseconds(4000));
        co_await talk(ours, *client);  // not silent yet
        const auto busy = testing::resident_memory();
        testing::pass(milliseconds(4000));
        REQUIRE(testing::resident_memory() + 8192 > busy);
        testing::pass(milliseconds(1000));
        // The first time makes what the thread needs for it.
        if (i > 0 && !testing::sanitized) REQUIRE(busy - testing::resident_memory() > 30'000);
        co_await talk(ours, *client);  // and wakes up as if nothing had been
    }
}

task<> keeps_memory(shard& home) {
    auto pair = net::make_stream_pair(home);
    xml_channel ours(std::move(pair.ours), nullptr, starttls_offer::none, nullptr);
    const auto client = co_await compress(ours, std::move(pair.theirs));
    write(*client, opening);
    const channel_event opened = co_await ours.receive();
    REQUIRE(std::holds_alternative<xml::stream_opened>(opened));
    co_await talk(ours, *client);
    const auto busy = testing::resident_memory();
    testing::pass(milliseconds(1'000'000));
    REQUIRE(testing::resident_memory() + 8192 > busy);
}

}  // namespace

TEST_CASE("a compressed session that is silent for hibernate_after gives its memory back") {
    testing::shard_runner runner;
    runner.run(gives_memory_back(runner.home()));
}

TEST_CASE("without hibernate_after a compressed session keeps its memory") {
    testing::shard_runner runner;
    runner.run(keeps_memory(runner.home()));
}
