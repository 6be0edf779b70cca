#pragma once
// Presence subscriptions (RFC 6121, section 3): what subscribe, subscribed, unsubscribe and unsubscribed do
// to the rosters on either side. The states' own rules are in subscription_states. Each user's requests are
// done one after the other, whichever way they go.

#include "xmpp/auth/authenticator.hpp"
#include "xmpp/modules/roster/rosters.hpp"
#include "xmpp/modules/roster/subscription_states.hpp"

namespace meerkat {

class subscriptions {
public:
    subscriptions(home& home, host& host, rosters& rosters, auth::authenticator& accounts)
        : home_(home), host_(host), rosters_(rosters), accounts_(accounts) {}
    subscriptions(const subscriptions&) = delete;
    subscriptions& operator=(const subscriptions&) = delete;

    // Handlers of user_sends_presence and user_gets_presence: other presence passes.
    task<verdict> user_sends(session& sender, stanza& presence);
    verdict user_gets(const jid_view& user, stanza& presence);

    // Ends what there is between the two, both ways, towards the contact: the item itself is the caller's,
    // who has taken it off the roster.
    task<> cancel(jid owner, storage::roster_item item);

private:
    struct change;

    task<result<void>> send(jid owner, jid contact, subscription_request request, stanza sent);
    static task<> receive_in_background(subscriptions* self, jid owner, subscription_request request,
                                        stanza received);
    task<result<void>> receive(jid owner, subscription_request request, stanza received);
    task<result<bool>> is_account(const jid& owner);
    task<result<change>> prepare(const turns::turn& mine, const jid& owner, const jid& contact);
    task<result<void>> keep(const turns::turn& mine, const jid& owner, const change& what);
    void push(const jid& owner, const change& what);
    task<> announce(const jid& owner, const jid& contact, bool visible);
    void send_request(const jid& from, const jid& to, subscription_request request);
    void deliver_here(const jid& owner, subscription_request request, const stanza& presence);

    home& home_;
    host& host_;
    rosters& rosters_;
    auth::authenticator& accounts_;
};

}  // namespace meerkat
