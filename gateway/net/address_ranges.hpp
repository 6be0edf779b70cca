#pragma once
// A set of IP networks, such as those of the proxies that are believed.

#include <array>
#include <string>
#include <vector>

namespace meerkat::net {

class address_ranges {
public:
    address_ranges() = default;
    // "10.0.0.0/8", "::1/128": what does not read as such is left out.
    explicit address_ranges(const std::vector<std::string>& networks);

    // By a numeric address. The empty one, of a UNIX socket's peer, counts as loopback.
    bool contains(const std::string& ip) const;
    bool empty() const { return ranges_.empty(); }

private:
    using bytes = std::array<unsigned char, 16>;  // IPv4 as IPv4-mapped IPv6
    struct range {
        bytes base;
        unsigned bits;
    };
    std::vector<range> ranges_;
};

}  // namespace meerkat::net
