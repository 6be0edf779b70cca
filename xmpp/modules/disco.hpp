#pragma once
// Service discovery (XEP-0030) for the server and its accounts, contact addresses included (XEP-0157). What
// is told comes from the host's `disco` and its iq handlers.

#include "xmpp/modules/modules_options.hpp"
#include "xmpp/modules/roster/rosters.hpp"

namespace meerkat {

class mod_disco final : public module {
public:
    // `contacts` may be null: then an account answers only itself.
    mod_disco(home& home, host& host, rosters* contacts, mod_disco_options options)
        : home_(home), host_(host), contacts_(contacts), options_(std::move(options)) {}

    void answer(iq_dispatch& iqs) override;
    void advertise(disco& disco) override;

private:
    iq_answer server_info(iq_call& call);
    iq_answer server_items(iq_call& call);
    task<iq_answer> account_info(iq_call& call);
    task<iq_answer> account_items(iq_call& call);

    task<bool> may_see_account(jid account, jid asking);
    void add_contact_form(xml::element& query) const;

    home& home_;
    host& host_;
    rosters* contacts_;
    const mod_disco_options options_;
};

}  // namespace meerkat
