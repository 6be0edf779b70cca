#pragma once
// What becomes of a message that no session took and nobody kept (RFC 6121, 8.5.2.2): it goes back to its
// sender, with a text that says whether there is such an account. Always on; modules that keep messages stand
// before it.

#include "xmpp/auth/authenticator.hpp"
#include "xmpp/routing/home.hpp"
#include "xmpp/routing/turns.hpp"

namespace meerkat {

class undelivered_messages final : public module {
public:
    undelivered_messages(home& home, auth::authenticator& accounts) : home_(home), accounts_(accounts) {}

    void subscribe(hooks& hooks) override;

private:
    verdict bounce(stanza& message);
    static task<> bounce_in_turn(undelivered_messages* self, stanza message);

    home& home_;
    auth::authenticator& accounts_;
    turns by_sender_;  // so that what comes back does so in the order in which it was sent
};

}  // namespace meerkat
