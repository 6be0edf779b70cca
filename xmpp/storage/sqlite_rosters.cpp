#include "xmpp/storage/sqlite_rosters.hpp"

#include "gateway/base/digest.hpp"

#include <array>

namespace meerkat::storage {

namespace {

using db::connection;
using db::statement;

constexpr std::array<std::string_view, 4> subscription_words{"none", "to", "from", "both"};
constexpr std::array<std::string_view, 4> pending_words{"none", "out", "in", "both"};

template <class Enumeration>
std::string_view word_of(const std::array<std::string_view, 4>& words, Enumeration value) {
    return words[static_cast<std::size_t>(value)];
}

// The table's CHECK admits no other word.
template <class Enumeration>
Enumeration value_of(const std::array<std::string_view, 4>& words, std::string_view word) {
    const auto at = std::find(words.begin(), words.end(), word);
    return at == words.end() ? Enumeration::none : static_cast<Enumeration>(at - words.begin());
}

// A roster that was never written has this version; that of a removed and renewed account then means the
// same.
constexpr std::string_view first_version = "0";

// Items come as one row for each group, the item's own columns repeated: one statement sees one moment.
void take_row(const statement& row, std::vector<roster_item>& into) {
    const std::string_view contact = row.text(0);
    if (into.empty() || into.back().contact.full() != contact) {
        auto address = jid::parse(contact);
        if (!address) return;  // a stricter preparation than the one that wrote it
        into.push_back({.contact = std::move(*address),
                        .name = std::string(row.text(1)),
                        .groups = {},
                        .subscription = value_of<subscription>(subscription_words, row.text(2)),
                        .pending = value_of<pending>(pending_words, row.text(3)),
                        .request_status = std::string(row.text(4))});
    }
    if (!row.is_null(5)) into.back().groups.emplace_back(row.text(5));
}

void put_item(connection& c, std::string_view owner, const roster_item& item) {
    const std::string_view contact = item.contact.full();
    c.run(
        "INSERT INTO roster_item (owner, contact, name, subscription, pending, request_status)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (owner, contact) DO UPDATE SET name = excluded.name, subscription = "
        "excluded.subscription,"
        " pending = excluded.pending, request_status = excluded.request_status",
        owner, contact, item.name, word_of(subscription_words, item.subscription),
        word_of(pending_words, item.pending), item.request_status);
    c.run("DELETE FROM roster_group WHERE owner = ?1 AND contact = ?2", owner, contact);
    for (const std::string& group : item.groups) {
        c.run("INSERT OR IGNORE INTO roster_group (owner, contact, name) VALUES (?1, ?2, ?3)", owner, contact,
              group);
    }
}

void remove_item(connection& c, std::string_view owner, std::string_view contact) {
    c.run("DELETE FROM roster_item WHERE owner = ?1 AND contact = ?2", owner, contact);
}

std::string version_of(connection& c, std::string_view owner) {
    auto row = c.prepare("SELECT version FROM roster_version WHERE owner = ?1", owner);
    return std::string(row.step() ? row.text(0) : first_version);
}

// Random rather than counted, so that no earlier roster of the same name had it.
std::string renew_version(connection& c, std::string_view owner) {
    std::string version = random_hex(8);
    c.run(
        "INSERT INTO roster_version (owner, version) VALUES (?1, ?2)"
        " ON CONFLICT (owner) DO UPDATE SET version = excluded.version",
        owner, version);
    return version;
}

}  // namespace

task<result<roster>> sqlite_rosters::items(jid owner) {
    auto work = [owner = std::move(owner)](connection& c) {
        // The version is read first: should a change slip in between, the client holds an old version of a
        // new roster and merely asks once more.
        roster found{.items = {}, .version = version_of(c, owner.bare())};
        auto rows = c.prepare(
            "SELECT i.contact, i.name, i.subscription, i.pending, i.request_status, g.name"
            " FROM roster_item AS i LEFT JOIN roster_group AS g USING (owner, contact)"
            " WHERE i.owner = ?1 ORDER BY i.contact, g.name",
            owner.bare());
        while (rows.step()) take_row(rows, found.items);
        return found;
    };
    return database_.read(std::move(work));
}

task<result<std::optional<roster_item>>> sqlite_rosters::item(jid owner, jid contact) {
    auto work = [owner = std::move(owner),
                 contact = std::move(contact)](connection& c) -> std::optional<roster_item> {
        auto rows = c.prepare(
            "SELECT i.contact, i.name, i.subscription, i.pending, i.request_status, g.name"
            " FROM roster_item AS i LEFT JOIN roster_group AS g USING (owner, contact)"
            " WHERE i.owner = ?1 AND i.contact = ?2 ORDER BY g.name",
            owner.bare(), contact.full());
        std::vector<roster_item> found;
        while (rows.step()) take_row(rows, found);
        if (found.empty()) return std::nullopt;
        return std::move(found.front());
    };
    return database_.read(std::move(work));
}

task<result<std::string>> sqlite_rosters::apply(jid owner, std::vector<roster_change> changes) {
    auto work = [owner = std::move(owner), changes = std::move(changes)](connection& c) {
        for (const roster_change& change : changes) {
            if (const auto* const item = std::get_if<roster_item>(&change)) {
                put_item(c, owner.bare(), *item);
            } else {
                remove_item(c, owner.bare(), std::get<jid>(change).full());
            }
        }
        return renew_version(c, owner.bare());
    };
    return database_.write(std::move(work));
}

task<result<void>> sqlite_rosters::remove_all(jid owner) {
    auto work = [owner = std::move(owner)](connection& c) {
        c.run("DELETE FROM roster_item WHERE owner = ?1", owner.bare());
        c.run("DELETE FROM roster_version WHERE owner = ?1", owner.bare());
    };
    return database_.write(std::move(work));
}

}  // namespace meerkat::storage
