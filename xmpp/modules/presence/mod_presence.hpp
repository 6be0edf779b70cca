#pragma once
// Presence (RFC 6121, section 4): who is told that a resource is available, and who asks. Who may see whom is
// the roster's to say; without rosters everybody sees only their own resources and what is sent directly.

#include "xmpp/modules/roster/rosters.hpp"

#include <memory>

namespace meerkat {

class mod_presence final : public module {
public:
    // A client's directed presence is remembered for so many addresses at most.
    static constexpr std::size_t most_directed = 1000;

    // `contacts` may be null.
    mod_presence(home& home, rosters* contacts) : home_(home), contacts_(contacts) {}

    void subscribe(hooks& hooks) override;
    void advertise(disco& disco) override;

private:
    // What a session sends.
    verdict refuse_unknown_sent(session& sender, stanza& presence);
    task<verdict> user_sends(session& sender, stanza& presence);
    verdict directed(session& sender, const stanza& presence);
    task<> available(session& sender, const stanza& presence);
    void unavailable(session& sender, const stanza& presence);
    verdict session_closed(session& closed, const session_end& why);

    // What reaches a user.
    verdict refuse_unknown_got(const jid_view& user, stanza& presence);
    verdict user_gets(const jid_view& user, stanza& presence);
    static task<> answer_probe_later(mod_presence* self, jid user, stanza probe);
    void answer_probe(const jid_view& user, const stanza& probe, const storage::roster* contacts);

    verdict visibility_changed(const visibility_change& change);

    task<roster_snapshot> roster_of(jid user);
    roster_snapshot known_roster(std::string_view user) const;
    void broadcast(std::string_view user, const stanza& presence, const storage::roster& contacts);
    static task<> broadcast_later(mod_presence* self, jid user, stanza presence);
    void tell_own_resources(const session& sender, const stanza& presence);
    void become_acquainted(session& newcomer, const storage::roster* contacts);
    void send_copy(const stanza& presence, jid_view to);

    home& home_;
    rosters* contacts_;
};

}  // namespace meerkat
