#include "xmpp/stanza/stanza_error.hpp"

#include <array>

namespace meerkat {

namespace {

// In the order of the enumeration.
constexpr std::array<stanza_condition_facts, 22> table{{
    {"bad-request", "modify", "400"},
    {"conflict", "cancel", "409"},
    {"feature-not-implemented", "cancel", "501"},
    {"forbidden", "auth", "403"},
    {"gone", "modify", "302"},
    {"internal-server-error", "wait", "500"},
    {"item-not-found", "cancel", "404"},
    {"jid-malformed", "modify", "400"},
    {"not-acceptable", "modify", "406"},
    {"not-allowed", "cancel", "405"},
    {"not-authorized", "auth", "401"},
    {"policy-violation", "modify", "406"},
    {"recipient-unavailable", "wait", "404"},
    {"redirect", "modify", "302"},
    {"registration-required", "auth", "407"},
    {"remote-server-not-found", "cancel", "404"},
    {"remote-server-timeout", "wait", "504"},
    {"resource-constraint", "wait", "500"},
    {"service-unavailable", "cancel", "503"},
    {"subscription-required", "auth", "407"},
    {"undefined-condition", "cancel", "500"},
    {"unexpected-request", "wait", "400"},
}};

}  // namespace

const stanza_condition_facts& facts_of(stanza_condition condition) {
    return table[static_cast<std::size_t>(condition)];
}

stanza_error stanza_error_of(const error& e) {
    switch (e.code) {
        case errc::overloaded:
            return stanza_condition::resource_constraint;
        case errc::not_found:
            return stanza_condition::item_not_found;
        case errc::conflict:
            return stanza_condition::conflict;
        case errc::invalid:
            return stanza_condition::bad_request;
        case errc::cancelled:
        case errc::timed_out:
        case errc::closed:
        case errc::unavailable:
            break;
    }
    return stanza_condition::internal_server_error;
}

}  // namespace meerkat
