#include "xmpp/modules/roster/subscriptions.hpp"

#include "gateway/base/log.hpp"
#include "xmpp/modules/roster/roster_xml.hpp"
#include "xmpp/xml/namespaces.hpp"

namespace meerkat {

using storage::roster_item;

// One item on its way from one state to the next.
struct subscriptions::change {
    roster_item item;
    subscription_state before = subscription_state::none;
    subscription_state after = subscription_state::none;
    bool is_new = false;       // the contact was not in the roster
    bool has_room = true;      // for one contact more
    bool seen_before = false;  // the contact saw the user's presence

    bool happens() const { return before != after; }
    // A record made for nothing but the contact's request goes with it.
    bool goes() const {
        return before == subscription_state::none_in && after == subscription_state::none &&
               item.name.empty() && item.groups.empty();
    }
    bool seen() const { return contact_sees_user(item.subscription); }
    void become(subscription_state next) {
        after = next;
        set_state(item, next);
    }
};

task<verdict> subscriptions::user_sends(session& sender, stanza& presence) {
    const auto request = subscription_request_named(presence.type());
    if (!request) co_return verdict::proceed;
    const jid owner = sender.full_jid().to_bare();
    const jid contact = presence.to().to_bare();
    // To see oneself needs no subscription.
    if (contact.empty() || contact == owner) co_return verdict::stop;
    stanza sent = presence.copy();
    sent.set_from(owner);
    sent.set_to(contact);
    const result<void> done = co_await send(owner, contact, *request, std::move(sent));
    if (done.has_error()) {
        log::warning("subscription_not_kept", {{"user", owner.full()},
                                               {"reason", to_string(done.error().code)},
                                               {"detail", done.error().detail}});
        sender.deliver(make_error(presence.copy(), stanza_error_of(done.error())));
    }
    co_return verdict::stop;
}

// RFC 6121, 3.1.2, 3.1.5, 3.2.2, 3.3.2: first the disk, then the contact, then the own resources.
task<result<void>> subscriptions::send(jid owner, jid contact, subscription_request request, stanza sent) {
    const result<turns::turn> mine = co_await rosters_.take_turn(owner);
    if (mine.has_error()) co_return mine.error();
    result<change> prepared = co_await prepare(*mine, owner, contact);
    if (prepared.has_error()) co_return prepared.error();
    change& what = *prepared;
    what.become(after_sending(what.before, request));
    if (what.happens()) {
        if (!what.has_room) co_return error(errc::overloaded, "the roster is full");
        const result<void> kept = co_await keep(*mine, owner, what);
        if (kept.has_error()) co_return kept.error();
    }
    home_.route_stanza(std::move(sent));
    push(owner, what);
    if (what.seen() != what.seen_before) co_await announce(owner, contact, what.seen());
    co_return result<void>();
}

verdict subscriptions::user_gets(const jid_view& user, stanza& presence) {
    const auto request = subscription_request_named(presence.type());
    if (!request) return verdict::proceed;
    const jid_view from = presence.from();
    if (!from.empty() && from.bare() != user.bare())
        home_.background().spawn(receive_in_background(this, jid(user), *request, presence.copy()));
    return verdict::stop;
}

task<> subscriptions::receive_in_background(subscriptions* self, jid owner, subscription_request request,
                                            stanza received) {
    const result<void> done = co_await self->receive(owner, request, std::move(received));
    if (done.has_error() && done.error().code != errc::cancelled)
        log::warning("subscription_not_kept", {{"user", owner.full()},
                                               {"reason", to_string(done.error().code)},
                                               {"detail", done.error().detail}});
}

// RFC 6121, 3.1.3, 3.1.6, 3.2.3, 3.3.3.
task<result<void>> subscriptions::receive(jid owner, subscription_request request, stanza received) {
    const jid contact = received.from().to_bare();
    received.set_from(contact);
    received.set_to(owner);
    const result<turns::turn> mine = co_await rosters_.take_turn(owner);
    if (mine.has_error()) co_return mine.error();
    const result<bool> exists = co_await is_account(owner);
    if (exists.has_error()) co_return exists.error();
    if (!*exists) co_return result<void>();
    result<change> prepared = co_await prepare(*mine, owner, contact);
    if (prepared.has_error()) co_return prepared.error();
    change& what = *prepared;
    const received_request outcome = after_receiving(what.before, request);
    what.become(outcome.next);
    if (what.happens()) {
        if (!what.has_room) co_return error(errc::overloaded, "the roster is full");
        if (request == subscription_request::subscribe)
            what.item.request_status =
                cut_text(received.root().child_text("status", ns::client), roster_limits::status);
        const result<void> kept = co_await keep(*mine, owner, what);
        if (kept.has_error()) co_return kept.error();
        deliver_here(owner, request, received);
        push(owner, what);
    }
    if (outcome.reply) send_request(owner, contact, *outcome.reply);
    // A contact that asks again has lost what it knew: it gets the presence with the answer.
    const bool tell_again = outcome.reply == subscription_request::subscribed;
    if (tell_again || what.seen() != what.seen_before) co_await announce(owner, contact, what.seen());
    co_return result<void>();
}

// Online users include those without an account, who have authenticated anonymously.
task<result<bool>> subscriptions::is_account(const jid& owner) {
    if (home_.sessions().of_user(owner.full()) != nullptr) co_return true;
    // Not const: a const result<bool> would be made anew from its own conversion to bool.
    result<bool> exists =
        co_await accounts_.user_exists(std::string(owner.local()), std::string(owner.domain()));
    co_return exists;
}

task<result<subscriptions::change>> subscriptions::prepare(const turns::turn& mine, const jid& owner,
                                                           const jid& contact) {
    const result<roster_snapshot> known = co_await rosters_.get(mine, owner);
    if (known.has_error()) co_return known.error();
    change what;
    const roster_item* const found = find_item(**known, contact);
    if (found != nullptr) {
        what.item = *found;
    } else {
        what.item.contact = contact;
        what.is_new = true;
        what.has_room = (*known)->items.size() < roster_limits::items;
    }
    what.before = what.after = state_of(what.item);
    what.seen_before = what.seen();
    co_return what;
}

task<result<void>> subscriptions::keep(const turns::turn& mine, const jid& owner, const change& what) {
    if (what.goes()) {
        const result<void> removed = co_await rosters_.remove(mine, owner, what.item.contact);
        co_return removed;
    }
    const result<void> kept = co_await rosters_.put(mine, owner, what.item);
    co_return kept;
}

void subscriptions::push(const jid& owner, const change& what) {
    if (what.happens() && !what.goes()) rosters_.push(owner, what.item);
}

task<> subscriptions::announce(const jid& owner, const jid& contact, bool visible) {
    const visibility_change change{owner, contact, visible};
    co_await host_.hooks.visibility_changed.run(change);
}

// A pending request is answered too, so that nobody waits for an answer that cannot come.
task<> subscriptions::cancel(jid owner, roster_item item) {
    const subscription_state state = state_of(item);
    const jid contact = item.contact.to_bare();
    if (after_sending(state, subscription_request::unsubscribe) != state)
        send_request(owner, contact, subscription_request::unsubscribe);
    if (after_sending(state, subscription_request::unsubscribed) != state)
        send_request(owner, contact, subscription_request::unsubscribed);
    if (contact_sees_user(item.subscription)) co_await announce(owner, contact, false);
}

void subscriptions::send_request(const jid& from, const jid& to, subscription_request request) {
    stanza presence(stanza_kind::presence, to_string(request));
    presence.set_from(from);
    presence.set_to(to);
    home_.route_stanza(std::move(presence));
}

void subscriptions::deliver_here(const jid& owner, subscription_request request, const stanza& presence) {
    const user_sessions* const sessions = home_.sessions().of_user(owner.full());
    if (sessions == nullptr) return;
    for (session* const each : *sessions) {
        // What still waits for an answer comes with a session's first presence: it would come twice.
        const bool comes_later = request == subscription_request::subscribe && !each->available();
        if (each->priority && !comes_later) each->deliver(presence);
    }
}

}  // namespace meerkat
