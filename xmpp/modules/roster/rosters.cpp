#include "xmpp/modules/roster/rosters.hpp"

#include "xmpp/modules/roster/roster_xml.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <algorithm>

namespace meerkat {

using storage::roster;
using storage::roster_change;
using storage::roster_item;

namespace {

auto place_of(const std::vector<roster_item>& items, jid_view contact) {
    return std::lower_bound(
        items.begin(), items.end(), contact,
        [](const roster_item& item, const jid_view& wanted) { return item.contact.full() < wanted.full(); });
}

roster with_item(const roster& before, roster_item item, std::string version) {
    roster after{before.items, std::move(version)};
    const auto offset = place_of(after.items, item.contact) - after.items.begin();
    const auto place = after.items.begin() + offset;
    if (place != after.items.end() && place->contact == item.contact) {
        *place = std::move(item);
    } else {
        after.items.insert(place, std::move(item));
    }
    return after;
}

roster without_item(const roster& before, const jid& contact, std::string version) {
    roster after{before.items, std::move(version)};
    std::erase_if(after.items, [&contact](const roster_item& item) { return item.contact == contact; });
    return after;
}

bool ordered_by_contact(const roster_item& a, const roster_item& b) { return a.contact < b.contact; }

}  // namespace

const roster_item* find_item(const roster& roster, jid_view contact) {
    const auto place = place_of(roster.items, contact);
    return place != roster.items.end() && place->contact.view() == contact ? &*place : nullptr;
}

roster_snapshot rosters::peek(std::string_view owner) const {
    const auto found = online_.find(owner);
    return found == online_.end() ? nullptr : found->second;
}

task<result<roster_snapshot>> rosters::get(jid owner) {
    if (roster_snapshot known = peek(owner.full())) co_return known;
    const result<turns::turn> mine = co_await take_turn(owner);
    if (mine.has_error()) co_return mine.error();
    result<roster_snapshot> found = co_await load(std::move(owner));
    co_return found;
}

task<result<roster_snapshot>> rosters::get(const turns::turn&, jid owner) {
    result<roster_snapshot> found = co_await load(std::move(owner));
    co_return found;
}

task<result<std::optional<roster_item>>> rosters::item(jid owner, jid contact) {
    const roster_snapshot known = peek(owner.full());
    if (!known) {
        result<std::optional<roster_item>> stored =
            co_await store_.item(std::move(owner), std::move(contact));
        co_return stored;
    }
    const roster_item* const found = find_item(*known, contact);
    if (found == nullptr) co_return std::nullopt;
    co_return *found;
}

task<result<turns::turn>> rosters::take_turn(const jid& owner) {
    return turns_.take(std::string(owner.full()));
}

// Within the owner's turn: nothing changes the roster between reading and keeping it.
task<result<roster_snapshot>> rosters::load(jid owner) {
    if (roster_snapshot known = peek(owner.full())) co_return known;
    result<roster> stored = co_await store_.items(owner);
    if (stored.has_error()) co_return stored.error();
    std::sort(stored->items.begin(), stored->items.end(), ordered_by_contact);
    auto snapshot = std::make_shared<const roster>(std::move(*stored));
    keep(owner.full(), snapshot);
    co_return snapshot;
}

// Only online users' rosters stay in memory.
void rosters::keep(std::string_view owner, roster_snapshot snapshot) {
    if (home_.sessions().of_user(owner) == nullptr) return;
    online_.insert_or_assign(std::string(owner), std::move(snapshot));
}

task<result<void>> rosters::put(const turns::turn&, jid owner, roster_item item) {
    std::vector<roster_change> changes;
    changes.emplace_back(item);
    result<std::string> version = co_await store_.apply(owner, std::move(changes));
    if (version.has_error()) {
        forget(owner.full());  // whether it was written is not known: read it again
        co_return version.error();
    }
    if (const roster_snapshot known = peek(owner.full()))
        keep(owner.full(),
             std::make_shared<const roster>(with_item(*known, std::move(item), std::move(*version))));
    co_return result<void>();
}

task<result<void>> rosters::remove(const turns::turn&, jid owner, jid contact) {
    std::vector<roster_change> changes;
    changes.emplace_back(contact);
    result<std::string> version = co_await store_.apply(owner, std::move(changes));
    if (version.has_error()) {
        forget(owner.full());  // whether it was written is not known: read it again
        co_return version.error();
    }
    if (const roster_snapshot known = peek(owner.full()))
        keep(owner.full(),
             std::make_shared<const roster>(without_item(*known, contact, std::move(*version))));
    co_return result<void>();
}

task<result<void>> rosters::remove_all(const turns::turn&, jid owner) {
    forget(owner.full());
    const result<void> removed = co_await store_.remove_all(std::move(owner));
    co_return removed;
}

void rosters::push(const jid& owner, const roster_item& item) {
    if (shown_to_clients(item)) send_push(owner, item, false);
}

void rosters::push_removal(const jid& owner, const jid& contact) {
    roster_item gone;
    gone.contact = contact;
    send_push(owner, gone, true);
}

// A push goes to the resources that have asked for the roster, each with an id of its own (RFC 6121, 2.1.6).
void rosters::send_push(const jid& owner, const roster_item& item, bool removed) {
    const user_sessions* const sessions = home_.sessions().of_user(owner.full());
    if (sessions == nullptr) return;
    std::string version;
    if (const roster_snapshot known = peek(owner.full())) version = version_of(*known);
    for (session* const each : *sessions) {
        if (!each->interested_in_roster) continue;
        stanza note(stanza_kind::iq, "set");
        note.set_from(owner);
        note.set_to(each->full_jid());
        note.root().set_attr("id", "push" + std::to_string(++last_push_));
        xml::element& query = note.root().add("query", ns::roster);
        if (!version.empty()) query.set_attr("ver", version);
        if (removed) {
            query.add("item").set_attr("jid", item.contact.full()).set_attr("subscription", "remove");
        } else {
            add_roster_item(query, item);
        }
        each->deliver(note);
    }
}

void rosters::forget(std::string_view owner) {
    const auto found = online_.find(owner);
    if (found != online_.end()) online_.erase(found);
}

std::string rosters::version_of(const roster& roster) const {
    if (!versioning_.announced) return {};
    return versioning_.stored ? roster.version : roster_hash(roster);
}

}  // namespace meerkat
