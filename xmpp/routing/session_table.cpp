#include "xmpp/routing/session_table.hpp"

#include <algorithm>

namespace meerkat {

void session_table::add(session& s) {
    const auto [user, added] = users_.try_emplace(std::string(s.bare()));
    if (added) user->second.reserve(1);
    user->second.push_back(&s);
    ++count_;
}

void session_table::remove(session& s) {
    const auto user = users_.find(s.bare());
    if (user == users_.end()) return;
    const auto at = std::find(user->second.begin(), user->second.end(), &s);
    if (at == user->second.end()) return;
    user->second.erase(at);
    --count_;
    if (user->second.empty()) users_.erase(user);
}

const user_sessions* session_table::of_user(std::string_view bare) const {
    const auto user = users_.find(bare);
    return user == users_.end() ? nullptr : &user->second;
}

session* session_table::with_jid(const jid_view& full) const {
    const user_sessions* sessions = of_user(full.bare());
    if (sessions == nullptr) return nullptr;
    const std::string_view resource = full.resource();
    for (auto at = sessions->rbegin(); at != sessions->rend(); ++at) {
        if ((*at)->resource() == resource) return *at;
    }
    return nullptr;
}

}  // namespace meerkat
