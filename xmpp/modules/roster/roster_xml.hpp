#pragma once
// Roster items between storage and jabber:iq:roster (RFC 6121, 2.1), with the limits on what a client may
// store. Pure functions.

#include "xmpp/stanza/stanza_error.hpp"
#include "xmpp/storage/roster_store.hpp"
#include "xmpp/xml/element.hpp"

#include <string>
#include <variant>

namespace meerkat {

struct roster_limits {
    static constexpr std::size_t name = 1023;    // bytes; also of a group
    static constexpr std::size_t groups = 128;   // of one item
    static constexpr std::size_t items = 5000;   // of one roster
    static constexpr std::size_t status = 1023;  // bytes kept of the text of a subscription request
};

// What a client asks for with a roster set: contact, name and groups are taken from it, nothing else.
struct roster_set {
    storage::roster_item item;
    bool remove = false;
};
std::variant<roster_set, stanza_error> read_roster_set(const xml::element& query);

// False for one that exists only because the contact asked for a subscription (RFC 6121, A.1): a client
// hears of it by the request, not by the roster.
bool shown_to_clients(const storage::roster_item& item);

void add_roster_item(xml::element& query, const storage::roster_item& item);

// The version of a roster as clients see it: the same roster has the same, any other another.
std::string roster_hash(const storage::roster& roster);

// At most so many bytes of a UTF-8 text, not cut inside a character.
std::string_view cut_text(std::string_view text, std::size_t most);

}  // namespace meerkat
