#include "gateway/http/websocket_frame.hpp"

#include "gateway/base/encoding.hpp"
#include "gateway/http/websocket_deflate.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace meerkat::http {

namespace {

enum opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, closing = 8, ping = 9, pong = 10 };

constexpr std::size_t control_limit = 125;

// Buffers of assembled messages above this size are given back rather than kept by an idle connection.
constexpr std::size_t kept_capacity = 1024;

// RFC 6455, 7.4: what a peer may send; 1005, 1006 and 1015 never stand in a frame.
bool is_sendable(std::uint16_t code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

// The bit that says "compressed" in a message's first frame (RFC 7692, 6).
constexpr unsigned compressed_bit = 0x40;

void append_frame(std::string& out, unsigned what, std::string_view payload) {
    char header[10];
    std::size_t size = 2;
    header[0] = static_cast<char>(0x80 | what);
    if (payload.size() < 126) {
        header[1] = static_cast<char>(payload.size());
    } else {
        const bool wide = payload.size() > 0xffff;
        header[1] = wide ? 127 : 126;
        size = wide ? 10 : 4;
        auto rest = static_cast<std::uint64_t>(payload.size());
        for (std::size_t i = size; i-- > 2; rest >>= 8) header[i] = static_cast<char>(rest & 0xff);
    }
    out.append(header, size);
    out += payload;
}

}  // namespace

frame_decoder::event frame_decoder::next(std::span<char>& input) {
    if (ended_) {
        input = {};
        return {};
    }
    if (std::exchange(delivered_, false)) {
        message_.clear();
        if (message_.capacity() > kept_capacity) message_.shrink_to_fit();
    }
    for (;;) {
        if (!in_payload_) {
            if (!take_header(input)) return {};
            const event refused = begin_payload();
            if (refused.what == kind::failed) return refused;
        }
        const event got = take_payload(input);
        if (got.what != kind::more || in_payload_) return got;
    }
}

bool frame_decoder::take_header(std::span<char>& input) {
    for (;;) {
        std::size_t needed = 2;
        if (header_size_ >= 2) {
            const unsigned length = header_[1] & 0x7f;
            needed += (length == 126 ? 2 : length == 127 ? 8 : 0) + ((header_[1] & 0x80) != 0 ? 4 : 0);
            if (header_size_ == needed) return true;
        }
        const std::size_t part = std::min(needed - header_size_, input.size());
        if (part == 0) return false;
        std::memcpy(header_.data() + header_size_, input.data(), part);
        header_size_ = static_cast<std::uint8_t>(header_size_ + part);
        input = input.subspan(part);
    }
}

frame_decoder::event frame_decoder::begin_payload() {
    const unsigned char first = header_[0];
    const unsigned length = header_[1] & 0x7f;
    const bool masked = (header_[1] & 0x80) != 0;
    opcode_ = first & 0x0f;
    final_ = (first & 0x80) != 0;
    const unsigned reserved = first & 0x70;
    if (!masked || (reserved != 0 && (reserved != compressed_bit || !accepts_compressed_)))
        return fail(close_code::protocol_error);
    if (is_control()) {
        if (opcode_ > pong || !final_ || length > control_limit || reserved != 0)
            return fail(close_code::protocol_error);
    } else {
        const bool continues = opcode_ == continuation;
        if (opcode_ > binary || continues == (message_kind_ == kind::more) || (continues && reserved != 0))
            return fail(close_code::protocol_error);
        if (!continues) compressed_ = reserved != 0;
    }
    std::size_t at = 2;
    payload_left_ = length;
    if (length >= 126) {
        const std::size_t end = length == 126 ? 4 : 10;
        payload_left_ = 0;
        for (; at < end; ++at) payload_left_ = payload_left_ << 8 | header_[at];
        // RFC 6455, 5.2: the shortest form, and never the highest bit.
        const bool minimal = length == 126 ? payload_left_ > 125 : payload_left_ > 0xffff;
        if (!minimal || payload_left_ >> 63 != 0) return fail(close_code::protocol_error);
    }
    if (!is_control() && payload_left_ > limit_ - std::min(limit_, message_.size()))
        return fail(close_code::message_too_big);
    std::memcpy(mask_.data(), header_.data() + at, mask_.size());
    mask_at_ = 0;
    header_size_ = 0;
    control_size_ = 0;
    in_payload_ = true;
    return {};
}

frame_decoder::event frame_decoder::take_payload(std::span<char>& input) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, input.size()));
    const std::span<char> bytes = input.first(size);
    unmask(bytes);
    input = input.subspan(size);
    const bool whole_here =
        size == payload_left_ && (is_control() ? control_size_ == 0 : message_.empty() && final_);
    payload_left_ -= size;
    if (whole_here) return finish_frame({bytes.data(), size});
    if (is_control()) {
        std::ranges::copy(bytes, control_.begin() + control_size_);
        control_size_ = static_cast<std::uint8_t>(control_size_ + size);
        return payload_left_ == 0 ? finish_frame({control_.data(), control_size_}) : event{};
    }
    message_.append(bytes.data(), size);
    return payload_left_ == 0 ? finish_frame(message_) : event{};
}

frame_decoder::event frame_decoder::finish_frame(std::string_view payload) {
    in_payload_ = false;
    switch (opcode_) {
        case ping:
            return {kind::ping, payload};
        case pong:
            return {kind::pong, payload};
        case closing:
            return finish_close(payload);
        case continuation:
            break;
        default:
            message_kind_ = opcode_ == text ? kind::text : kind::binary;
    }
    if (!final_) return {};
    return finish_message(std::exchange(message_kind_, kind::more), payload);
}

frame_decoder::event frame_decoder::finish_message(kind what, std::string_view payload) {
    delivered_ = true;
    if (compressed_) {
        std::string inflated;
        const inflating outcome = inflate_message(payload, limit_, inflated);
        if (outcome == inflating::too_big) return fail(close_code::message_too_big);
        if (outcome == inflating::invalid) return fail(close_code::invalid_payload);
        message_ = std::move(inflated);
        payload = message_;
    }
    if (what == kind::text && !is_utf8(payload)) return fail(close_code::invalid_payload);
    return {what, payload};
}

frame_decoder::event frame_decoder::finish_close(std::string_view payload) {
    ended_ = true;
    if (payload.empty()) return {kind::close, {}, close_code::no_status};
    if (payload.size() == 1) return fail(close_code::protocol_error);
    const auto code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 |
                                                 static_cast<unsigned char>(payload[1]));
    if (!is_sendable(code)) return fail(close_code::protocol_error);
    payload.remove_prefix(2);
    if (!is_utf8(payload)) return fail(close_code::invalid_payload);
    return {kind::close, payload, code};
}

frame_decoder::event frame_decoder::fail(std::uint16_t code) {
    ended_ = true;
    return {kind::failed, {}, code};
}

// Eight bytes at a time, the mask turned to where the payload stands.
void frame_decoder::unmask(std::span<char> bytes) {
    unsigned char pattern[8];
    for (std::size_t i = 0; i < sizeof pattern; ++i) pattern[i] = mask_[(mask_at_ + i) & 3];
    const auto mask = std::bit_cast<std::uint64_t>(pattern);
    std::size_t at = 0;
    for (; at + sizeof mask <= bytes.size(); at += sizeof mask) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, sizeof word);
        word ^= mask;
        std::memcpy(bytes.data() + at, &word, sizeof word);
    }
    for (; at < bytes.size(); ++at)
        bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(pattern[at & 7]));
    mask_at_ = static_cast<std::uint8_t>((mask_at_ + bytes.size()) & 3);
}

void append_text_frame(std::string& out, std::string_view payload) { append_frame(out, text, payload); }

void append_compressed_frame(std::string& out, std::string_view payload) {
    append_frame(out, text | compressed_bit, payload);
}

void append_ping_frame(std::string& out, std::string_view payload) {
    append_frame(out, ping, payload.substr(0, control_limit));
}

void append_pong_frame(std::string& out, std::string_view payload) {
    append_frame(out, pong, payload.substr(0, control_limit));
}

void append_close_frame(std::string& out, std::uint16_t code, std::string_view reason) {
    std::size_t size = std::min(reason.size(), control_limit - 2);
    // Not within a character.
    while (size > 0 && size < reason.size() && (static_cast<unsigned char>(reason[size]) & 0xc0) == 0x80)
        --size;
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    payload += reason.substr(0, size);
    append_frame(out, closing, payload);
}

}  // namespace meerkat::http
