#pragma once
// Who may register and with what password, as configured: access rule, networks, strength.

#include "gateway/base/swapped.hpp"
#include "xmpp/address/jid.hpp"
#include "xmpp/modules/modules_options.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

class access_rules;

// Bits: the length times the logarithm of how many characters its classes have (lower and upper case letters,
// digits, other printable ones, other bytes).
double password_entropy(std::string_view password);

class registration_policy {
public:
    // The rules outlive the policy.
    registration_policy(const mod_register_options& options, const swapped<access_rules>& rules);
    ~registration_policy();

    // By the access rule, for the account to be or the one that asks.
    bool admits(const jid& who) const;
    // By the first network that holds the address; allowed when none does.
    bool admits_address(std::string_view ip) const;
    bool strong_enough(std::string_view password) const;

private:
    struct network;

    const swapped<access_rules>& rules_;
    const std::string access_;
    const std::uint32_t strength_;
    std::vector<network> networks_;
};

}  // namespace meerkat
