#pragma once
// What a client session is held to, whatever transport carries it: raw sockets and HTTP handlers share this,
// so that no limit silently ends at a transport.

#include "config/values.hpp"
#include "xmpp/auth/auth_options.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace meerkat::config {
template <class Struct>
struct bound_option;
}

namespace meerkat {

struct client_options {
    std::string access = "all";                   // a rule, "all" or "none"; asked when the session opens
    std::string shaper = "none";                  // a shaper, or "none"
    limit<std::size_t> max_stanza_size{262'144};  // bytes
    // For each step of negotiation until the session is open.
    limit<std::chrono::milliseconds> state_timeout{std::chrono::milliseconds(5000)};
    bool backwards_compatible_session = true;  // RFC 3921's session request is offered and answered
    // Silence after which a session gives back the memory of its compression; there is no other to give.
    limit<std::chrono::milliseconds> hibernate_after{std::chrono::milliseconds(0)};
    std::optional<std::size_t> max_fsm_queue;                      // stanzas that may wait for the client
    std::optional<std::vector<auth_method>> allowed_auth_methods;  // unset: all that are enabled
};

config::table<client_options> client_table();
// Of that table; raw sockets had it in older releases, other transports had not.
config::bound_option<client_options> queue_option();

}  // namespace meerkat
