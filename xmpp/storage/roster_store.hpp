#pragma once
// Rosters (RFC 6121, section 2): whom a user knows and who may see whose presence. Storage only; the
// subscription states' rules are the roster module's.

#include "gateway/base/error.hpp"
#include "gateway/base/task.hpp"
#include "xmpp/address/jid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace meerkat::storage {

// Whose presence is seen: `to`, the user sees the contact's; `from`, the contact sees the user's.
enum class subscription : std::uint8_t { none, to, from, both };
// Requests not answered yet: `out`, the user asked; `in`, the contact asked.
enum class pending : std::uint8_t { none, out, in, both };

struct roster_item {
    jid contact;  // bare, or as the client keeps it
    std::string name;
    std::vector<std::string> groups;
    storage::subscription subscription = subscription::none;
    storage::pending pending = pending::none;
    std::string request_status;  // the <status/> of the contact's unanswered subscribe

    friend bool operator==(const roster_item&, const roster_item&) = default;
};

struct roster {
    std::vector<roster_item> items;  // ordered by contact
    std::string version;             // opaque; another after every change
};

// One change: the item to put in place of the contact's, or the contact to remove (none there: no matter).
using roster_change = std::variant<roster_item, jid>;

// Callable from any shard. Owners are bare addresses. A write that succeeded is on the disk. Errors are the
// database's: unavailable, timed_out, overloaded, cancelled.
class roster_store {
public:
    virtual ~roster_store() = default;

    // Empty when nothing is stored.
    virtual task<result<roster>> items(jid owner) = 0;
    virtual task<result<std::optional<roster_item>>> item(jid owner, jid contact) = 0;

    // All or nothing. Returns the roster's new version.
    virtual task<result<std::string>> apply(jid owner, std::vector<roster_change> changes) = 0;
    task<result<std::string>> put(jid owner, roster_item item);
    task<result<std::string>> remove(jid owner, jid contact);

    virtual task<result<void>> remove_all(jid owner) = 0;
};

}  // namespace meerkat::storage
