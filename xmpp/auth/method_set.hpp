#pragma once
// Which authentication methods a listener admits (allowed_auth_methods).

#include "xmpp/auth/auth_options.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace meerkat::auth {

class method_set {
public:
    constexpr method_set() = default;  // every method
    explicit method_set(const std::optional<std::vector<auth_method>>& allowed) {
        if (!allowed) return;
        bits_ = 0;
        for (const auth_method m : *allowed) bits_ |= bit(m);
    }

    constexpr bool contains(auth_method m) const { return (bits_ & bit(m)) != 0; }

private:
    static constexpr std::uint32_t bit(auth_method m) { return std::uint32_t{1} << static_cast<unsigned>(m); }
    std::uint32_t bits_ = ~std::uint32_t{0};
};

}  // namespace meerkat::auth
