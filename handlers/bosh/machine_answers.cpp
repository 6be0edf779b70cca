// The state machine's answers: when a request gets one, what stands in it, and which are kept.

#include "handlers/bosh/body_text.hpp"
#include "handlers/bosh/machine.hpp"
#include "handlers/bosh/namespaces.hpp"
#include "xmpp/stream/stream_end.hpp"
#include "xmpp/xml/writer.hpp"

#include <algorithm>
#include <utility>

namespace meerkat::bosh {

namespace {

// Answers that a client with acknowledgements has not acknowledged are kept up to these bounds; the last two
// in any case (XEP-0124, 14.3).
constexpr std::size_t most_given = 16;
constexpr std::size_t most_given_bytes = std::size_t{256} * 1024;

}  // namespace

// Output.

outcome machine::deliver(std::string_view elements, bool with_stream_prefix, moment now) {
    outcome out;
    append(elements, with_stream_prefix);
    answer_what_is_due(now, out);
    return out;
}

void machine::append(std::string_view elements, bool with_stream_prefix) {
    if (state_ == state::ended) return;
    pending_ += elements;
    stream_prefix_ = stream_prefix_ || with_stream_prefix;
}

outcome machine::end(const std::optional<stream_error>& why, moment now) {
    outcome out;
    std::string_view condition;
    if (why) {
        const bool shutdown = why->condition == stream_condition::system_shutdown;
        condition = shutdown ? "system-shutdown" : "remote-stream-error";
    }
    std::string last = std::string(start_of_body) + " type='terminate'";
    if (why) append_attribute(last, "condition", condition);
    if (why || stream_prefix_) last += stream_declaration;
    if (pending_.empty() && !why) {
        last += "/>";
    } else {
        last += '>';
        last += pending_;
        if (why) xml::write(last, make_stream_error(*why).root(), ns::httpbind, true);
        last += "</body>";
    }
    const bool told = anybody_waits();
    end_all(last, condition, 0, out);
    if (!told) {
        out.over = false;
        state_ = state::ended;
        active_ = now;
        paused_.reset();
        pending_ = std::move(last);
        std::vector<given_answer>().swap(given_);
    }
    return out;
}

// The oldest request first, as long as there is something for it or too many are held. A request whose client
// has hung up is answered when a later one has come: its client knows by then that it is lost.
void machine::answer_what_is_due(moment now, outcome& out) {
    if (state_ != state::open) return;
    while (held_.size() > hold) {
        const bool lost = held_.front().from == 0;
        answer_oldest(now, out, lost);
    }
    if (held_.empty() || held_.front().from == 0) return;
    if (!pending_.empty() || report_) answer_oldest(now, out);
}

void machine::answer_oldest(moment now, outcome& out, bool empty) {
    const held_request first = held_.front();
    held_.erase(held_.begin());
    // Such a body can be written again when it is asked for, so that it need not be kept.
    const bool plain = !agreed_.server_acks && (empty || (created_ && !report_ && pending_.empty()));
    std::string body = compose(first.rid, empty, now);
    answered_ = first.rid;
    if (!empty) {
        created_ = true;
        report_.reset();
    }
    const std::size_t content = body.ends_with("/>") ? 0 : body.find('>') + 1;
    keep({first.rid, plain ? std::string() : body, plain ? 0 : content, first.from, given_key_, now});
    if (first.from != 0) out.answers.push_back({first.from, std::move(body)});
    active_ = now;
}

std::string machine::compose(std::uint64_t rid, bool empty, moment now) {
    std::string body;
    body.reserve(start_of_body.size() + 192 + (empty ? 0 : pending_.size()));
    body += start_of_body;
    append_attribute(body, "sid", agreed_.sid);
    if (!empty && !created_) append_creation(body);
    if (agreed_.server_acks && last_rid_ > rid) append_attribute(body, "ack", last_rid_);
    if (!empty && report_) {
        for (const given_answer& each : given_) {
            if (each.rid != *report_) continue;
            append_attribute(body, "report", *report_);
            append_attribute(body, "time", static_cast<std::uint64_t>((now - each.when).count()));
        }
    }
    if (empty || pending_.empty()) return body + "/>";
    if (stream_prefix_ && created_) body += stream_declaration;
    body += '>';
    body += pending_;
    body += "</body>";
    std::string().swap(pending_);
    stream_prefix_ = false;
    return body;
}

// XEP-0124, 7.2; XEP-0206, 4.
void machine::append_creation(std::string& body) const {
    append_attribute(body, "wait", static_cast<std::uint64_t>(agreed_.wait.count()));
    append_attribute(body, "requests", window);
    append_attribute(body, "hold", hold);
    append_attribute(body, "from", agreed_.domain);
    if (const auto& bound = agreed_.inactivity.bound())
        append_attribute(body, "inactivity", static_cast<std::uint64_t>(bound->count()));
    append_attribute(body, "maxpause", static_cast<std::uint64_t>(agreed_.max_pause.count()));
    if (agreed_.server_acks) append_attribute(body, "ack", agreed_.rid);
    if (!agreed_.version.empty()) append_attribute(body, "ver", agreed_.version);
    body += " xmpp:restartlogic='true' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh'";
    body += stream_declaration;
}

void machine::keep(given_answer given) {
    given_.push_back(std::move(given));
    std::size_t most = agreed_.client_acks ? most_given : window;
    std::size_t bytes = 0;
    for (const given_answer& each : given_) bytes += each.body.size();
    while (given_.size() > most || (given_.size() > window && bytes > most_given_bytes)) {
        bytes -= given_.front().body.size();
        given_.erase(given_.begin());
    }
}

// The last answer is as if it had had no content, or, if no request has come since, as if it had not been
// given.
void machine::take_back_answer() {
    given_answer last = std::move(given_.back());
    given_.pop_back();
    if (last.rid == agreed_.rid) created_ = false;
    if (last.content != 0) {
        constexpr std::size_t end_tag = 7;
        const std::string_view body = last.body;
        pending_.insert(0, body.substr(last.content, body.size() - last.content - end_tag));
        stream_prefix_ =
            stream_prefix_ || body.substr(0, last.content).find(stream_declaration) != std::string::npos;
    }
    if (last.rid == last_rid_) {
        held_.push_back({last.rid, 0, last.when});
    } else {
        given_.push_back({last.rid, {}, 0, 0, std::move(last.key), last.when});
    }
}

// Ends.

void machine::fail(std::string_view condition, ticket from, outcome& out) {
    end_all(terminal_body(condition), condition, from, out);
    out.read.emplace_back(stream_lost{});
}

// Every open request gets a terminal body, the oldest the one that says most.
void machine::end_all(const std::string& first, std::string_view condition, ticket from, outcome& out) {
    std::vector<ticket> open;
    for (const held_request& each : held_) open.push_back(each.from);
    for (const early_request& each : early_) open.push_back(each.from);
    open.push_back(from);
    std::erase(open, ticket{0});
    const std::string other = open.size() > 1 ? terminal_body(condition) : std::string();
    for (std::size_t i = 0; i < open.size(); ++i) out.answers.push_back({open[i], i == 0 ? first : other});
    held_.clear();
    early_.clear();
    out.over = true;
}

}  // namespace meerkat::bosh
