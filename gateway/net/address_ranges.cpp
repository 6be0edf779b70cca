#include "gateway/net/address_ranges.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <optional>

namespace meerkat::net {

namespace {

using bytes = std::array<unsigned char, 16>;

constexpr unsigned mapped_bits = 96;

std::optional<bytes> bytes_of(const std::string& ip, bool& v4) {
    bytes made{};
    v4 = ::inet_pton(AF_INET, ip.c_str(), made.data() + mapped_bits / 8) == 1;
    if (v4) {
        made[10] = made[11] = 0xff;
        return made;
    }
    if (::inet_pton(AF_INET6, ip.c_str(), made.data()) != 1) return std::nullopt;
    return made;
}

bool same_bits(const bytes& a, const bytes& b, unsigned bits) {
    const std::size_t whole = bits / 8;
    if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
    const unsigned rest = bits % 8;
    return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

}  // namespace

address_ranges::address_ranges(const std::vector<std::string>& networks) {
    for (const std::string& each : networks) {
        const std::size_t slash = each.find('/');
        bool v4 = false;
        const auto base = bytes_of(each.substr(0, slash), v4);
        if (!base) continue;
        const unsigned longest = v4 ? 32 : 128;
        unsigned bits = longest;
        if (slash != std::string::npos)
            std::from_chars(each.data() + slash + 1, each.data() + each.size(), bits);
        ranges_.push_back({*base, std::min(bits, longest) + (v4 ? mapped_bits : 0)});
    }
}

bool address_ranges::contains(const std::string& ip) const {
    if (ip.empty()) return contains("127.0.0.1") || contains("::1");
    bool v4 = false;
    const auto address = bytes_of(ip, v4);
    return address && std::ranges::any_of(ranges_, [&](const range& each) {
               return same_bits(each.base, *address, each.bits);
           });
}

}  // namespace meerkat::net
