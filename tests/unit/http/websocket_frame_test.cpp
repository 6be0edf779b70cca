#include "gateway/http/websocket_frame.hpp"

#include "tests/support/websocket_bytes.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace meerkat::http;
using meerkat::testing::client_frame;
using meerkat::testing::make_frame;
using kind = frame_decoder::kind;
using namespace std::string_literals;

namespace {

struct seen {
    kind what;
    std::string payload;
    std::uint16_t code;
    friend bool operator==(const seen&, const seen&) = default;
};

std::ostream& operator<<(std::ostream& out, const seen& s) {
    return out << static_cast<int>(s.what) << ' ' << s.code << " \"" << s.payload << '"';
}

// Feeds the bytes in pieces that end at the given positions.
std::vector<seen> decode(std::string bytes, const std::vector<std::size_t>& cuts,
                         std::size_t limit = 1 << 20) {
    frame_decoder decoder(limit);
    std::vector<seen> events;
    std::size_t from = 0;
    for (std::size_t piece = 0; piece <= cuts.size(); ++piece) {
        const std::size_t to = piece < cuts.size() ? cuts[piece] : bytes.size();
        std::string part = bytes.substr(from, to - from);
        std::span<char> input = part;
        from = to;
        for (;;) {
            const auto event = decoder.next(input);
            if (event.what == kind::more) break;
            events.push_back({event.what, std::string(event.payload), event.code});
        }
        REQUIRE(input.empty());
    }
    return events;
}

std::vector<seen> decode_whole(const std::string& bytes, std::size_t limit = 1 << 20) {
    return decode(bytes, {}, limit);
}

}  // namespace

TEST_CASE("frames decode alike whole, byte by byte and cut at every position") {
    const std::string long_text(70'000, 'L');
    const std::string middle_text(300, 'M');
    const std::string bytes = make_frame("hello") + make_frame("") + make_frame("ping me", {.opcode = 9}) +
                              make_frame("frag", {.final = false}) + make_frame("pong", {.opcode = 10}) +
                              make_frame("men", {.opcode = 0, .final = false}) +
                              make_frame("ted", {.opcode = 0}) + make_frame(middle_text) +
                              make_frame("\x01\x02\xff", {.opcode = 2}) +
                              make_frame("\x03\xe8"s + "bye", {.opcode = 8}) + make_frame("never seen");
    const std::vector<seen> expected = {{kind::text, "hello", 0},          {kind::text, "", 0},
                                        {kind::ping, "ping me", 0},        {kind::pong, "pong", 0},
                                        {kind::text, "fragmented", 0},     {kind::text, middle_text, 0},
                                        {kind::binary, "\x01\x02\xff", 0}, {kind::close, "bye", 1000}};
    REQUIRE(decode_whole(bytes) == expected);
    std::vector<std::size_t> every;
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        REQUIRE(decode(bytes, {cut}) == expected);
        every.push_back(cut);
    }
    REQUIRE(decode(bytes, every) == expected);
    REQUIRE(decode_whole(make_frame(long_text)) == std::vector<seen>{{kind::text, long_text, 0}});
    REQUIRE(decode(make_frame(long_text), {7, 8, 40'000}) == std::vector<seen>{{kind::text, long_text, 0}});
}

TEST_CASE("a whole message is handed out where it lies") {
    frame_decoder decoder(1000);
    std::string bytes = make_frame("zero copy");
    std::span<char> input = bytes;
    const auto event = decoder.next(input);
    REQUIRE(event.what == kind::text);
    REQUIRE(event.payload.data() == bytes.data() + 6);
    REQUIRE(decoder.idle());
}

TEST_CASE("a peer that breaks the protocol is told which way") {
    const std::string highest = "\x81\xff\x80\0\0\0\0\0\0\x05mask"s;
    const std::string long_16 = "\x81\xfe\0\x05mask"s;
    const std::string long_64 = "\x81\xff\0\0\0\0\0\0\xff\xffmask"s;
    const std::pair<std::string, std::uint16_t> broken[] = {
        {make_frame("x", {.masked = false}), 1002},
        {make_frame("x", {.reserved = 4}), 1002},
        {make_frame("x", {.reserved = 1}), 1002},
        {make_frame("x", {.opcode = 3}), 1002},
        {make_frame("x", {.opcode = 11}), 1002},
        {make_frame("x", {.opcode = 0}), 1002},
        {make_frame("x", {.final = false}) + make_frame("y"), 1002},
        {make_frame("x", {.opcode = 9, .final = false}), 1002},
        {make_frame(std::string(126, 'p'), {.opcode = 9}), 1002},
        {make_frame("\x03", {.opcode = 8}), 1002},
        {make_frame("\x03\xed", {.opcode = 8}), 1002},  // 1005
        {make_frame("\x03\xee", {.opcode = 8}), 1002},  // 1006
        {make_frame("\x03\xf7", {.opcode = 8}), 1002},  // 1015
        {make_frame("\x03\xe7", {.opcode = 8}), 1002},  // 999
        {make_frame("\x0b\xb7", {.opcode = 8}), 1002},  // 2999
        {make_frame("\x13\x88", {.opcode = 8}), 1002},  // 5000
        {make_frame("\x03\xe8\xff", {.opcode = 8}), 1007},
        {make_frame("\xc3"), 1007},
        {make_frame("\xed\xa0\x80"), 1007},
        {make_frame("\xc3", {.final = false}) + make_frame("(", {.opcode = 0}), 1007},
        {highest, 1002},
        {long_16, 1002},
        {long_64, 1002},
    };
    for (const auto& [bytes, code] : broken) {
        const auto events = decode_whole(bytes + make_frame("afterwards"));
        CAPTURE(bytes);
        REQUIRE(events == std::vector<seen>{{kind::failed, "", code}});
    }
}

TEST_CASE("a character may be torn between fragments") {
    const auto events =
        decode_whole(make_frame("\xc3", {.final = false}) + make_frame("\xa4", {.opcode = 0}));
    REQUIRE(events == std::vector<seen>{{kind::text, "\xc3\xa4", 0}});
}

TEST_CASE("a message of the limit passes, one byte more is refused before it is buffered") {
    REQUIRE(decode_whole(make_frame(std::string(100, 'x')), 100).front().what == kind::text);
    REQUIRE(decode_whole(make_frame(std::string(101, 'x')), 100) ==
            std::vector<seen>{{kind::failed, "", 1009}});
    REQUIRE(decode_whole(make_frame(std::string(101, 'x')).substr(0, 8), 100).front().code == 1009);
    const std::string half(50, 'x');
    REQUIRE(decode_whole(make_frame(half, {.final = false}) + make_frame(half, {.opcode = 0}), 100).size() ==
            1);
    REQUIRE(decode_whole(make_frame(half, {.final = false}) + make_frame(half + "x", {.opcode = 0}), 100) ==
            std::vector<seen>{{kind::failed, "", 1009}});
    // Fragments between which control frames come do not start anew.
    REQUIRE(decode_whole(make_frame(half, {.final = false}) + make_frame("p", {.opcode = 9}) +
                             make_frame(half + "x", {.opcode = 0}),
                         100)
                .back()
                .code == 1009);
}

TEST_CASE("a close frame without a code says so") {
    REQUIRE(decode_whole(make_frame("", {.opcode = 8})) == std::vector<seen>{{kind::close, "", 1005}});
    for (const char* code : {"\x03\xe9", "\x03\xf3", "\x0b\xb8", "\x13\x87"})
        REQUIRE(decode_whole(make_frame(code, {.opcode = 8})).front().what == kind::close);
}

TEST_CASE("frames are written in their shortest form") {
    std::string out;
    append_text_frame(out, "hi");
    append_ping_frame(out);
    append_pong_frame(out, "p");
    append_close_frame(out, close_code::going_away, "bye");
    REQUIRE(out ==
            "\x81\x02hi\x89\x00\x8a\x01p\x88\x05\x03\xe9"s
            "bye");
    for (const auto& [size, header] : {std::pair<std::size_t, std::string>{125, "\x81\x7d"s},
                                       {126, "\x81\x7e\x00\x7e"s},
                                       {65'535, "\x81\x7e\xff\xff"s},
                                       {65'536, "\x81\x7f\0\0\0\0\0\x01\0\0"s}}) {
        out.clear();
        append_text_frame(out, std::string(size, 'x'));
        REQUIRE(out.size() == header.size() + size);
        REQUIRE(out.starts_with(header));
    }
    out.clear();
    append_close_frame(out, 1000, std::string(122, 'x') + "\xc3\xa4");
    REQUIRE(out.size() == 2 + 2 + 122);
}
