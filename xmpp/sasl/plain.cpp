#include "xmpp/sasl/plain.hpp"

#include "gateway/base/encoding.hpp"
#include "xmpp/address/jid.hpp"

#include <vector>

namespace meerkat::sasl {

namespace {

std::vector<std::string_view> split_at_nul(std::string_view message) {
    std::vector<std::string_view> fields;
    for (;;) {
        const std::size_t end = message.find('\0');
        fields.push_back(message.substr(0, end));
        if (end == std::string_view::npos) return fields;
        message.remove_prefix(end + 1);
    }
}

class plain final : public server_mechanism {
public:
    step_result step(std::string_view message) override {
        if (asked_ || message.size() > max_message || !is_utf8(message)) return malformed();
        const auto fields = split_at_nul(message);
        if (fields.size() < 2 || fields.size() > 3) return malformed();

        const std::string_view user = fields[fields.size() - 2];
        const std::size_t at = user.find('@');
        if (fields.size() == 3) authzid_ = fields.front();
        if (authzid_.empty() && at != std::string_view::npos) authzid_ = user;

        auto local = nodeprep(user.substr(0, at));
        auto password = saslprep(fields.back());
        if (!local || !password) return failure{condition::not_authorized, {}};
        local_ = *local;
        asked_ = true;
        return need_password{std::move(*local), std::move(*password)};
    }

    step_result supply_verdict(bool right) override {
        if (!asked_) return server_mechanism::supply_verdict(right);
        if (!right) return failure{condition::not_authorized, {}};
        return success{local_, authzid_, std::nullopt};
    }

private:
    static failure malformed() { return {condition::malformed_request, {}}; }

    std::string local_, authzid_;
    bool asked_ = false;
};

}  // namespace

std::unique_ptr<server_mechanism> make_plain() { return std::make_unique<plain>(); }

}  // namespace meerkat::sasl
