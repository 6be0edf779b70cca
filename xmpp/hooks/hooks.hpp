#pragma once
// The catalogue of events that modules may take part in: one typed member per event. A host type has one set
// on each shard, so handlers run single-threaded, on the home shard of the user whom the event is about.

#include "xmpp/address/jid.hpp"
#include "xmpp/hooks/hook.hpp"
#include "xmpp/stanza/stanza.hpp"

#include <string>

namespace meerkat {

class session;

// A contact may see the user's presence from now on (also when it asked anew though it could already), or no
// longer.
struct visibility_change {
    const jid& user;
    const jid& contact;  // both bare
    bool visible;
};

// A stream's features under construction (RFC 6120, 4.3.2).
struct feature_offer {
    xml::element& features;
    bool authenticated;
    bool encrypted;
    std::string_view domain;
};

// Why a session ended, in the words that go into the unavailable presence (empty: a normal logout).
struct session_end {
    std::string status;
    bool replaced = false;  // another session took the same full JID
};

struct hooks {
    // A local user's session sends; `from` is stamped, `to` present. At the sender's home.
    hook<session&, stanza&> user_sends_message{"user_sends_message"};
    // `to` may be empty: that is presence for everybody (RFC 6121, 4.2). Whoever handles it answers stop, and
    // it is not routed; it is routed when directed.
    hook<session&, stanza&> user_sends_presence{"user_sends_presence"};
    hook<session&, stanza&> user_sends_iq{"user_sends_iq"};

    // About to be given to the sessions of a local user (bare JID); stop: not delivered. At the receiver's
    // home.
    hook<const jid_view&, stanza&> user_gets_message{"user_gets_message"};
    // Presence for a local user, subscription requests and probes included; stop: handled.
    hook<const jid_view&, stanza&> user_gets_presence{"user_gets_presence"};

    // No session took the message (RFC 6121, 8.5.2.2). stop: somebody kept it; proceed: it is bounced.
    hook<stanza&> message_undelivered{"message_undelivered"};

    hook<session&> session_opened{"session_opened"};
    hook<session&, const session_end&> session_closed{"session_closed"};

    hook<const feature_offer&> stream_features{"stream_features"};
    // An iq before authentication (in-band registration), `to` set to the stream's domain; the stanza becomes
    // its own answer, and stop says it did. On whatever shard the client was accepted.
    hook<stanza&, const std::string& /* peer ip */> unauthenticated_iq{"unauthenticated_iq"};

    // Subscriptions have changed, on the disk as well. At the user's home.
    hook<const visibility_change&> visibility_changed{"visibility_changed"};

    // The bare JID of the account. At its home.
    hook<const jid&> account_created{"account_created"};
    // Everything kept for the account has to go, before the account itself does. stop: something could not be
    // removed; the account then stays, to be removed again later.
    hook<const jid&> account_removed{"account_removed"};

    // Calls `visit` with every hook.
    template <class Self, class Visit>
    static void each(Self& self, Visit visit) {
        visit(self.user_sends_message);
        visit(self.user_sends_presence);
        visit(self.user_sends_iq);
        visit(self.user_gets_message);
        visit(self.user_gets_presence);
        visit(self.message_undelivered);
        visit(self.session_opened);
        visit(self.session_closed);
        visit(self.stream_features);
        visit(self.unauthenticated_iq);
        visit(self.visibility_changed);
        visit(self.account_created);
        visit(self.account_removed);
    }
};

}  // namespace meerkat
