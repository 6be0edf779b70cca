#pragma once
// How the scanner sees bytes: classes by table, and a search eight bytes at a time. Beyond ASCII everything
// is ordinary; expat knows better.

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace meerkat::xml {

enum kind : std::uint8_t { ordinary = 0, space = 1, control = 2, not_in_names = 4 };

inline constexpr auto kinds = [] {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = control;
    for (const char c : {' ', '\t', '\n', '\r'}) table[static_cast<unsigned char>(c)] = space;
    for (const char c : {'<', '>', '/', '=', '"', '\'', '&'})
        table[static_cast<unsigned char>(c)] = not_in_names;
    return table;
}();

inline std::uint8_t kind_of(char c) { return kinds[static_cast<unsigned char>(c)]; }
inline bool is_space(char c) { return kind_of(c) == space; }
inline bool is_control(char c) { return kind_of(c) == control; }

constexpr std::uint64_t every_byte(unsigned char c) { return 0x0101010101010101U * c; }

// The first byte that is `a`, `b` or below space, eight bytes at a time.
inline const char* find(const char* at, const char* end, char a, char b) {
    const std::uint64_t all_a = every_byte(static_cast<unsigned char>(a));
    const std::uint64_t all_b = every_byte(static_cast<unsigned char>(b));
    while (end - at >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        const std::uint64_t is_a = word ^ all_a;
        const std::uint64_t is_b = word ^ all_b;
        // A zero byte borrows from its high bit. Only bytes above a true hit can be hit falsely.
        const std::uint64_t hits = (((is_a - every_byte(1)) & ~is_a) | ((is_b - every_byte(1)) & ~is_b) |
                                    ((word - every_byte(0x20)) & ~word)) &
                                   every_byte(0x80);
        if (hits == 0) {
            at += 8;
            continue;
        }
        if constexpr (std::endian::native == std::endian::little) return at + std::countr_zero(hits) / 8;
        break;
    }
    while (at != end && *at != a && *at != b && static_cast<unsigned char>(*at) >= 0x20) ++at;
    return at;
}

// Byte order marks by their first byte: UTF-8, UTF-16 (and so UTF-32 little-endian), UTF-32 big-endian.
inline std::string_view mark_of(char first) {
    using namespace std::string_view_literals;
    for (const std::string_view mark : {"\xef\xbb\xbf"sv, "\xfe\xff"sv, "\xff\xfe"sv, "\0\0\xfe\xff"sv})
        if (mark.front() == first) return mark;
    return {};
}

}  // namespace meerkat::xml
