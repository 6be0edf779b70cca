#include "xmpp/modules/ping.hpp"

#include "gateway/base/log.hpp"
#include "xmpp/xml/namespaces.hpp"

namespace meerkat {

// One session's silence: its end is a ping, or, while one waits for its answer, a timeout.
struct mod_ping::watch {
    watch(mod_ping& owner, session& watched) : of(owner), whom(watched) {
        silence.calls<&watch::expired>(*this);
    }
    void restart() {
        awaited.clear();
        silence.arm(of.home_.here().deadlines(), of.options_.ping_interval);
    }
    void expired() {
        if (awaited.empty()) {
            of.ping(*this);
        } else {
            of.not_answered(*this);
        }
    }

    mod_ping& of;
    session& whom;
    std::string awaited;  // the id of the ping under way
    deadline silence;
};

mod_ping::mod_ping(home& home, const mod_ping_options& options) : home_(home), options_(options) {}
mod_ping::~mod_ping() = default;

void mod_ping::subscribe(hooks& hooks) {
    if (!options_.send_pings) return;
    hooks.session_opened.on(phase::observe, *this, &mod_ping::session_opened);
    hooks.session_closed.on(phase::observe, *this, &mod_ping::session_closed);
    hooks.user_sends_message.on(phase::screen, *this, &mod_ping::stanza_sent);
    hooks.user_sends_presence.on(phase::screen, *this, &mod_ping::stanza_sent);
    hooks.user_sends_iq.on(phase::screen, *this, &mod_ping::iq_sent);
}

void mod_ping::answer(iq_dispatch& iqs) {
    iqs.on(iq_target::server, ns::ping, *this, &mod_ping::pong);
    iqs.on(iq_target::account, ns::ping, *this, &mod_ping::pong);
}

iq_answer mod_ping::pong(iq_call& call) {
    if (call.is_set() || call.payload.name() != "ping")
        return stanza_error(stanza_condition::feature_not_implemented);
    return iq_done{};
}

verdict mod_ping::session_opened(session& opened) {
    const auto [place, added] = watched_.try_emplace(&opened, std::make_unique<watch>(*this, opened));
    place->second->restart();
    return verdict::proceed;
}

verdict mod_ping::session_closed(session& closed, const session_end&) {
    watched_.erase(&closed);
    return verdict::proceed;
}

verdict mod_ping::stanza_sent(session& sender, stanza&) {
    const auto found = watched_.find(&sender);
    if (found != watched_.end()) found->second->restart();
    return verdict::proceed;
}

// An answer to our ping goes no further. An error is none: whoever cannot be pinged is not watched over.
verdict mod_ping::iq_sent(session& sender, stanza& iq) {
    const auto found = watched_.find(&sender);
    if (found == watched_.end()) return verdict::proceed;
    watch& silent = *found->second;
    const bool is_answer = !iq.is_request() && !silent.awaited.empty() && iq.id() == silent.awaited;
    if (is_answer && iq.is_error()) {
        not_answered(silent);
    } else {
        silent.restart();
    }
    return is_answer ? verdict::stop : verdict::proceed;
}

void mod_ping::ping(watch& silent) {
    silent.awaited = "ping" + std::to_string(++last_ping_);
    stanza request(stanza_kind::iq, "get");
    request.root().set_attr("from", silent.whom.full_jid().domain());
    request.set_to(silent.whom.full_jid());
    request.root().set_attr("id", silent.awaited);
    request.root().add("ping", ns::ping);
    silent.silence.arm(home_.here().deadlines(), options_.ping_req_timeout);
    silent.whom.deliver(request);
}

void mod_ping::not_answered(watch& silent) {
    log::info("ping_not_answered", {{"user", silent.whom.full_jid().full()}});
    if (options_.timeout_action == ping_timeout_action::kill) {
        silent.silence.disarm();
        silent.whom.end({stream_condition::connection_timeout, "Ping timeout"});
        return;
    }
    silent.restart();
}

}  // namespace meerkat
