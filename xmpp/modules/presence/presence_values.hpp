#pragma once
// Presence stanzas read and made; nothing that needs to know who is online.

#include "xmpp/routing/session.hpp"
#include "xmpp/stanza/stanza.hpp"

#include <cstdint>
#include <string_view>

namespace meerkat {

// RFC 6121, 4.7.1, and what is taken for it: "available" for no type at all.
bool is_presence_type(std::string_view type);
bool means_available(std::string_view type);

// Nothing but an integer from -128 to 127 counts; everything else is 0. RFC 6121, 4.7.2.3.
std::int8_t priority_of(const stanza& presence);

// What a probe is answered with: the session's last presence and when it was sent (XEP-0203).
stanza probed_presence(const session& from);

// Unavailable presence of a session; an empty status is left out.
stanza unavailable_presence(const session& from, std::string_view status);

// The request of a contact that waits for the user's answer. RFC 6121, 3.1.3.
stanza pending_request(const jid& contact, const jid& user, std::string_view status);

}  // namespace meerkat
