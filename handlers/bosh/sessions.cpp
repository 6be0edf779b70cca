#include "handlers/bosh/sessions.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <functional>
#include <utility>
#include <vector>

namespace meerkat::bosh {

namespace {

// Sessions without a user, of one shard. Unlike a connection, one costs its creator nothing to keep.
constexpr std::size_t most_unauthenticated = 4096;

// Where a session is that was created here.
struct whereabouts {
    unsigned shard = 0;
    std::unique_ptr<std::vector<visit>> waiting;  // as long as it is under way; null: it has arrived
};

struct text_hash {
    std::size_t operator()(std::string_view sid) const { return std::hash<std::string_view>{}(sid); }
};

}  // namespace

struct sessions::table {
    boost::unordered_flat_map<std::string_view, std::unique_ptr<session>, text_hash> by_sid;
    boost::unordered_flat_map<session_name, whereabouts, session_name::hash> left;
};

sessions::sessions(shard& here, const by_shard& all)
    : here_(here), all_(all), table_(std::make_unique<table>()) {}

sessions::~sessions() = default;

session* sessions::create(agreement agreed, session_facts facts, std::shared_ptr<waiting_request> creator,
                          const session_name& name) {
    if (unauthenticated_ >= most_unauthenticated) return nullptr;
    ++unauthenticated_;
    auto made =
        std::make_unique<session>(*this, name, std::move(agreed), std::move(facts), std::move(creator));
    session* const created = made.get();
    table_->by_sid.emplace(created->name().text(), std::move(made));
    return created;
}

session* sessions::find(std::string_view sid) const {
    const auto found = table_->by_sid.find(sid);
    return found == table_->by_sid.end() ? nullptr : found->second.get();
}

void sessions::reach(const session_name& name, visit call) {
    if (session* const found = find(name.text())) return call(found);
    sessions& birthplace = at(name.birthplace());
    if (&birthplace == this) return reach_born_here(name, std::move(call));
    here_.send(name.birthplace(), [&birthplace, name, call = std::move(call)]() mutable {
        birthplace.reach_born_here(name, std::move(call));
    });
}

void sessions::reach_born_here(const session_name& name, visit call) {
    if (session* const found = find(name.text())) return call(found);
    const auto gone = table_->left.find(name);
    if (gone == table_->left.end()) return call(nullptr);
    if (const auto& waiting = gone->second.waiting) return waiting->push_back(std::move(call));
    here_.send(gone->second.shard, [there = &at(gone->second.shard), name, call = std::move(call)]() mutable {
        call(there->find(name.text()));
    });
}

void sessions::remove(session& gone) {
    if (!gone.authenticated()) --unauthenticated_;
    const auto place = table_->by_sid.find(gone.name().text());
    if (place == table_->by_sid.end()) return;
    // The key is a part of what is removed.
    const std::unique_ptr<session> last = std::move(place->second);
    table_->by_sid.erase(place);
    sessions& birthplace = at(last->name().birthplace());
    if (&birthplace == this) return;
    here_.send(birthplace.here().index(),
               [&birthplace, name = last->name()] { birthplace.table_->left.erase(name); });
}

// Moving.

std::unique_ptr<session> sessions::give_up(session& leaving) {
    if (!leaving.authenticated()) --unauthenticated_;
    const auto place = table_->by_sid.find(leaving.name().text());
    std::unique_ptr<session> given = std::move(place->second);
    table_->by_sid.erase(place);
    table_->left.emplace(given->name(), whereabouts{0, std::make_unique<std::vector<visit>>()});
    return given;
}

void sessions::take(std::unique_ptr<session> arriving) {
    if (!arriving->authenticated()) ++unauthenticated_;
    const session_name name = arriving->name();
    session& taken = *arriving;
    table_->by_sid.emplace(taken.name().text(), std::move(arriving));
    taken.is_at(*this);
    sessions& birthplace = at(name.birthplace());
    if (&birthplace == this) return birthplace.moved(name, here_.index());
    here_.send(name.birthplace(), [&birthplace, name, to = here_.index()] { birthplace.moved(name, to); });
}

void sessions::moved(const session_name& name, unsigned to) {
    const auto place = table_->left.find(name);
    if (place == table_->left.end()) return;
    const auto waiting = std::move(place->second.waiting);
    place->second.shard = to;
    if (to == here_.index()) table_->left.erase(place);
    if (!waiting) return;
    for (visit& each : *waiting) reach_born_here(name, std::move(each));
}

}  // namespace meerkat::bosh
