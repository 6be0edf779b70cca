#include "xmpp/address/stringprep.hpp"

#include "gateway/base/encoding.hpp"

#include <stringprep.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace meerkat {

namespace {

const Stringprep_profile* table_of(stringprep_profile profile) {
    switch (profile) {
        case stringprep_profile::nodeprep:
            return stringprep_xmpp_nodeprep;
        case stringprep_profile::nameprep:
            return stringprep_nameprep;
        case stringprep_profile::resourceprep:
            return stringprep_xmpp_resourceprep;
        case stringprep_profile::saslprep:
            break;
    }
    return stringprep_saslprep;
}

// `text` is UTF-8.
std::vector<std::uint32_t> to_code_points(std::string_view text) {
    std::vector<std::uint32_t> points;
    for (const char c : text) {
        const std::uint32_t byte = static_cast<unsigned char>(c);
        if (byte < 0x80)
            points.push_back(byte);
        else if (byte >= 0xf0)
            points.push_back(byte & 0x07);
        else if (byte >= 0xe0)
            points.push_back(byte & 0x0f);
        else if (byte >= 0xc0)
            points.push_back(byte & 0x1f);
        else
            points.back() = points.back() << 6 | (byte & 0x3f);
    }
    return points;
}

void append_utf8(std::string& out, std::uint32_t point) {
    const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
    if (point < 0x80) return byte(point);
    if (point < 0x800) {
        byte(0xc0 | point >> 6);
    } else {
        if (point < 0x10000) {
            byte(0xe0 | point >> 12);
        } else {
            byte(0xf0 | point >> 18);
            byte(0x80 | (point >> 12 & 0x3f));
        }
        byte(0x80 | (point >> 6 & 0x3f));
    }
    byte(0x80 | (point & 0x3f));
}

}  // namespace

std::optional<std::string> prepare(std::string_view text, stringprep_profile profile, std::size_t largest) {
    if (text.empty() || text.size() > largest || text.find('\0') != std::string_view::npos || !is_utf8(text))
        return std::nullopt;
    std::vector<std::uint32_t> points = to_code_points(text);
    std::size_t size = points.size();
    // libidn's stringprep() repeats all its work for each 50 code points that the result is longer than the
    // text, and U+FDFA becomes 18 of them. With room for every result that may pass, once is enough.
    const std::size_t room = largest + 1;
    points.resize(room);
    const auto run = [&] {
        return stringprep_4i(points.data(), &size, room, Stringprep_profile_flags{}, table_of(profile));
    };
    if (run() != STRINGPREP_OK || size == 0) return std::nullopt;
    const std::vector<std::uint32_t> once(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(size));
    // The profiles are not idempotent for a few sequences; an address must equal itself when read again.
    if (run() != STRINGPREP_OK || size != once.size() ||
        !std::equal(once.begin(), once.end(), points.begin()))
        return std::nullopt;
    std::string out;
    for (const std::uint32_t point : once) append_utf8(out, point);
    if (out.size() > largest || !is_utf8(out)) return std::nullopt;
    return out;
}

}  // namespace meerkat
