#include "xmpp/modules/presence/mod_presence.hpp"

#include "gateway/base/log.hpp"
#include "xmpp/modules/presence/presence_values.hpp"
#include "xmpp/modules/roster/subscription_states.hpp"

namespace meerkat {

using storage::roster;
using storage::roster_item;

namespace {

stanza_error unknown_type() { return {stanza_condition::bad_request, "Invalid presence type"}; }

bool shares_presence_with(const roster* contacts, const jid_view& whom) {
    const roster_item* const item = contacts == nullptr ? nullptr : find_item(*contacts, whom.to_bare());
    return item != nullptr && contact_sees_user(item->subscription);
}

bool waits_for_answer(const roster_item& item) {
    return item.pending == storage::pending::in || item.pending == storage::pending::both;
}

}  // namespace

void mod_presence::subscribe(hooks& hooks) {
    hooks.user_sends_presence.on(phase::screen, *this, &mod_presence::refuse_unknown_sent);
    hooks.user_sends_presence.on(phase::deliver, *this, &mod_presence::user_sends);
    hooks.user_gets_presence.on(phase::screen, *this, &mod_presence::refuse_unknown_got);
    hooks.user_gets_presence.on(phase::deliver, *this, &mod_presence::user_gets);
    hooks.session_closed.on(phase::deliver, *this, &mod_presence::session_closed);
    hooks.visibility_changed.on(phase::deliver, *this, &mod_presence::visibility_changed);
}

void mod_presence::advertise(disco& disco) { disco.server_features.emplace_back("presence"); }

verdict mod_presence::refuse_unknown_sent(session& sender, stanza& presence) {
    if (presence.type() == "available") presence.root().remove_attr("type");
    if (is_presence_type(presence.type())) return verdict::proceed;
    sender.deliver(make_error(presence.copy(), unknown_type()));
    return verdict::stop;
}

task<verdict> mod_presence::user_sends(session& sender, stanza& presence) {
    if (!presence.to().empty()) co_return directed(sender, presence);
    if (means_available(presence.type())) {
        co_await available(sender, presence);
    } else if (presence.type() == "unavailable") {
        unavailable(sender, presence);
    }
    co_return verdict::stop;  // a probe or an error to nobody
}

// RFC 6121, 4.6. It is routed by whoever runs the hook.
verdict mod_presence::directed(session& sender, const stanza& presence) {
    if (presence.type() == "unavailable") {
        sender.directed_to.erase(jid(presence.to()));
    } else if (means_available(presence.type()) && presence.to().bare() != sender.bare()) {
        const jid to = presence.to();
        if (sender.directed_to.size() >= most_directed && !sender.directed_to.contains(to)) {
            sender.deliver(make_error(presence.copy(), stanza_condition::resource_constraint));
            return verdict::stop;
        }
        sender.directed_to.insert(to);
    }
    return verdict::proceed;
}

// RFC 6121, 4.2 and 4.4.
task<> mod_presence::available(session& sender, const stanza& presence) {
    const bool initial = !sender.available();
    // `from` is stamped already.
    stanza kept = presence.compact_copy();
    // The roster is awaited first: until then the session has not become available for anybody.
    const roster_snapshot contacts = co_await roster_of(sender.full_jid().to_bare());
    sender.priority = priority_of(kept);
    sender.presence = std::move(kept);
    sender.presence_since = std::chrono::system_clock::now();
    if (contacts) broadcast(sender.bare(), sender.presence, *contacts);
    tell_own_resources(sender, sender.presence);
    if (initial) become_acquainted(sender, contacts.get());
}

// RFC 6121, 4.5. Those who got directed presence are told too, each once.
void mod_presence::unavailable(session& sender, const stanza& presence) {
    const bool was_available = sender.available();
    const roster_snapshot contacts = known_roster(sender.bare());
    sender.priority.reset();
    sender.presence = {};
    const std::set<jid> directed_to = std::exchange(sender.directed_to, {});
    for (const jid& to : directed_to) {
        if (!was_available || !shares_presence_with(contacts.get(), to)) send_copy(presence, to);
    }
    if (!was_available) return;
    if (contacts) {
        broadcast(sender.bare(), presence, *contacts);
    } else if (contacts_ != nullptr) {
        home_.background().spawn(broadcast_later(this, sender.full_jid().to_bare(), presence.copy()));
    }
    tell_own_resources(sender, presence);
}

// A session that has taken over the same address and is available already would be taken for gone.
verdict mod_presence::session_closed(session& closed, const session_end& why) {
    if (!closed.available() && closed.directed_to.empty()) return verdict::proceed;
    const session* const successor = home_.sessions().with_jid(closed.full_jid());
    if (successor != nullptr && successor != &closed && successor->available()) return verdict::proceed;
    unavailable(closed, unavailable_presence(closed, why.status));
    return verdict::proceed;
}

verdict mod_presence::refuse_unknown_got(const jid_view&, stanza& presence) {
    if (is_presence_type(presence.type())) return verdict::proceed;
    if (!presence.from().empty()) home_.route_stanza(make_error(presence.copy(), unknown_type()));
    return verdict::stop;
}

// RFC 6121, 4.3.2.
verdict mod_presence::user_gets(const jid_view& user, stanza& presence) {
    if (presence.type() != "probe") return verdict::proceed;
    const bool online = home_.sessions().of_user(user.bare()) != nullptr;
    // Own resources have heard of each other when they became available.
    if (!online || presence.from().empty() || presence.from().bare() == user.bare()) return verdict::stop;
    const roster_snapshot contacts = known_roster(user.bare());
    if (contacts != nullptr || contacts_ == nullptr) {
        answer_probe(user, presence, contacts.get());
    } else {
        home_.background().spawn(answer_probe_later(this, jid(user), presence.copy()));
    }
    return verdict::stop;
}

task<> mod_presence::answer_probe_later(mod_presence* self, jid user, stanza probe) {
    const roster_snapshot contacts = co_await self->roster_of(user);
    self->answer_probe(user, probe, contacts.get());
}

void mod_presence::answer_probe(const jid_view& user, const stanza& probe, const roster* contacts) {
    const user_sessions* const sessions = home_.sessions().of_user(user.bare());
    if (sessions == nullptr) return;
    const bool subscribed = shares_presence_with(contacts, probe.from());
    const std::string_view resource = probe.to().resource();
    // Routing the answers may not touch the table while it is walked: they are made first.
    std::vector<stanza> answers;
    for (const session* const each : *sessions) {
        if (!resource.empty() && each->resource() != resource) continue;
        if (subscribed && each->available()) {
            answers.push_back(probed_presence(*each));
        } else if (each->directed_to.contains(jid(probe.from())) ||
                   each->directed_to.contains(jid(probe.from().to_bare()))) {
            answers.emplace_back(stanza_kind::presence).set_from(each->full_jid());
        }
    }
    for (stanza& answer : answers) {
        answer.set_to(probe.from());
        home_.route_stanza(std::move(answer));
    }
}

verdict mod_presence::visibility_changed(const visibility_change& change) {
    const user_sessions* const sessions = home_.sessions().of_user(change.user.full());
    if (sessions == nullptr) return verdict::proceed;
    std::vector<stanza> notes;
    for (const session* const each : *sessions) {
        if (!each->available()) continue;
        notes.push_back(change.visible ? each->presence.copy() : unavailable_presence(*each, {}));
    }
    for (const stanza& note : notes) send_copy(note, change.contact);
    return verdict::proceed;
}

roster_snapshot mod_presence::known_roster(std::string_view user) const {
    return contacts_ == nullptr ? nullptr : contacts_->peek(user);
}

// Null when there is none, or none can be read now: the user is then online for own resources only, which is
// better than not at all.
task<roster_snapshot> mod_presence::roster_of(jid user) {
    if (contacts_ == nullptr) co_return nullptr;
    const result<roster_snapshot> found = co_await contacts_->get(user);
    if (found.has_error()) {
        log::warning("roster_not_read", {{"user", user.full()}, {"reason", to_string(found.error().code)}});
        co_return nullptr;
    }
    co_return *found;
}

void mod_presence::broadcast(std::string_view user, const stanza& presence, const roster& contacts) {
    for (const roster_item& item : contacts.items) {
        if (contact_sees_user(item.subscription) && item.contact.bare() != user)
            send_copy(presence, item.contact.to_bare());
    }
}

task<> mod_presence::broadcast_later(mod_presence* self, jid user, stanza presence) {
    const roster_snapshot contacts = co_await self->roster_of(user);
    if (contacts) self->broadcast(user.full(), presence, *contacts);
}

// The sender hears its own available presence back, as every available resource does (RFC 6121, 4.2.2).
void mod_presence::tell_own_resources(const session& sender, const stanza& presence) {
    const user_sessions* const sessions = home_.sessions().of_user(sender.bare());
    if (sessions == nullptr) return;
    const serialized_stanza text(presence);
    for (session* const each : *sessions) {
        if (each->available()) each->deliver(text, each->full_jid().full());
    }
}

// RFC 6121, 4.2.3, 4.3.1 and 3.1.3: what a resource that has just become available has to know.
void mod_presence::become_acquainted(session& newcomer, const roster* contacts) {
    const user_sessions* const sessions = home_.sessions().of_user(newcomer.bare());
    if (sessions != nullptr) {
        for (const session* const each : *sessions) {
            if (each == &newcomer || !each->available()) continue;
            stanza theirs = each->presence.copy();
            theirs.set_to(newcomer.full_jid());
            newcomer.deliver(theirs);
        }
    }
    if (contacts == nullptr) return;
    const jid user = newcomer.full_jid().to_bare();
    for (const roster_item& item : contacts->items) {
        if (user_sees_contact(item.subscription)) {
            stanza probe(stanza_kind::presence, "probe");
            probe.set_from(newcomer.full_jid());
            probe.set_to(item.contact.to_bare());
            home_.route_stanza(std::move(probe));
        }
        if (waits_for_answer(item))
            newcomer.deliver(pending_request(item.contact, user, item.request_status));
    }
}

void mod_presence::send_copy(const stanza& presence, jid_view to) {
    stanza each = presence.copy();
    each.set_to(to);
    home_.route_stanza(std::move(each));
}

}  // namespace meerkat
