#pragma once
// permessage-deflate (RFC 7692) without context takeover in either direction: each message is compressed by
// itself, with the one compressor of the shard, so that connections hold nothing between messages, and what
// one message says cannot be guessed from the length of another.

#include "gateway/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meerkat::http {

struct deflate_agreement {
    int server_window_bits = 15;  // what we may refer back to
    std::string answer;           // of the field Sec-WebSocket-Extensions
};

// The first of the client's offers that can be met; nothing: there is none, and messages go uncompressed.
std::optional<deflate_agreement> agree_on_deflate(const fields& asked);

// A whole message as one frame; uncompressed where it is short, or would not become smaller.
void append_deflated_text_frame(std::string& out, std::string_view text, int window_bits);

enum class inflating : std::uint8_t { done, too_big, invalid };
// A whole message's payload into `message`, which is replaced. Never makes more than `limit` bytes and one.
inflating inflate_message(std::string_view payload, std::size_t limit, std::string& message);

}  // namespace meerkat::http
