#pragma once
// Rosters for clients (RFC 6121, section 2) and, with `subscriptions`, whose presence is seen by whom.

#include "xmpp/modules/modules_options.hpp"
#include "xmpp/modules/roster/rosters.hpp"
#include "xmpp/modules/roster/subscriptions.hpp"

namespace meerkat {

class mod_roster final : public module {
public:
    mod_roster(home& home, host& host, storage::roster_store& store, auth::authenticator& accounts,
               const mod_roster_options& options);

    void subscribe(hooks& hooks) override;
    void answer(iq_dispatch& iqs) override;
    void advertise(disco& disco) override;

    // For modules that go by who is in whose roster.
    rosters& contacts() { return rosters_; }

private:
    task<iq_answer> answer_roster(iq_call& call);
    task<iq_answer> get(iq_call& call, jid owner);
    task<iq_answer> set(iq_call& call, jid owner);
    task<iq_answer> store(jid owner, storage::roster_item wanted);
    task<iq_answer> remove(jid owner, jid contact);

    verdict offer_versions(const feature_offer& offer);
    verdict forget_offline(session& closed, const session_end& why);
    task<verdict> remove_roster(const jid& account);

    home& home_;
    rosters rosters_;
    subscriptions subscriptions_;
};

}  // namespace meerkat
