#include "xmpp/auth/sasl_exchange.hpp"

#include "gateway/base/encoding.hpp"
#include "xmpp/auth/authenticator.hpp"
#include "xmpp/auth/mechanism_list.hpp"
#include "xmpp/sasl/anonymous.hpp"
#include "xmpp/sasl/external.hpp"
#include "xmpp/sasl/plain.hpp"
#include "xmpp/sasl/scram.hpp"

#include <algorithm>
#include <utility>

namespace meerkat::auth {

namespace {

constexpr std::size_t max_text = (sasl::server_mechanism::max_message + 2) / 3 * 4;

sasl::failure failed(sasl::condition reason) { return {reason, {}}; }

bool is_plus(sasl_mechanism m) {
    const auto variant = scram_variant_of(m);
    return variant && variant->plus;
}

// Where it is configured, a client without a certificate hears that it is this that it lacks.
std::unique_ptr<sasl::server_mechanism> make_external(const auth_options& options, const std::string& domain,
                                                      sasl::channel_facts facts) {
    auto certificate = std::move(facts.certificate);
    facts.certificate.emplace();
    const auto possible = offered_mechanisms(options, facts);
    if (std::find(possible.begin(), possible.end(), sasl_mechanism::external) == possible.end())
        return nullptr;
    return sasl::make_external({.forms = options.sasl_external,
                                .prefix = options.sasl_external_common_name.prefix,
                                .suffix = options.sasl_external_common_name.suffix,
                                .domain = domain,
                                .certificate = std::move(certificate)});
}

std::unique_ptr<sasl::server_mechanism> make_offered(const authenticator& accounts, const std::string& domain,
                                                     std::string_view name, sasl::channel_facts facts) {
    const auth_options& options = accounts.options(domain);
    if (name == name_of(sasl_mechanism::external)) return make_external(options, domain, std::move(facts));
    const auto offered = offered_mechanisms(options, facts);
    const auto has_name = [name](sasl_mechanism m) { return name_of(m) == name; };
    const auto wanted = std::find_if(offered.begin(), offered.end(), has_name);
    if (wanted == offered.end()) return nullptr;
    if (*wanted == sasl_mechanism::plain) return sasl::make_plain();
    if (*wanted == sasl_mechanism::anonymous) return sasl::make_anonymous();
    const auto variant = scram_variant_of(*wanted);
    if (!variant) return nullptr;
    return sasl::make_scram({.hash = variant->hash,
                             .plus = variant->plus,
                             .plus_advertised = std::any_of(offered.begin(), offered.end(), is_plus),
                             .domain = domain,
                             .facts = std::move(facts),
                             .nonce = sasl::make_nonce(),
                             .secret = accounts.secret(),
                             .iterations = options.password.scram_iterations});
}

}  // namespace

sasl_exchange::sasl_exchange(authenticator& accounts, std::string domain, std::string_view mechanism,
                             sasl::channel_facts facts, method_set allowed)
    : accounts_(accounts),
      domain_(std::move(domain)),
      allowed_(allowed),
      mechanism_(make_offered(accounts_, domain_, mechanism, std::move(facts))),
      client_first_(mechanism != name_of(sasl_mechanism::anonymous)) {}

sasl_exchange::~sasl_exchange() = default;

task<sasl::outcome> sasl_exchange::step(std::string_view text) {
    sasl::step_result next = begin_or_go_on(text);
    for (;;) {
        if (auto* const keys = std::get_if<sasl::need_keys>(&next)) {
            auto answered = co_await ask_keys(std::move(*keys));
            next = std::move(answered);
        } else if (auto* const password = std::get_if<sasl::need_password>(&next)) {
            auto answered = co_await ask_password(std::move(*password));
            next = std::move(answered);
        } else if (const auto* const named = std::get_if<sasl::need_consent>(&next)) {
            next = ask_consent(*named);
        } else if (std::holds_alternative<sasl::need_name>(next)) {
            next = give_name();
        } else {
            break;
        }
    }
    co_return conclude(std::move(next));
}

sasl::step_result sasl_exchange::begin_or_go_on(std::string_view text) {
    if (!mechanism_)
        return failed(begun_ ? sasl::condition::malformed_request : sasl::condition::invalid_mechanism);
    const bool first = !std::exchange(begun_, true);
    // Without an initial response the client is told to speak: RFC 4422, section 5.1.
    if (first && text.empty() && client_first_) return sasl::challenge{};
    if (text.size() > max_text) return failed(sasl::condition::malformed_request);
    const auto message = from_base64(text == "=" ? std::string_view() : text);
    if (!message) return failed(sasl::condition::incorrect_encoding);
    return mechanism_->step(*message);
}

task<sasl::step_result> sasl_exchange::ask_keys(sasl::need_keys question) {
    const auto keys = co_await accounts_.keys(std::move(question.local), domain_, question.hash, allowed_);
    if (keys.has_error()) co_return failed(sasl::condition::temporary_auth_failure);
    method_ = auth_method::internal;
    co_return mechanism_->supply_keys(*keys ? &**keys : nullptr);
}

task<sasl::step_result> sasl_exchange::ask_password(sasl::need_password question) {
    const auto method = co_await accounts_.check_password(std::move(question.local), domain_,
                                                          std::move(question.password), allowed_);
    if (method.has_error()) co_return failed(sasl::condition::temporary_auth_failure);
    if (*method) method_ = **method;
    co_return mechanism_->supply_verdict(method->has_value());
}

sasl::step_result sasl_exchange::ask_consent(const sasl::need_consent&) {
    const auto method = accounts_.vouches_for_certificates(domain_, allowed_);
    if (method) method_ = *method;
    return mechanism_->supply_verdict(method.has_value());
}

sasl::step_result sasl_exchange::give_name() {
    if (!allowed_.contains(auth_method::anonymous)) return failed(sasl::condition::not_authorized);
    method_ = auth_method::anonymous;
    return mechanism_->supply_name(accounts_.anonymous_name());
}

sasl::outcome sasl_exchange::conclude(sasl::step_result last) {
    if (auto* const more = std::get_if<sasl::challenge>(&last)) return sasl::challenge{to_base64(more->data)};
    mechanism_.reset();
    if (auto* const done = std::get_if<sasl::success>(&last)) {
        if (done->data) done->data = to_base64(*done->data);
        return std::move(*done);
    }
    return std::get<sasl::failure>(std::move(last));
}

}  // namespace meerkat::auth
