#include "gateway/base/encoding.hpp"

#include <array>
#include <cstdint>

namespace meerkat {

namespace {

constexpr char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char hex_digits[] = "0123456789abcdef";

constexpr auto base64_values = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < 64; ++i)
        values[static_cast<unsigned char>(base64_digits[i])] = static_cast<std::int8_t>(i);
    return values;
}();

std::uint32_t byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const std::uint32_t v = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
        out += base64_digits[v >> 18];
        out += base64_digits[v >> 12 & 63];
        out += base64_digits[v >> 6 & 63];
        out += base64_digits[v & 63];
    }
    if (const std::size_t left = bytes.size() - i; left == 1) {
        const std::uint32_t v = byte_at(bytes, i) << 16;
        out += base64_digits[v >> 18];
        out += base64_digits[v >> 12 & 63];
        out += "==";
    } else if (left == 2) {
        const std::uint32_t v = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8;
        out += base64_digits[v >> 18];
        out += base64_digits[v >> 12 & 63];
        out += base64_digits[v >> 6 & 63];
        out += '=';
    }
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    std::string out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool pad = i >= text.size() - padding;
        const std::int8_t value = pad ? std::int8_t{0} : base64_values[static_cast<unsigned char>(text[i])];
        if (value < 0) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        if (i % 4 != 3) continue;
        out += static_cast<char>(bits >> 16 & 255);
        out += static_cast<char>(bits >> 8 & 255);
        out += static_cast<char>(bits & 255);
        bits = 0;
    }
    for (; padding > 0; --padding) {
        if (out.back() != '\0') return std::nullopt;  // stray bits below the padding
        out.pop_back();
    }
    return out;
}

std::string to_hex(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += hex_digits[byte >> 4];
        out += hex_digits[byte & 15];
    }
    return out;
}

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high << 4 | low);
    }
    return out;
}

bool is_utf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            ++i;
            continue;
        }
        std::size_t size = 0;
        std::uint32_t point = 0;
        std::uint32_t least = 0;
        if (lead >= 0xc2 && lead <= 0xdf) {
            size = 2, point = lead & 0x1f, least = 0x80;
        } else if (lead >= 0xe0 && lead <= 0xef) {
            size = 3, point = lead & 0x0f, least = 0x800;
        } else if (lead >= 0xf0 && lead <= 0xf4) {
            size = 4, point = lead & 0x07, least = 0x10000;
        } else {
            return false;
        }
        if (text.size() - i < size) return false;
        for (std::size_t k = 1; k < size; ++k) {
            const auto byte = static_cast<unsigned char>(text[i + k]);
            if ((byte & 0xc0) != 0x80) return false;
            point = point << 6 | (byte & 0x3f);
        }
        if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return false;
        i += size;
    }
    return true;
}

}  // namespace meerkat
