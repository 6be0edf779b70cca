#pragma once
// WebSocket frames as a client sends them, for tests.

#include <cstdint>
#include <string>
#include <string_view>

namespace meerkat::testing {

struct client_frame {
    std::uint8_t opcode = 1;
    bool final = true;
    std::uint8_t reserved = 0;  // the three RSV bits
    bool masked = true;
    std::string_view mask = "\x12\x34\x56\x78";
};

inline std::string make_frame(std::string_view payload, const client_frame& how = {}) {
    std::string frame;
    frame += static_cast<char>((how.final ? 0x80 : 0) | how.reserved << 4 | how.opcode);
    const auto mask_bit = static_cast<std::uint8_t>(how.masked ? 0x80 : 0);
    const auto size = static_cast<std::uint64_t>(payload.size());
    const int length_bytes = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
    const auto short_length = static_cast<std::uint8_t>(length_bytes == 0   ? size
                                                        : length_bytes == 2 ? 126
                                                                            : 127);
    frame += static_cast<char>(mask_bit | short_length);
    for (int i = length_bytes - 1; i >= 0; --i) frame += static_cast<char>(size >> (8 * i) & 0xff);
    if (how.masked) frame += how.mask;
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame += how.masked ? static_cast<char>(payload[i] ^ how.mask[i % 4]) : payload[i];
    return frame;
}

}  // namespace meerkat::testing
