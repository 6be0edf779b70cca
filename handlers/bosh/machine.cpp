#include "handlers/bosh/machine.hpp"

#include "gateway/base/digest.hpp"
#include "gateway/base/encoding.hpp"
#include "handlers/bosh/body_text.hpp"
#include "handlers/bosh/namespaces.hpp"

#include <algorithm>
#include <utility>

namespace meerkat::bosh {

namespace {

// How long a session that has ended without an open request waits to tell its client.
constexpr moment longest_farewell{60'000};

xml::stream_opened opening(const agreement& agreed, std::string_view lang) {
    xml::document header("stream", ns::stream);
    header.root().set_attr("to", agreed.domain).set_attr("version", "1.0");
    if (!lang.empty()) header.root().set_attr("lang", xml::xml_ns, lang);
    return {std::move(header), true, ns::client};
}

// Whether the stream itself can say what was wrong, as on every other transport.
bool is_for_the_stream(xml::violation what) {
    return what == xml::violation::too_big || what == xml::violation::too_deep ||
           what == xml::violation::too_many_elements || what == xml::violation::too_many_attributes;
}

}  // namespace

machine::machine(agreement agreed, ticket creator, moment now)
    : agreed_(std::move(agreed)), last_rid_(agreed_.rid), key_(agreed_.key), active_(now) {
    held_.push_back({agreed_.rid, creator, now});
}

// Requests.

outcome machine::request(request_body body, ticket from, bool stalled, moment now) {
    outcome out;
    stalled_ = stalled;
    active_ = now;
    if (state_ == state::ended) {
        farewell(from, out);
        return out;
    }
    const auto rid = body.number("rid");
    if (!rid || *rid == 0) {
        fail("bad-request", from, out);
    } else if (*rid <= last_rid_) {
        repeat(body, *rid, from, now, out);
    } else if (*rid > last_rid_ + window) {
        // Keeping what lies beyond the window would let a client grow our memory. XEP-0124, 14.2.
        fail("item-not-found", from, out);
    } else {
        const auto place = std::find_if(early_.begin(), early_.end(),
                                        [&](const early_request& each) { return each.rid >= *rid; });
        if (place != early_.end() && place->rid == *rid) {
            if (place->from != 0) out.answers.push_back({place->from, error_body()});
            place->from = from;
        } else {
            const bool excused = body.has_attr("pause") || body.terminates();
            early_.insert(place, {*rid, from, std::move(body)});
            proceed(now, out);
            // XEP-0124, 11: more open requests than agreed. A gap before the newest is the network's doing.
            if (stalled_ && !out.over && !excused && held_.size() + early_.size() > window)
                fail("policy-violation", 0, out);
        }
    }
    return out;
}

void machine::farewell(ticket from, outcome& out) {
    out.answers.push_back({from, std::move(pending_)});
    out.over = true;
}

outcome machine::resume(moment now) {
    outcome out;
    stalled_ = false;
    proceed(now, out);
    return out;
}

void machine::proceed(moment now, outcome& out) {
    while (!stalled_ && !out.over && state_ == state::open && !early_.empty() &&
           early_.front().rid == last_rid_ + 1) {
        early_request next = std::move(early_.front());
        early_.erase(early_.begin());
        take_up(std::move(next), now, out);
    }
}

void machine::take_up(early_request next, moment now, outcome& out) {
    if (!unlocks(next.body)) return fail("item-not-found", next.from, out);
    last_rid_ = next.rid;
    paused_.reset();
    take_ack(next.body);
    held_.push_back({next.rid, next.from, now});
    const bool pauses = next.body.has_attr("pause") && !next.body.terminates();
    read(next.body, out);
    if (pauses) return pause(next.body.attr("pause"), now, out);
    answer_what_is_due(now, out);
}

// What a client sends to end, or to restart, is told by attributes. XEP-0124, 13; XEP-0206, 5.
void machine::read(request_body& body, outcome& out) {
    out.bytes += body.bytes();
    if (body.restarts() && !body.terminates()) {
        out.read.emplace_back(opening(agreed_, body.lang()));
        return;
    }
    auto payload = body.take_payload();
    if (out.read.empty()) {
        out.read = std::move(payload);
    } else {
        std::move(payload.begin(), payload.end(), std::back_inserter(out.read));
    }
    if (!body.terminates()) return;
    out.read.emplace_back(xml::stream_closed{});
    state_ = state::closing;
}

// XEP-0124, 15: each key's hash is the key before it.
bool machine::unlocks(const request_body& body) {
    if (key_.empty()) return true;
    given_key_ = lower_case(body.attr("key"));
    if (given_key_.size() != key_.size()) return false;
    const std::string hash = to_hex(digest(hash_function::sha1, given_key_));
    if (!equal_in_constant_time(hash, key_)) return false;
    key_ = body.has_attr("newkey") ? lower_case(body.attr("newkey")) : given_key_;
    return key_.size() == given_key_.size();
}

// XEP-0124, 9.2.
void machine::take_ack(const request_body& body) {
    if (!agreed_.client_acks || !body.has_attr("ack")) return;
    const std::uint64_t ack = body.number("ack").value_or(0);
    std::erase_if(given_, [ack](const given_answer& each) { return each.rid <= ack; });
    if (ack >= answered_) return;
    const bool kept = std::any_of(given_.begin(), given_.end(),
                                  [ack](const given_answer& each) { return each.rid == ack + 1; });
    if (kept && (!report_ || ack + 1 < *report_)) report_ = ack + 1;
}

// XEP-0124, 10: the answers carry nothing, and the limit holds until the next request.
void machine::pause(std::string_view seconds, moment now, outcome& out) {
    const auto wanted = whole_number(seconds);
    if (!wanted || *wanted == 0) return fail("bad-request", 0, out);
    if (*wanted > static_cast<std::uint64_t>(agreed_.max_pause.count()))
        return fail("policy-violation", 0, out);
    while (!held_.empty()) answer_oldest(now, out, true);
    paused_ = std::chrono::seconds(*wanted);
}

void machine::repeat(const request_body& body, std::uint64_t rid, ticket from, moment now, outcome& out) {
    for (held_request& each : held_) {
        if (each.rid != rid) continue;
        const bool same = key_.empty() || rid != last_rid_ ||
                          equal_in_constant_time(given_key_, lower_case(body.attr("key")));
        if (!same) return fail("item-not-found", from, out);
        // The connection of the first one is probably lost. XEP-0124, 14.3.
        if (each.from != 0) out.answers.push_back({each.from, error_body()});
        each.from = from;
        each.since = now;
        if (!paused_ || !body.has_attr("pause")) return answer_what_is_due(now, out);
        while (!held_.empty()) answer_oldest(now, out, true);
        return;
    }
    const auto place = std::find_if(given_.begin(), given_.end(),
                                    [rid](const given_answer& each) { return each.rid == rid; });
    const bool same = place != given_.end() &&
                      (key_.empty() || equal_in_constant_time(place->key, lower_case(body.attr("key"))));
    if (!same) return fail("item-not-found", from, out);
    out.answers.push_back({from, place->body.empty() ? compose(rid, true, now) : place->body});
}

outcome machine::unreadable(xml::read_failure why, ticket from, moment now) {
    outcome out;
    active_ = now;
    if (state_ == state::ended) {
        farewell(from, out);
        return out;
    }
    if (state_ != state::open || !is_for_the_stream(why.what)) {
        fail("bad-request", from, out);
        return out;
    }
    // Which request it was is not known. It is told the end when the stream has ended for it.
    held_.push_back({last_rid_, from, now});
    state_ = state::closing;
    out.read.emplace_back(std::move(why));
    return out;
}

outcome machine::withdrawn(ticket from, moment now) {
    outcome out;
    if (state_ == state::open && !given_.empty() && given_.back().to == from) {
        take_back_answer();
        active_ = now;
        answer_what_is_due(now, out);
        return out;
    }
    const auto give_up = [&](auto& requests) {
        for (auto& each : requests) {
            if (each.from != from) continue;
            each.from = 0;
            out.answers.push_back({from, {}});
            active_ = now;
        }
    };
    give_up(held_);
    give_up(early_);
    return out;
}

outcome machine::answer_now(ticket from, moment now) {
    outcome out;
    const auto is_it = [from](const auto& each) { return each.from == from; };
    if (state_ == state::open) {
        const auto place = std::find_if(held_.begin(), held_.end(), is_it);
        for (auto count = place == held_.end() ? 0 : place - held_.begin() + 1; count > 0; --count)
            answer_oldest(now, out);
    }
    // Not its turn yet: its client has to send it again.
    const auto early = std::find_if(early_.begin(), early_.end(), is_it);
    if (early != early_.end()) {
        early->from = 0;
        out.answers.push_back({from, error_body()});
    }
    return out;
}

// Time.

bool machine::anybody_waits() const {
    const auto waits = [](const auto& each) { return each.from != 0; };
    return std::any_of(held_.begin(), held_.end(), waits) || std::any_of(early_.begin(), early_.end(), waits);
}

outcome machine::pass(moment now) {
    outcome out;
    const auto when = due();
    if (!when || now < *when) return out;
    if (state_ == state::ended) {
        out.over = true;
        return out;
    }
    const bool held =
        std::any_of(held_.begin(), held_.end(), [](const auto& each) { return each.from != 0; });
    if (!held) {
        // The client is gone. Requests that came too early may still be there.
        fail("item-not-found", 0, out);
    } else if (state_ == state::closing) {
        fail({}, 0, out);
    } else {
        answer_oldest(now, out);
    }
    return out;
}

moment machine::inactivity_over() const {
    if (paused_) return active_ + *paused_;
    const auto& usual = agreed_.inactivity.bound();
    return usual ? active_ + *usual : moment::max();
}

std::optional<moment> machine::due() const {
    if (state_ == state::ended) return std::min(inactivity_over(), active_ + longest_farewell);
    for (const held_request& each : held_) {
        if (each.from != 0) return each.since + agreed_.wait;
    }
    const bool waits_for_stream = stalled_ && !early_.empty() && early_.front().rid == last_rid_ + 1;
    const moment over = inactivity_over();
    if (waits_for_stream || over == moment::max()) return std::nullopt;
    return over;
}

}  // namespace meerkat::bosh
