#pragma once
// WebSocket frames (RFC 6455, section 5) as the server reads and writes them. No input, no output, no clock.
// Frames are unmasked in the buffer they arrived in, and many can be appended to one outbox.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace meerkat::http {

// RFC 6455, 7.4.1.
namespace close_code {
inline constexpr std::uint16_t normal = 1000, going_away = 1001, protocol_error = 1002,
                               unsupported_data = 1003, no_status = 1005, invalid_payload = 1007,
                               policy_violation = 1008, message_too_big = 1009, internal_error = 1011;
}

class frame_decoder {
public:
    enum class kind : std::uint8_t {
        more,    // everything was taken; nothing is complete
        text,    // a whole message, valid UTF-8
        binary,  // a whole message
        ping,    // to be answered with a pong of the same payload
        pong,
        close,  // `code` and the reason as payload; nothing follows
        failed  // the peer broke the protocol: close with `code`; nothing follows
    };
    struct event {
        kind what = kind::more;
        std::string_view payload{};  // into the input or the decoder: until the next call
        std::uint16_t code = 0;
    };

    // `message_limit` in bytes of a reassembled message; more is 1009 before it is buffered.
    explicit frame_decoder(std::size_t message_limit) : limit_(message_limit) {}

    // permessage-deflate was agreed on: messages may come compressed. The limit holds for what comes out.
    void accept_compressed() { accepts_compressed_ = true; }

    // For messages that begin from now on.
    void set_message_limit(std::size_t bytes) { limit_ = bytes; }

    // Takes bytes off the front of `input`, which it changes, up to the next event. A message that lies whole
    // and unfragmented in `input` is not copied.
    event next(std::span<char>& input);

    // Whether anything of an unfinished frame or message is held.
    bool idle() const { return header_size_ == 0 && !in_payload_ && message_kind_ == kind::more; }

private:
    bool take_header(std::span<char>& input);
    event begin_payload();
    event take_payload(std::span<char>& input);
    event finish_frame(std::string_view payload);
    event finish_message(kind what, std::string_view payload);
    event finish_close(std::string_view payload);
    event fail(std::uint16_t code);
    void unmask(std::span<char> bytes);
    bool is_control() const { return (opcode_ & 8) != 0; }

    std::size_t limit_;
    std::string message_;              // the fragments so far, and a torn frame's part
    kind message_kind_ = kind::more;   // of the fragmented message under way; more: none
    bool delivered_ = false;           // message_ was handed out with the last event
    std::array<char, 125> control_{};  // a torn control frame's part
    std::array<unsigned char, 14> header_{};
    std::uint8_t header_size_ = 0;  // bytes of it that are there
    std::uint8_t opcode_ = 0;
    bool final_ = false;
    bool in_payload_ = false;
    bool ended_ = false;
    bool accepts_compressed_ = false;
    bool compressed_ = false;  // the message under way
    std::uint64_t payload_left_ = 0;
    std::uint8_t control_size_ = 0;
    std::array<unsigned char, 4> mask_{};
    std::uint8_t mask_at_ = 0;
};

// Whole unmasked frames, appended.
void append_text_frame(std::string& out, std::string_view text);
// A text message whose payload is compressed already (RFC 7692, 6).
void append_compressed_frame(std::string& out, std::string_view payload);
void append_ping_frame(std::string& out, std::string_view payload = {});  // at most 125 bytes
void append_pong_frame(std::string& out, std::string_view payload);       // at most 125 bytes
void append_close_frame(std::string& out, std::uint16_t code,
                        std::string_view reason = {});  // reason cut at 123

}  // namespace meerkat::http
