#include "handlers/bosh/bosh_channel.hpp"

#include "handlers/bosh/bosh_service.hpp"
#include "handlers/bosh/namespaces.hpp"
#include "handlers/certificate_names.hpp"
#include "xmpp/xml/writer.hpp"

#include <utility>

namespace meerkat {

bosh_channel::bosh_channel(std::shared_ptr<bosh::link> between, bosh_service& service,
                           const http::request& creator)
    : link_(std::move(between)),
      service_(service),
      certificate_(creator.certificate),
      loopback_(creator.peer.loopback()) {
    facts_.ip = creator.peer.ip;
    facts_.port = creator.peer.port;
    facts_.transport = "bosh";
    facts_.encrypted = creator.encrypted;
    link_->channel = this;
}

bosh_channel::~bosh_channel() {
    // Outside of the shards there is nobody left to tell.
    if (!shard::on_shard_thread()) return;
    if (moving_) attach(shard::current());
    if (!ended_) finish(stream_error{stream_condition::system_shutdown});
    link_->channel = nullptr;
}

// Input.

task<channel_event> bosh_channel::receive() {
    for (;;) {
        if (std::exchange(interrupted_, false)) co_return stream_interrupted{};
        if (overflowed_) co_return stream_overflowed{};
        if (aborted_) co_return stream_lost{};
        drop_taken();
        if (arrived_.empty()) {
            co_await changed_.wait();
        } else if (next_ == 0 && pacing_.pausing()) {
            co_await pacing_.wait();
        } else {
            if (next_ == 0) pacing_.pay_for(arrived_.front().bytes);
            co_return std::move(arrived_.front().events[next_++]);
        }
    }
}

// A body counts as taken when what is behind its last event is asked for.
void bosh_channel::drop_taken() {
    while (!arrived_.empty() && next_ == arrived_.front().events.size()) {
        const std::size_t bytes = arrived_.front().bytes;
        arrived_.erase(arrived_.begin());
        next_ = 0;
        if (arrived_.empty()) std::vector<bosh::batch>().swap(arrived_);
        taken(bytes);
    }
}

void bosh_channel::taken(std::size_t bytes) {
    if (bytes == 0) return;
    const std::size_t before = std::exchange(link_->unread, link_->unread - bytes);
    if (before >= bosh::most_unread && link_->unread < bosh::most_unread && link_->session != nullptr)
        link_->session->input_is_taken();
}

void bosh_channel::arrives(bosh::batch what) {
    if (what.events.size() == 1 && std::holds_alternative<stream_overflowed>(what.events.front())) {
        overflowed_ = true;
        pacing_.wake();
    } else {
        arrived_.push_back(std::move(what));
    }
    changed_.notify();
}

void bosh_channel::interrupt() {
    interrupted_ = true;
    changed_.notify();
    pacing_.wake();
}

void bosh_channel::limit_reading(const xml::limits& bounds, shared_rate rate) {
    pacing_.use(std::move(rate));
    if (link_->session != nullptr) link_->session->limit_reading(bounds);
}

void bosh_channel::limit_waiting(std::optional<std::size_t> stanzas) {
    if (stanzas && link_->session != nullptr) link_->session->limit_waiting(*stanzas);
}

// Output.

void bosh_channel::send(const xml::element& e) {
    if (ended_) return;
    const bool of_stream = e.ns() == ns::stream;
    xml::write(output_, e, ns::httpbind, of_stream);
    stream_prefix_ = stream_prefix_ || of_stream;
    ++elements_;
    shard::current().at_turn_end(*this);
}

void bosh_channel::send(const serialized_stanza& stanza, std::string_view to) {
    if (ended_) return;
    stanza.append_to(output_, to, true);
    ++elements_;
    shard::current().at_turn_end(*this);
}

void bosh_channel::flush() {
    if (output_.empty()) return;
    const std::string output = std::exchange(output_, {});
    const std::size_t count = std::exchange(elements_, 0);
    const bool prefix = std::exchange(stream_prefix_, false);
    if (link_->session != nullptr) link_->session->deliver(output, count, prefix);
}

// The end.

task<> bosh_channel::close(std::optional<stream_error> why) {
    finish(why);
    co_return;
}

void bosh_channel::finish(const std::optional<stream_error>& why) {
    if (std::exchange(ended_, true)) return;
    forget();
    pacing_.stop();
    const std::string output = std::exchange(output_, {});
    if (link_->session != nullptr) link_->session->end(output, stream_prefix_, why);
}

void bosh_channel::abort() {
    finish(stream_error{stream_condition::system_shutdown});
    aborted_ = true;
    changed_.notify();
    pacing_.wake();
}

// Moving.

void bosh_channel::restart() {
    if (link_->session != nullptr) link_->session->user_is_known();
}

sasl::channel_facts bosh_channel::sasl_facts() const {
    sasl::channel_facts facts;
    facts.encrypted = facts_.encrypted;
    facts.certificate = names_for_sasl(certificate_.get());
    return facts;
}

task<bool> bosh_channel::settle() {
    flush();
    co_return true;
}

void bosh_channel::detach() {
    forget();
    pacing_.stop();
    if (link_->session != nullptr) moving_ = link_->session->leave();
}

void bosh_channel::attach(shard& home) {
    if (moving_) service_.at(home.index()).take(std::move(moving_));
}

}  // namespace meerkat
