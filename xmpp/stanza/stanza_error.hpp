#pragma once
// Stanza errors (RFC 6120, 8.3): the defined conditions with their type and the legacy numeric code of
// XEP-0086.

#include "gateway/base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace meerkat {

enum class stanza_condition : std::uint8_t {
    bad_request,
    conflict,
    feature_not_implemented,
    forbidden,
    gone,
    internal_server_error,
    item_not_found,
    jid_malformed,
    not_acceptable,
    not_allowed,
    not_authorized,
    policy_violation,
    recipient_unavailable,
    redirect,
    registration_required,
    remote_server_not_found,
    remote_server_timeout,
    resource_constraint,
    service_unavailable,
    subscription_required,
    undefined_condition,
    unexpected_request,
};

struct stanza_error {
    stanza_condition condition;
    std::string_view text = {};  // a constant; English
    std::string_view type = {};  // empty: the condition's usual type

    stanza_error(stanza_condition c, std::string_view t = {},
                 std::string_view ty = {})  // NOLINT(google-explicit-constructor)
        : condition(c), text(t), type(ty) {}
};

struct stanza_condition_facts {
    std::string_view name;
    std::string_view type;
    std::string_view code;
};
const stanza_condition_facts& facts_of(stanza_condition condition);

// What a peer is told of an error of our own.
stanza_error stanza_error_of(const error& e);

}  // namespace meerkat
