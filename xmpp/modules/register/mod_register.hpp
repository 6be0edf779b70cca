#pragma once
// In-band registration (XEP-0077): new accounts, before authentication and after; a changed password; an
// account removed by its owner.

#include "xmpp/auth/authenticator.hpp"
#include "xmpp/modules/register/registration_limit.hpp"
#include "xmpp/modules/register/registration_policy.hpp"
#include "xmpp/routing/home.hpp"

#include <string>

namespace meerkat {

class mod_register final : public module {
public:
    mod_register(home& home, host& host, auth::authenticator& accounts, registration_limit& limit,
                 const swapped<access_rules>& rules, const mod_register_options& options);

    void subscribe(hooks& hooks) override;
    void answer(iq_dispatch& iqs) override;

private:
    // Who asks: a user, or somebody at an address who is none yet.
    struct asker {
        jid user;
        std::string ip;
        bool logged_in() const { return !user.empty(); }
        std::string_view source() const { return logged_in() ? user.full() : std::string_view(ip); }
    };

    verdict offer(const feature_offer& offer);
    task<verdict> answer_unauthenticated(stanza& iq, const std::string& ip);
    task<iq_answer> answer_user(iq_call& call);
    task<iq_answer> answer_asker(iq_call& call, asker who);

    task<iq_answer> tell_fields(iq_call& call, asker who);
    task<iq_answer> create(iq_call& call, asker who, jid account, std::string password);
    task<iq_answer> change_password(asker who, std::string password);
    task<iq_answer> remove(asker who);

    void announce(const jid& account, const asker& by);
    static task<> run_account_created(home* at_home, jid account);

    home& home_;
    host& host_;
    auth::authenticator& accounts_;
    registration_limit& limit_;
    const registration_policy policy_;
    const mod_register_options options_;
};

}  // namespace meerkat
