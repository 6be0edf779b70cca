#pragma once
// The states of a presence subscription and how each request changes them (RFC 6121, appendix A), as tables.
// Values only: storing, pushing and routing are done by those who ask.

#include "xmpp/storage/roster_store.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace meerkat {

enum class subscription_request : std::uint8_t { subscribe, subscribed, unsubscribe, unsubscribed };

// Nothing for a presence type that is no subscription request.
std::optional<subscription_request> subscription_request_named(std::string_view presence_type);
std::string_view to_string(subscription_request request);

// RFC 6121, A.1: the subscription, and the requests that have not been answered.
enum class subscription_state : std::uint8_t {
    none,
    none_out,
    none_in,
    none_out_in,
    to,
    to_in,
    from,
    from_out,
    both,
};

subscription_state state_of(const storage::roster_item& item);
void set_state(storage::roster_item& item, subscription_state state);

// Whether the contact sees the user's presence, and the other way round.
bool contact_sees_user(storage::subscription s);
bool user_sees_contact(storage::subscription s);

// The user sends the request to the contact (RFC 6121, A.2).
subscription_state after_sending(subscription_state state, subscription_request request);

struct received_request {
    subscription_state next;
    // What the server answers in the user's name.
    std::optional<subscription_request> reply;
};

// The contact's request reaches the user (RFC 6121, A.3).
received_request after_receiving(subscription_state state, subscription_request request);

}  // namespace meerkat
