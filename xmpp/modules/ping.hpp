#pragma once
// Pings (XEP-0199): answers them and, if asked to, pings clients that have been silent.

#include "gateway/base/deadline.hpp"
#include "xmpp/modules/modules_options.hpp"
#include "xmpp/routing/home.hpp"

#include <memory>
#include <string>
#include <unordered_map>

namespace meerkat {

class mod_ping final : public module {
public:
    mod_ping(home& home, const mod_ping_options& options);
    ~mod_ping() override;

    void subscribe(hooks& hooks) override;
    void answer(iq_dispatch& iqs) override;

private:
    struct watch;

    iq_answer pong(iq_call& call);
    verdict session_opened(session& opened);
    verdict session_closed(session& closed, const session_end& why);
    verdict stanza_sent(session& sender, stanza& sent);
    verdict iq_sent(session& sender, stanza& iq);
    void ping(watch& silent);
    void not_answered(watch& silent);

    home& home_;
    const mod_ping_options options_;
    std::unordered_map<const session*, std::unique_ptr<watch>> watched_;
    std::uint64_t last_ping_ = 0;
};

}  // namespace meerkat
