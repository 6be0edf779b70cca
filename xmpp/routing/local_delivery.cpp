// Delivery to local users: RFC 6121, 8.5, as far as stanzas have reached the user's home.
#include "xmpp/routing/home.hpp"

namespace meerkat {

namespace {

stanza_error bounced_offline() { return {stanza_condition::service_unavailable, "Bounce offline message"}; }

// Messages to a bare JID go to every session that shares the highest priority, if that is not negative.
std::int8_t highest_priority(const user_sessions& sessions) {
    std::int8_t highest = -1;
    for (const session* s : sessions) {
        if (s->priority && *s->priority > highest) highest = *s->priority;
    }
    return highest;
}

}  // namespace

void home::deliver_here(stanza s) {
    host* const at = host_of(s.to().domain());
    if (at == nullptr) return bounce(std::move(s), stanza_condition::service_unavailable);
    switch (s.kind()) {
        case stanza_kind::message:
            return message_here(*at, std::move(s));
        case stanza_kind::presence:
            return presence_here(*at, std::move(s));
        case stanza_kind::iq:
            return iq_here(*at, std::move(s));
    }
}

void home::message_here(host& at, stanza s) {
    if (!at.hooks.user_gets_message.empty()) {
        if (at.hooks.user_gets_message.run_now(s.to().to_bare(), s) == verdict::stop) return;
    }
    const jid_view to = s.to();
    if (!to.is_bare()) {
        if (session* const addressed = sessions_.with_jid(to)) return addressed->deliver(s);
    }
    if (const user_sessions* sessions = sessions_.of_user(to.bare())) {
        const std::int8_t highest = highest_priority(*sessions);
        if (highest >= 0) {
            for (session* each : *sessions) {
                if (each->priority == highest) each->deliver(s);
            }
            return;
        }
    }
    if (s.is_error()) return;
    if (at.hooks.message_undelivered.run_now(s) == verdict::stop) return;
    bounce(std::move(s), bounced_offline());
}

void home::presence_here(host& at, stanza s) {
    if (at.hooks.user_gets_presence.run_now(s.to().to_bare(), s) == verdict::stop) return;
    const jid_view to = s.to();
    if (!to.is_bare()) {
        if (session* const addressed = sessions_.with_jid(to)) addressed->deliver(s);
        return;
    }
    const user_sessions* sessions = sessions_.of_user(to.bare());
    if (sessions == nullptr) return;
    for (session* each : *sessions) {
        if (each->priority) each->deliver(s);
    }
}

void home::iq_here(host& at, stanza s) {
    const jid_view to = s.to();
    if (!to.is_bare()) {
        if (session* const addressed = sessions_.with_jid(to)) return addressed->deliver(s);
        return bounce(std::move(s), {stanza_condition::service_unavailable, "Route offline"});
    }
    if (!s.is_request()) return;
    background_.spawn(answer_in_background(this, iq_target::account, std::move(s), &at));
}

}  // namespace meerkat
