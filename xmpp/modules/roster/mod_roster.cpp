#include "xmpp/modules/roster/mod_roster.hpp"

#include "gateway/base/log.hpp"
#include "xmpp/modules/roster/roster_xml.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <algorithm>

namespace meerkat {

using storage::roster_item;

mod_roster::mod_roster(home& home, host& host, storage::roster_store& store, auth::authenticator& accounts,
                       const mod_roster_options& options)
    : home_(home),
      rosters_(home, store, {options.versioning, options.store_current_id}),
      subscriptions_(home, host, rosters_, accounts) {}

void mod_roster::subscribe(hooks& hooks) {
    hooks.stream_features.on(phase::deliver, *this, &mod_roster::offer_versions);
    hooks.user_sends_presence.on(phase::deliver, subscriptions_, &subscriptions::user_sends);
    hooks.user_gets_presence.on(phase::deliver, subscriptions_, &subscriptions::user_gets);
    hooks.session_closed.on(phase::observe, *this, &mod_roster::forget_offline);
    hooks.account_removed.on(phase::deliver, *this, &mod_roster::remove_roster);
}

void mod_roster::answer(iq_dispatch& iqs) {
    iqs.on(iq_target::account, ns::roster, *this, &mod_roster::answer_roster);
}

void mod_roster::advertise(disco& disco) { disco.server_features.emplace_back(ns::roster); }

task<iq_answer> mod_roster::answer_roster(iq_call& call) {
    if (!call.own_account())
        co_return stanza_error(stanza_condition::forbidden,
                               "It is forbidden to query the roster of another user");
    if (!call.payload.is("query", ns::roster)) co_return stanza_error(stanza_condition::bad_request);
    jid owner = call.from().to_bare();
    if (call.is_set()) {
        iq_answer done = co_await set(call, std::move(owner));
        co_return done;
    }
    iq_answer found = co_await get(call, std::move(owner));
    co_return found;
}

// RFC 6121, 2.1.4 and 2.6.3.
task<iq_answer> mod_roster::get(iq_call& call, jid owner) {
    // Before the roster is read, so that no change falls between the two.
    session* const asking = call.sender != nullptr ? call.sender : home_.sessions().with_jid(call.from());
    if (asking != nullptr) asking->interested_in_roster = true;
    const result<roster_snapshot> found = co_await rosters_.get(std::move(owner));
    if (found.has_error()) co_return stanza_error_of(found.error());
    const bool versions = call.payload.has_attr("ver");
    const std::string version = versions ? rosters_.version_of(**found) : std::string();
    if (!version.empty() && call.payload.attr("ver") == version) co_return iq_done{};
    xml::element& query = call.result("query", ns::roster);
    if (!version.empty()) query.set_attr("ver", version);
    for (const roster_item& item : (*found)->items) {
        if (shown_to_clients(item)) add_roster_item(query, item);
    }
    co_return iq_done{};
}

task<iq_answer> mod_roster::set(iq_call& call, jid owner) {
    std::variant<roster_set, stanza_error> read = read_roster_set(call.payload);
    if (const auto* refused = std::get_if<stanza_error>(&read)) co_return *refused;
    roster_set& wanted = std::get<roster_set>(read);
    if (wanted.item.contact == owner) co_return stanza_error(stanza_condition::not_allowed);
    if (wanted.remove) {
        iq_answer removed = co_await remove(std::move(owner), wanted.item.contact);
        co_return removed;
    }
    iq_answer stored = co_await store(std::move(owner), std::move(wanted.item));
    co_return stored;
}

// Name and groups are the client's, the subscription stays as it is. RFC 6121, 2.3 and 2.4.
task<iq_answer> mod_roster::store(jid owner, roster_item wanted) {
    const result<turns::turn> mine = co_await rosters_.take_turn(owner);
    if (mine.has_error()) co_return stanza_error_of(mine.error());
    const result<roster_snapshot> known = co_await rosters_.get(*mine, owner);
    if (known.has_error()) co_return stanza_error_of(known.error());
    if (const roster_item* const before = find_item(**known, wanted.contact)) {
        wanted.subscription = before->subscription;
        wanted.pending = before->pending;
        wanted.request_status = before->request_status;
    } else if ((*known)->items.size() >= roster_limits::items) {
        co_return stanza_error(stanza_condition::resource_constraint, "The roster is full");
    }
    const result<void> kept = co_await rosters_.put(*mine, owner, wanted);
    if (kept.has_error()) co_return stanza_error_of(kept.error());
    rosters_.push(owner, wanted);
    co_return iq_done{};
}

// RFC 6121, 2.5.
task<iq_answer> mod_roster::remove(jid owner, jid contact) {
    const result<turns::turn> mine = co_await rosters_.take_turn(owner);
    if (mine.has_error()) co_return stanza_error_of(mine.error());
    const result<roster_snapshot> known = co_await rosters_.get(*mine, owner);
    if (known.has_error()) co_return stanza_error_of(known.error());
    const roster_item* const before = find_item(**known, contact);
    if (before == nullptr || !shown_to_clients(*before))
        co_return stanza_error(stanza_condition::item_not_found);
    const result<void> removed = co_await rosters_.remove(*mine, owner, contact);
    if (removed.has_error()) co_return stanza_error_of(removed.error());
    rosters_.push_removal(owner, contact);
    co_await subscriptions_.cancel(owner, *before);
    co_return iq_done{};
}

verdict mod_roster::offer_versions(const feature_offer& offer) {
    if (offer.authenticated && rosters_.versioning().announced)
        offer.features.add("ver", ns::roster_versions);
    return verdict::proceed;
}

// Whether the closed session still stands in the table does not matter.
verdict mod_roster::forget_offline(session& closed, const session_end&) {
    const user_sessions* const sessions = home_.sessions().of_user(closed.bare());
    const auto is_other = [&closed](const session* s) { return s != &closed; };
    const bool online = sessions != nullptr && std::any_of(sessions->begin(), sessions->end(), is_other);
    if (!online) rosters_.forget(closed.bare());
    return verdict::proceed;
}

task<verdict> mod_roster::remove_roster(const jid& account) {
    const result<turns::turn> mine = co_await rosters_.take_turn(account);
    if (mine.has_error()) co_return verdict::stop;
    const result<roster_snapshot> known = co_await rosters_.get(*mine, account);
    if (known.has_error()) co_return verdict::stop;
    const result<void> removed = co_await rosters_.remove_all(*mine, account);
    if (removed.has_error()) {
        log::error("roster_not_removed",
                   {{"user", account.full()}, {"reason", to_string(removed.error().code)}});
        co_return verdict::stop;
    }
    for (const roster_item& item : (*known)->items) co_await subscriptions_.cancel(account, item);
    co_return verdict::proceed;
}

}  // namespace meerkat
