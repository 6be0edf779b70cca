#pragma once
// Entity time (XEP-0202): the server's clock and time zone.

#include "xmpp/routing/host.hpp"

namespace meerkat {

class mod_time final : public module {
public:
    void answer(iq_dispatch& iqs) override;

private:
    iq_answer tell(iq_call& call);
};

}  // namespace meerkat
