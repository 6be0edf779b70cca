#include "handlers/bosh/session.hpp"

#include "gateway/base/log.hpp"
#include "handlers/bosh/body_text.hpp"
#include "handlers/bosh/bosh_channel.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <chrono>
#include <functional>

namespace meerkat::bosh {

namespace {

// Unsent bytes a client may leave us with before its session ends.
constexpr std::size_t unsent_limit = std::size_t{4} * 1024 * 1024;

// Sessions without a user, of one shard. Unlike a connection, one costs its creator nothing to keep.
constexpr std::size_t most_unauthenticated = 4096;

// What stands in a body besides its stanzas, as long as there is no user.
constexpr std::size_t body_overhead = 1024;

moment now() {
    return std::chrono::duration_cast<moment>(std::chrono::steady_clock::now().time_since_epoch());
}

// Several stanzas fit into a body.
body_limits limits_of_body(const xml::limits& stanza, bool authenticated) {
    const std::size_t more = authenticated ? std::max(stanza.bytes, body_overhead) : body_overhead;
    const std::size_t bytes =
        stanza.bytes > std::numeric_limits<std::size_t>::max() - more ? stanza.bytes : stanza.bytes + more;
    return {bytes, stanza};
}

}  // namespace

session::session(sessions& owner, agreement agreed, session_facts facts,
                 std::shared_ptr<waiting_request> creator)
    : owner_(owner),
      sid_(agreed.sid),
      facts_(std::move(facts)),
      machine_(std::move(agreed), 1, now()),
      link_(std::make_shared<bosh::link>(owner.here())),
      channel_shard_(owner.here().index()) {
    link_->session = this;
    admit(std::move(creator));
    due_.calls<&session::wake>(*this);
    wake_at_due();
}

session::~session() {
    link_->session = nullptr;
    if (!shard::on_shard_thread()) return;  // everything is being taken down, and nobody waits any more
    for (auto& each : waiting_) {
        waiting_request::answer(std::move(each), terminal_body("internal-server-error"), {});
    }
}

// From connections.

ticket session::admit(std::shared_ptr<waiting_request> from) {
    from->session = link_;
    from->number = ++last_ticket_;
    waiting_.push_back(std::move(from));
    return last_ticket_;
}

void session::request(std::string_view bytes, std::shared_ptr<waiting_request> from) {
    const ticket number = admit(std::move(from));
    const bool stalled = link_->unread.load(std::memory_order_acquire) >= most_unread;
    auto read = read_body(bytes, limits_of_body(limits_, authenticated_));
    if (auto* body = std::get_if<request_body>(&read))
        carry_out(machine_.request(std::move(*body), number, stalled, now()));
    else
        carry_out(machine_.unreadable(std::move(std::get<xml::read_failure>(read)), number, now()));
}

void session::withdraw(waiting_request& from) { carry_out(machine_.withdrawn(from.number, now())); }

void session::answer_now(waiting_request& from) { carry_out(machine_.answer_now(from.number, now())); }

// From the channel.

void session::open(channel_event opening) {
    batch first;
    first.events.push_back(std::move(opening));
    pass(std::move(first));
}

void session::deliver(std::string_view elements, std::size_t count, bool with_stream_prefix) {
    if (overflowed_) return;
    unsent_ += count;
    carry_out(machine_.deliver(elements, with_stream_prefix, now()));
}

void session::end(std::string_view elements, bool with_stream_prefix,
                  const std::optional<stream_error>& why) {
    // With the last elements in one body.
    machine_.append(elements, with_stream_prefix);
    carry_out(machine_.end(why, now()));
}

void session::user_is_known() {
    if (!std::exchange(authenticated_, true)) owner_.authenticated();
}

void session::channel_is_at(unsigned shard) {
    channel_shard_ = shard;
    channel_moves_ = false;
    for (batch& each : std::exchange(delayed_, {})) pass(std::move(each));
}

void session::input_is_taken() { carry_out(machine_.resume(now())); }

// What follows.

void session::carry_out(outcome what) {
    for (answer& each : what.answers) give(std::move(each));
    if (!what.read.empty()) {
        if (what.bytes > 0) link_->unread.fetch_add(what.bytes, std::memory_order_acq_rel);
        pass({std::move(what.read), what.bytes});
    }
    if (what.over) return owner_.remove(*this);
    if (machine_.unsent() == 0) unsent_ = 0;
    const bool too_much = machine_.unsent() > unsent_limit || unsent_ > most_unsent_;
    if (too_much && !std::exchange(overflowed_, true)) {
        log::warning("outbox_overflow", {{"transport", "bosh"},
                                         {"bytes", machine_.unsent()},
                                         {"stanzas", std::min(unsent_, most_unsent_)}});
        batch overflow;
        overflow.events.emplace_back(stream_overflowed{});
        pass(std::move(overflow));
    }
    wake_at_due();
}

void session::give(answer what) {
    const auto place = std::find_if(waiting_.begin(), waiting_.end(),
                                    [&](const auto& each) { return each->number == what.to; });
    if (place == waiting_.end()) return;
    auto asked = std::move(*place);
    waiting_.erase(place);
    waiting_request::answer(std::move(asked), std::move(what.body), facts_.content_type);
}

void session::pass(batch what) {
    if (channel_moves_) {
        delayed_.push_back(std::move(what));
        return;
    }
    if (channel_shard_ == owner_.here().index()) {
        if (link_->channel != nullptr) link_->channel->arrives(std::move(what));
        return;
    }
    owner_.here().send(channel_shard_, [between = link_, what = std::move(what)]() mutable {
        if (between->channel != nullptr) between->channel->arrives(std::move(what));
    });
}

// What is due moves on with every request: the deadline stays where it is and looks again when it expires.
void session::wake_at_due() {
    const auto due = machine_.due();
    if (!due || (due_.armed() && armed_for_ <= *due)) return;
    armed_for_ = *due;
    due_.arm(owner_.here().deadlines(), *due - std::min(now(), *due));
}

void session::wake() { carry_out(machine_.pass(std::max(now(), armed_for_))); }

// The table.

struct sessions::table {
    struct hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view sid) const { return std::hash<std::string_view>{}(sid); }
    };
    boost::unordered_flat_map<std::string_view, std::unique_ptr<session>, hash, std::equal_to<>> by_sid;
};

sessions::sessions(shard& here) : here_(here), table_(std::make_unique<table>()) {}

sessions::~sessions() = default;

session* sessions::create(agreement agreed, session_facts facts, std::shared_ptr<waiting_request> creator) {
    if (unauthenticated_ >= most_unauthenticated) return nullptr;
    ++unauthenticated_;
    auto made = std::make_unique<session>(*this, std::move(agreed), std::move(facts), std::move(creator));
    session* const created = made.get();
    table_->by_sid.emplace(created->sid(), std::move(made));
    return created;
}

session* sessions::find(std::string_view sid) {
    const auto found = table_->by_sid.find(sid);
    return found == table_->by_sid.end() ? nullptr : found->second.get();
}

void sessions::remove(session& gone) {
    if (!gone.authenticated()) --unauthenticated_;
    const auto place = table_->by_sid.find(gone.sid());
    if (place == table_->by_sid.end()) return;
    // The key is a part of what is removed.
    const std::unique_ptr<session> last = std::move(place->second);
    table_->by_sid.erase(place);
}

std::size_t sessions::size() const { return table_->by_sid.size(); }

}  // namespace meerkat::bosh
