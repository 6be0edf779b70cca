#pragma once
// The rosters of the users of one shard: those of online users kept in memory, all changes on the disk before
// anybody hears of them, roster pushes (RFC 6121, 2.1.6). It knows items, not what subscription requests do
// to them. Single-threaded; one per host type and shard.

#include "xmpp/routing/home.hpp"
#include "xmpp/routing/turns.hpp"
#include "xmpp/storage/roster_store.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace meerkat {

// A roster as it was when it was asked for; later changes make a new one. Items are ordered by contact.
using roster_snapshot = std::shared_ptr<const storage::roster>;

// The item of a contact. Null when there is none.
const storage::roster_item* find_item(const storage::roster& roster, jid_view contact);

struct roster_versioning {
    bool announced = false;  // RFC 6121, 2.6
    bool stored = false;     // the store's own version instead of a hash of the roster
};

class rosters {
public:
    rosters(home& at, storage::roster_store& store, roster_versioning versioning)
        : home_(at), store_(store), versioning_(versioning) {}
    rosters(const rosters&) = delete;
    rosters& operator=(const rosters&) = delete;

    // Null when the roster is not in memory. An online user's is, once it was needed.
    roster_snapshot peek(std::string_view owner) const;
    // From memory, else from the disk; waits for changes under way only if it has to read. Not for somebody
    // who has the owner's turn.
    task<result<roster_snapshot>> get(jid owner);
    // One item, without reading a whole roster.
    task<result<std::optional<storage::roster_item>>> item(jid owner, jid contact);

    // To read and then change: one at a time for each owner.
    task<result<turns::turn>> take_turn(const jid& owner);
    // The same as get() within a turn.
    task<result<roster_snapshot>> get(const turns::turn& mine, jid owner);
    task<result<void>> put(const turns::turn& mine, jid owner, storage::roster_item item);
    task<result<void>> remove(const turns::turn& mine, jid owner, jid contact);
    task<result<void>> remove_all(const turns::turn& mine, jid owner);

    // Tells the owner's interested resources of an item as it is now, after it was put.
    void push(const jid& owner, const storage::roster_item& item);
    void push_removal(const jid& owner, const jid& contact);

    // The user has gone offline.
    void forget(std::string_view owner);

    // The version a client is told; empty unless versions are announced.
    std::string version_of(const storage::roster& roster) const;
    const roster_versioning& versioning() const { return versioning_; }

private:
    task<result<roster_snapshot>> load(jid owner);
    void keep(std::string_view owner, roster_snapshot snapshot);
    void send_push(const jid& owner, const storage::roster_item& item, bool removed);

    home& home_;
    storage::roster_store& store_;
    const roster_versioning versioning_;
    turns turns_;
    struct hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::unordered_map<std::string, roster_snapshot, hash, std::equal_to<>> online_;
    std::uint64_t last_push_ = 0;
};

}  // namespace meerkat
