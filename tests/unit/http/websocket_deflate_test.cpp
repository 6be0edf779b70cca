#include "gateway/http/websocket_deflate.hpp"

#include "gateway/http/websocket_frame.hpp"
#include "gateway/net/deflate.hpp"
#include "tests/support/websocket_bytes.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace meerkat;
using namespace meerkat::http;
using meerkat::testing::make_frame;
using kind = frame_decoder::kind;
using namespace std::string_literals;

namespace {

std::string agreed(const std::vector<std::string>& offers) {
    fields asked;
    for (const std::string& each : offers) asked.add("Sec-WebSocket-Extensions", each);
    const auto agreement = agree_on_deflate(asked);
    return agreement ? agreement->answer : std::string();
}

const std::string plain_answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

std::string compressed(std::string_view text) {
    net::deflater deflater({net::deflate_form::raw, 15, 8, 6});
    std::string out;
    deflater.append(text, out, true);
    out.resize(out.size() - 4);
    return out;
}

frame_decoder decoder_with(std::size_t limit) {
    frame_decoder decoder(limit);
    decoder.accept_compressed();
    return decoder;
}

std::vector<std::string> decode(std::string bytes, std::size_t piece, std::size_t limit = 1 << 20) {
    frame_decoder decoder = decoder_with(limit);
    std::vector<std::string> events;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        std::span<char> input(bytes.data() + at, std::min(piece, bytes.size() - at));
        for (;;) {
            const auto event = decoder.next(input);
            if (event.what == kind::more) break;
            std::string shown(event.payload);
            if (event.what == kind::ping) shown = "ping " + shown;
            if (event.what == kind::failed) shown = "failed " + std::to_string(event.code);
            events.push_back(std::move(shown));
        }
    }
    CHECK((decoder.idle() || events.empty() || events.back().starts_with("failed")));
    return events;
}

}  // namespace

TEST_CASE("compression is agreed on without keeping anything between messages") {
    const struct {
        std::vector<std::string> offers;
        std::string answer;
    } rows[] = {
        {{}, ""},
        {{"permessage-deflate"}, plain_answer},
        {{"permessage-deflate; client_max_window_bits"}, plain_answer},
        {{"permessage-deflate;client_max_window_bits=9;server_no_context_takeover"}, plain_answer},
        {{"permessage-deflate; server_max_window_bits=10"}, plain_answer + "; server_max_window_bits=10"},
        {{"permessage-deflate; server_max_window_bits=\"12\""}, plain_answer + "; server_max_window_bits=12"},
        {{"x-webkit-deflate-frame", "Permessage-Deflate"}, plain_answer},
        // The first offer that can be met.
        {{"permessage-deflate; server_max_window_bits=8, permessage-deflate"}, plain_answer},
        {{"permessage-deflate; unheard_of, permessage-deflate; server_max_window_bits=15"},
         plain_answer + "; server_max_window_bits=15"},
        {{"permessage-deflate; server_max_window_bits=8"}, ""},
        {{"permessage-deflate; server_max_window_bits"}, ""},
        {{"permessage-deflate; server_max_window_bits=16"}, ""},
        {{"permessage-deflate; server_max_window_bits=010"}, ""},
        {{"permessage-deflate; client_max_window_bits=7"}, ""},
        {{"permessage-deflate; client_max_window_bits=99999999999999999999"}, ""},
        {{"permessage-deflate; client_max_window_bits; client_max_window_bits"}, ""},
        {{"permessage-deflate; server_no_context_takeover=1"}, ""},
        {{"permessage-deflate; server_no_context_takeover; server_no_context_takeover"}, ""},
        {{"permessage-deflate; ;"}, ""},
        {{"deflate-frame"}, ""},
    };
    for (const auto& each : rows) {
        for (const std::string& offer : each.offers) UNSCOPED_INFO(offer);
        CHECK(agreed(each.offers) == each.answer);
    }
}

TEST_CASE("compressed messages are read whole, in fragments, byte by byte, and beside others") {
    const std::string text(3000, 'x');
    const std::string wire = compressed(text);
    const std::string bytes = make_frame(wire, {.reserved = 4}) + make_frame("plain") +
                              make_frame(wire.substr(0, 3), {.final = false, .reserved = 4}) +
                              make_frame("p", {.opcode = 9}) + make_frame(wire.substr(3), {.opcode = 0}) +
                              make_frame(compressed(""), {.reserved = 4}) +
                              make_frame(compressed("again"), {.opcode = 2, .reserved = 4});
    const std::vector<std::string> wanted{text, "plain", "ping p", text, "", "again"};
    CHECK(decode(bytes, bytes.size()) == wanted);
    CHECK(decode(bytes, 1) == wanted);
    CHECK(decode(bytes, 7) == wanted);
    // RFC 7692, 7.2.3: the examples of "Hello", with fixed codes, stored, and as a last block.
    for (const std::string& hello :
         {"\xf2\x48\xcd\xc9\xc9\x07\x00"s, "\x00\x05\x00\xfa\xffHello\x00"s,
          "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s, "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"s})
        CHECK(decode(make_frame(hello, {.reserved = 4}), 100) == std::vector<std::string>{"Hello"});
}

TEST_CASE("the compressed bit stands where it may, and only after an agreement") {
    const std::string wire = compressed("text");
    const std::vector<std::string> refused{"failed 1002"};
    CHECK(decode(make_frame("ping", {.opcode = 9, .reserved = 4}), 100) == refused);
    CHECK(decode(make_frame("a", {.final = false}) + make_frame("b", {.opcode = 0, .reserved = 4}), 100) ==
          refused);
    for (const int bits : {1, 2, 3, 5, 6, 7}) {
        const auto reserved = static_cast<std::uint8_t>(bits);
        CHECK(decode(make_frame(wire, {.reserved = reserved}), 100) == refused);
    }
    frame_decoder without(1000);
    std::string bytes = make_frame(wire, {.reserved = 4});
    std::span<char> input = bytes;
    CHECK(without.next(input).code == close_code::protocol_error);
}

TEST_CASE("what a message inflates to is bounded while it is inflated") {
    const std::string bomb = compressed(std::string(20 << 20, 'a'));
    CHECK(bomb.size() < 25'000);
    CHECK(decode(make_frame(bomb, {.reserved = 4}), 1 << 20, 30'000) ==
          std::vector<std::string>{"failed 1009"});
    std::string message;
    CHECK(inflate_message(bomb, 30'000, message) == inflating::too_big);
    CHECK(message.size() == 30'001);
    CHECK(message.capacity() < 500'000);
    // The limit itself is no excess, in one piece or in two.
    const std::string exact = compressed(std::string(1000, 'b'));
    CHECK(decode(make_frame(exact, {.reserved = 4}), 1, 1000).front().size() == 1000);
    CHECK(decode(make_frame(exact, {.reserved = 4}), 1, 999) == std::vector<std::string>{"failed 1009"});
}

TEST_CASE("what is no deflate, or inflates to no UTF-8, ends the connection") {
    for (const std::string& nonsense : {"\xff\xff\xff"s, "\x05"s, compressed("\xff\xfe")})
        CHECK(decode(make_frame(nonsense, {.reserved = 4}), 100) == std::vector<std::string>{"failed 1007"});
}

TEST_CASE("what is sent compressed can be read with the window that was agreed on") {
    for (int window = 9; window <= 15; ++window) {
        for (const std::size_t size : {0U, 1U, 127U, 128U, 300U, 5000U, 100'000U}) {
            std::string text;
            for (unsigned i = 0; text.size() < size; ++i)
                text += "<a b='" + std::to_string(i * 2'654'435'761U) + "'/>";
            text.resize(size);
            std::string frame;
            append_deflated_text_frame(frame, text, window);
            const bool deflated = (frame[0] & 0x40) != 0;
            CHECK(deflated == (size >= 128));
            if (deflated) CHECK(frame.size() < text.size());
            const std::size_t head = (frame[1] & 0x7f) < 126 ? 2 : (frame[1] & 0x7f) == 126 ? 4 : 10;
            std::string message = frame.substr(head);
            if (deflated) {
                std::string read;
                REQUIRE(inflate_message(message, size, read) == inflating::done);
                message = read;
            }
            CHECK(message == text);
        }
    }
    std::string frame;
    append_deflated_text_frame(frame, "short", 15);
    append_deflated_text_frame(frame, std::string(200, 'r'), 15);
    CHECK(frame.starts_with("\x81\x05short"));
}
