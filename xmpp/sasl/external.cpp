#include "xmpp/sasl/external.hpp"

#include "gateway/base/encoding.hpp"
#include "xmpp/address/jid.hpp"

#include <algorithm>
#include <utility>

namespace meerkat::sasl {

namespace {

// Who a form says the client is: a localpart, or why not.
using choice = std::variant<std::string, condition>;

class external final : public server_mechanism {
public:
    explicit external(external_settings settings) : settings_(std::move(settings)) {}

    step_result step(std::string_view message) override {
        if (asked_ || message.size() > max_message || !is_utf8(message) ||
            message.find('\0') != std::string_view::npos)
            return failure{condition::malformed_request, {}};
        if (!settings_.certificate) return failure{condition::not_authorized, {}};
        authzid_ = message;
        const choice chosen = choose();
        if (const auto* const why = std::get_if<condition>(&chosen)) return failure{*why, {}};
        local_ = std::get<std::string>(chosen);
        asked_ = true;
        return need_consent{local_};
    }

    step_result supply_verdict(bool right) override {
        if (!asked_) return server_mechanism::supply_verdict(right);
        if (!right) return failure{condition::not_authorized, {}};
        return success{local_, authzid_, std::nullopt};
    }

private:
    choice choose() const {
        choice last = condition::not_authorized;
        for (const external_form form : settings_.forms) {
            last = choose_by(form);
            if (std::holds_alternative<std::string>(last)) break;
        }
        return last;
    }

    choice choose_by(external_form form) const {
        switch (form) {
            case external_form::standard:
                return choose_by_addresses();
            case external_form::common_name:
                return choose_by_common_name();
            case external_form::auth_id:
                return settings_.certificate->xmpp_addresses.empty() ? user_of(authzid_)
                                                                     : condition::not_authorized;
        }
        return condition::not_authorized;
    }

    // Without an authorization identity there must be one address to be; with one it must be among them.
    choice choose_by_addresses() const {
        const auto& addresses = settings_.certificate->xmpp_addresses;
        if (addresses.empty()) return condition::not_authorized;
        if (authzid_.empty())
            return addresses.size() == 1 ? user_of(addresses.front()) : condition::invalid_authzid;
        const auto asked = jid::parse(authzid_);
        const bool listed = asked && std::ranges::any_of(addresses, [&asked](const std::string& each) {
                                return jid::parse(each) == asked;
                            });
        if (listed) return user_of(authzid_);
        return addresses.size() == 1 ? condition::invalid_authzid : condition::not_authorized;
    }

    // A common name may be a user name or the user's address.
    choice choose_by_common_name() const {
        const std::string& name = settings_.certificate->common_name;
        const bool address = name.find('@') != std::string::npos;
        choice owner = address ? user_of(name) : choice(name);
        const auto* const local = std::get_if<std::string>(&owner);
        if (local == nullptr || local->empty()) return condition::not_authorized;
        auto prepared = nodeprep(settings_.prefix + *local + settings_.suffix);
        if (!prepared) return condition::not_authorized;
        if (authzid_.empty()) return std::move(*prepared);
        const choice asked = user_of(authzid_);
        const auto* const wanted = std::get_if<std::string>(&asked);
        if (wanted == nullptr || *wanted != *prepared) return condition::invalid_authzid;
        return std::move(*prepared);
    }

    // The user of an address of the stream's domain.
    choice user_of(std::string_view address) const {
        const auto parsed = jid::parse(address);
        if (!parsed || !parsed->is_bare() || parsed->local().empty() || parsed->domain() != settings_.domain)
            return condition::not_authorized;
        return std::string(parsed->local());
    }

    const external_settings settings_;
    std::string authzid_, local_;
    bool asked_ = false;
};

}  // namespace

std::unique_ptr<server_mechanism> make_external(external_settings settings) {
    return std::make_unique<external>(std::move(settings));
}

}  // namespace meerkat::sasl
