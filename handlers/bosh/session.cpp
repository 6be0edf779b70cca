#include "handlers/bosh/session.hpp"

#include "gateway/base/log.hpp"
#include "handlers/bosh/body_text.hpp"
#include "handlers/bosh/bosh_channel.hpp"
#include "handlers/bosh/sessions.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace meerkat::bosh {

namespace {

// Unsent bytes a client may leave us with before its session ends.
constexpr std::size_t unsent_limit = std::size_t{4} * 1024 * 1024;

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

session::session(sessions& owner, const session_name& name, agreement agreed, session_facts facts,
                 std::shared_ptr<waiting_request> creator)
    : owner_(&owner),
      name_(name),
      facts_(std::move(facts)),
      machine_(std::move(agreed), 1, now()),
      link_(std::make_shared<bosh::link>()) {
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
    from->number = ++last_ticket_;
    waiting_.push_back(std::move(from));
    return last_ticket_;
}

void session::request(std::string_view bytes, std::shared_ptr<waiting_request> from) {
    const disturbance early = from->disturbed;
    const ticket number = admit(std::move(from));
    const bool stalled = link_->unread >= most_unread;
    auto read = read_body(bytes, limits_of_body(limits_, authenticated_));
    auto* const body = std::get_if<request_body>(&read);
    const auto alive = link_;
    carry_out(body != nullptr
                  ? machine_.request(std::move(*body), number, stalled, now())
                  : machine_.unreadable(std::move(std::get<xml::read_failure>(read)), number, now()));
    if (early != disturbance::none && alive->session != nullptr) disturb(number, early);
}

void session::disturb(waiting_request& asked, disturbance what) {
    // It may still be on its way here.
    asked.disturbed = what;
    if (asked.number != 0) disturb(asked.number, what);
}

void session::disturb(ticket number, disturbance what) {
    carry_out(what == disturbance::gone ? machine_.withdrawn(number, now())
                                        : machine_.answer_now(number, now()));
}

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
    if (!std::exchange(authenticated_, true)) owner_->authenticated();
}

void session::input_is_taken() { carry_out(machine_.resume(now())); }

// Moving.

std::unique_ptr<session> session::leave() {
    due_.disarm();
    return owner_->give_up(*this);
}

void session::is_at(sessions& owner) {
    owner_ = &owner;
    wake_at_due();
}

// What follows.

void session::carry_out(outcome what) {
    for (answer& each : what.answers) give(std::move(each));
    if (!what.read.empty()) {
        link_->unread += what.bytes;
        pass({std::move(what.read), what.bytes});
    }
    if (what.over) return owner_->remove(*this);
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
    if (link_->channel != nullptr) link_->channel->arrives(std::move(what));
}

// What is due moves on with every request: the deadline stays where it is and looks again when it expires.
void session::wake_at_due() {
    const auto due = machine_.due();
    if (!due || (due_.armed() && armed_for_ <= *due)) return;
    armed_for_ = *due;
    due_.arm(owner_->here().deadlines(), *due - std::min(now(), *due));
}

void session::wake() { carry_out(machine_.pass(std::max(now(), armed_for_))); }

}  // namespace meerkat::bosh
