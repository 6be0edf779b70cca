#pragma once
// Who is online on this shard: the sessions of every user whose home it is. A plain hash map, no locks.

#include "xmpp/routing/session.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

// A user's sessions, oldest first.
using user_sessions = std::vector<session*>;

class session_table {
public:
    // The session stays where it is; its owner removes it before destroying it.
    void add(session& s);
    void remove(session& s);

    // Null when the user has none. Valid until the next add or remove.
    const user_sessions* of_user(std::string_view bare) const;
    // The newest session of that full JID. Null when there is none.
    session* with_jid(const jid_view& full) const;

    std::size_t size() const { return count_; }
    std::size_t users() const { return users_.size(); }

    // For listings; the function must not add or remove.
    template <class F>
    void for_each(F&& f) const {
        for (const auto& [bare, sessions] : users_) {
            for (session* s : sessions) f(*s);
        }
    }

private:
    struct hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    boost::unordered_flat_map<std::string, user_sessions, hash, std::equal_to<>> users_;
    std::size_t count_ = 0;
};

}  // namespace meerkat
