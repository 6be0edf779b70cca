// Beast's WebSocket client against our handshake and frames: somebody else's reading of RFC 6455.

#include "gateway/http/websocket_deflate.hpp"
#include "gateway/http/websocket_frame.hpp"
#include "gateway/http/websocket_handshake.hpp"
#include "tests/support/http_peer.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::testing;
namespace websocket = boost::beast::websocket;

namespace {

using socket_type = boost::asio::basic_stream_socket<boost::asio::local::stream_protocol, meerkat::executor>;

// Answers every message with itself and every ping with a pong, until the close.
task<> echo_frames(http::upgraded taken, int window_bits) {
    http::frame_decoder decoder(1 << 20);
    if (window_bits > 0) decoder.accept_compressed();
    std::string bytes = taken.unread;
    for (;;) {
        std::span<char> input = bytes;
        std::string out;
        bool ended = false;
        for (;;) {
            const auto event = decoder.next(input);
            if (event.what == http::frame_decoder::kind::more) break;
            if (event.what == http::frame_decoder::kind::text && window_bits > 0)
                http::append_deflated_text_frame(out, event.payload, window_bits);
            if (event.what == http::frame_decoder::kind::text && window_bits == 0)
                http::append_text_frame(out, event.payload);
            if (event.what == http::frame_decoder::kind::ping) http::append_pong_frame(out, event.payload);
            if (event.what == http::frame_decoder::kind::close ||
                event.what == http::frame_decoder::kind::failed) {
                http::append_close_frame(out, event.code, "as you wish");
                ended = true;
            }
        }
        std::string_view rest = out;
        while (!rest.empty()) {
            const auto written = taken.stream->write({&rest, 1});
            if (written.status == net::io_status::failed) co_return;
            rest.remove_prefix(written.bytes);
            if (written.status == net::io_status::would_block) co_await taken.stream->writable();
        }
        if (ended) co_return;
        bytes.resize(65'536);
        const auto got = taken.stream->read(bytes);
        bytes.resize(got.bytes);
        if (got.status == net::io_status::would_block) co_await taken.stream->readable();
        if (got.status == net::io_status::end || got.status == net::io_status::failed) co_return;
    }
}

// Compressible, but not by much.
std::string text_of(std::size_t size) {
    std::string text;
    for (unsigned i = 0; text.size() < size; ++i) text += std::to_string(i * 2'654'435'761U) + " ";
    text.resize(size);
    return text;
}

task<> talks(shard& home, std::optional<websocket::permessage_deflate> compression) {
    task_group group(home);
    int window_bits = 0;
    auto mounted = std::make_shared<recording_handler>([&group, &window_bits](const http::request& asked) {
        const auto agreed = http::agree_on_deflate(asked.fields);
        if (agreed) window_bits = agreed->server_window_bits;
        return http::websocket_handshake(
            asked, "xmpp",
            [&group, &window_bits](http::upgraded taken) {
                group.spawn_closable(echo_frames(std::move(taken), window_bits));
            },
            agreed ? agreed->answer : std::string_view());
    });
    http::server server(home, make_site({{"_", "/ws-xmpp", mounted}}));
    auto pair = net::make_stream_pair(home);
    const int fd = pair.theirs->release();
    server.serve(std::move(pair.ours), nullptr);

    websocket::stream<socket_type> client(home.get_executor());
    client.next_layer().assign(boost::asio::local::stream_protocol(), fd);
    websocket::response_type answer;
    if (compression) client.set_option(*compression);
    client.set_option(websocket::stream_base::decorator(
        [](websocket::request_type& asked) { asked.set("Sec-WebSocket-Protocol", "xmpp"); }));
    co_await client.async_handshake(answer, "localhost", "/ws-xmpp", use_task);
    REQUIRE(answer["Sec-WebSocket-Protocol"] == "xmpp");
    REQUIRE(answer["Sec-WebSocket-Extensions"].empty() == !compression);
    if (compression) REQUIRE(window_bits == compression->server_max_window_bits);

    bool ponged = false;
    client.control_callback([&ponged](websocket::frame_type kind, boost::beast::string_view payload) {
        if (kind == websocket::frame_type::pong && payload == "are you there") ponged = true;
    });
    co_await client.async_ping("are you there", use_task);
    boost::beast::flat_buffer received;
    for (const std::size_t size :
         std::initializer_list<std::size_t>{0, 1, 125, 126, 127, 4'096, 65'535, 65'536, 500'000}) {
        for (const std::size_t fragment : std::initializer_list<std::size_t>{0, 1000}) {
            client.auto_fragment(fragment != 0);
            if (fragment != 0) client.write_buffer_bytes(fragment);
            const std::string sent = text_of(size);
            co_await client.async_write(boost::asio::buffer(sent), use_task);
            received.clear();
            co_await client.async_read(received, use_task);
            REQUIRE(client.got_text());
            REQUIRE(std::string_view(static_cast<const char*>(received.data().data()), received.size()) ==
                    sent);
        }
    }
    REQUIRE(ponged);
    const websocket::close_reason reason(websocket::close_code::going_away, "bye");
    co_await client.async_close(reason, use_task);
    REQUIRE(client.reason().code == websocket::close_code::going_away);
    REQUIRE(client.reason().reason == "as you wish");
    co_await group.join();
    co_await server.drain(milliseconds(1000));
}

}  // namespace

TEST_CASE("Beast's client understands our handshake, messages of every length, pings and closing") {
    shard_runner runner;
    runner.run(talks(runner.home(), std::nullopt));
}

TEST_CASE("Beast's client and we understand each other's compressed messages") {
    for (const int window : {15, 12, 9}) {
        websocket::permessage_deflate how;
        how.client_enable = true;
        how.server_max_window_bits = window;
        how.client_max_window_bits = window;
        how.msg_size_threshold = 0;
        shard_runner runner;
        runner.run(talks(runner.home(), how));
    }
}
