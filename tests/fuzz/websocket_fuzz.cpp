// WebSocket frames are decoded alike whole and in pieces; what the decoder hands out keeps its promises.

#include "gateway/base/encoding.hpp"
#include "gateway/http/websocket_deflate.hpp"
#include "gateway/http/websocket_frame.hpp"
#include "tests/support/fuzz_check.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace meerkat::http;
using kind = frame_decoder::kind;

namespace {

constexpr std::size_t limit = 1000;

struct seen {
    kind what;
    std::string payload;
    std::uint16_t code;
    friend bool operator==(const seen&, const seen&) = default;
};

std::vector<seen> decode(std::string bytes, std::size_t piece, bool compressed) {
    frame_decoder decoder(limit);
    if (compressed) decoder.accept_compressed();
    std::vector<seen> events;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        std::span<char> input(bytes.data() + at, std::min(piece, bytes.size() - at));
        for (;;) {
            const auto event = decoder.next(input);
            if (event.what == kind::more) break;
            events.push_back({event.what, std::string(event.payload), event.code});
        }
        FUZZ_CHECK(input.empty());
    }
    return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    for (const bool compressed : {false, true}) {
        const auto whole = decode(bytes, bytes.size() + 1, compressed);
        FUZZ_CHECK(decode(bytes, 1, compressed) == whole);
        FUZZ_CHECK(decode(bytes, 7, compressed) == whole);
        for (const seen& event : whole) {
            FUZZ_CHECK(event.payload.size() <= limit);
            if (event.what == kind::text) FUZZ_CHECK(meerkat::is_utf8(event.payload));
            if (event.what == kind::ping || event.what == kind::pong) FUZZ_CHECK(event.payload.size() <= 125);
            if (event.what == kind::close || event.what == kind::failed) FUZZ_CHECK(&event == &whole.back());
        }
    }
    // The same bytes as what a client offers, and as a message's payload.
    fields asked;
    asked.add("Sec-WebSocket-Extensions", bytes);
    if (const auto agreed = agree_on_deflate(asked))
        FUZZ_CHECK(agreed->server_window_bits >= 9 && agreed->server_window_bits <= 15);
    std::string message;
    const auto outcome = inflate_message(bytes, limit, message);
    FUZZ_CHECK(message.size() <= limit + 1);
    FUZZ_CHECK(outcome != inflating::done || message.size() <= limit);
    return 0;
}
