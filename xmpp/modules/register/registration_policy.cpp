#include "xmpp/modules/register/registration_policy.hpp"

#include "gateway/base/log.hpp"
#include "xmpp/access/access_rules.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace meerkat {

namespace {

using address_bytes = std::array<unsigned char, 16>;

// IPv4 as ::ffff:0:0/96, so that one comparison serves both.
std::optional<address_bytes> bytes_of(std::string_view text) {
    boost::system::error_code no_address;
    const auto address = boost::asio::ip::make_address(text, no_address);
    if (no_address) return std::nullopt;
    if (address.is_v6()) return address.to_v6().to_bytes();
    return boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

bool same_prefix(const address_bytes& a, const address_bytes& b, unsigned bits) {
    const unsigned whole = bits / 8;
    if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
    const unsigned rest = bits % 8;
    if (rest == 0) return true;
    const unsigned mask = 0xFFU << (8 - rest);
    return ((a[whole] ^ b[whole]) & mask & 0xFFU) == 0;
}

}  // namespace

struct registration_policy::network {
    address_bytes start;
    unsigned bits;
    bool allowed;
};

double password_entropy(std::string_view password) {
    bool lower = false, upper = false, digit = false, printable = false, other = false;
    for (const char c : password) {
        if (c >= 'a' && c <= 'z') {
            lower = true;
        } else if (c >= 'A' && c <= 'Z') {
            upper = true;
        } else if (c >= '0' && c <= '9') {
            digit = true;
        } else if (c > ' ' && c <= '~') {
            printable = true;
        } else {
            other = true;
        }
    }
    const int classes =
        (lower ? 26 : 0) + (upper ? 26 : 0) + (digit ? 9 : 0) + (printable ? 33 : 0) + (other ? 128 : 0);
    return classes == 0 ? 0.0 : static_cast<double>(password.size()) * std::log2(classes);
}

registration_policy::registration_policy(const mod_register_options& options,
                                         const swapped<access_rules>& rules)
    : rules_(rules), access_(options.access), strength_(options.password_strength) {
    for (const ip_access_rule& rule : options.ip_access) {
        const std::string_view text = rule.address;
        const std::size_t slash = std::min(text.find('/'), text.size());
        const auto start = bytes_of(text.substr(0, slash));
        if (!start) {
            // Configuration has checked it; a network nobody can read admits nobody.
            log::error("ip_access_not_readable", {{"address", text}});
            networks_.push_back({{}, 0, false});
            continue;
        }
        const bool v6 = text.find(':') != std::string_view::npos;
        unsigned bits = v6 ? 128 : 32;
        if (slash < text.size()) std::from_chars(text.data() + slash + 1, text.data() + text.size(), bits);
        bits = v6 ? std::min(bits, 128U) : 96 + std::min(bits, 32U);
        networks_.push_back({*start, bits, rule.policy == ip_policy::allow});
    }
}

registration_policy::~registration_policy() = default;

bool registration_policy::admits(const jid& who) const {
    return rules_.get()->allows(access_, who, who.domain());
}

bool registration_policy::admits_address(std::string_view ip) const {
    const auto address = bytes_of(ip);
    if (!address) return networks_.empty();
    for (const network& each : networks_) {
        if (same_prefix(*address, each.start, each.bits)) return each.allowed;
    }
    return true;
}

bool registration_policy::strong_enough(std::string_view password) const {
    return strength_ == 0 || password_entropy(password) >= strength_;
}

}  // namespace meerkat
