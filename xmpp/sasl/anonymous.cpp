#include "xmpp/sasl/anonymous.hpp"

#include "gateway/base/encoding.hpp"

namespace meerkat::sasl {

namespace {

class anonymous final : public server_mechanism {
public:
    step_result step(std::string_view message) override {
        if (asked_ || message.size() > max_message || !is_utf8(message))
            return failure{condition::malformed_request, {}};
        asked_ = true;
        return need_name{};
    }

    step_result supply_name(std::string local) override {
        if (!asked_) return server_mechanism::supply_name(std::move(local));
        return success{std::move(local), {}, std::nullopt};
    }

private:
    bool asked_ = false;
};

}  // namespace

std::unique_ptr<server_mechanism> make_anonymous() { return std::make_unique<anonymous>(); }

}  // namespace meerkat::sasl
