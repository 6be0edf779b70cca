#include "tests/protocol/bosh/bosh_play.hpp"

#include <catch2/catch.hpp>

namespace meerkat::testing {

using namespace bosh;

namespace {

std::string name_of(const channel_event& event) {
    if (std::holds_alternative<xml::stream_opened>(event)) return "opened";
    if (std::holds_alternative<xml::stream_closed>(event)) return "closed";
    if (std::holds_alternative<stream_lost>(event)) return "lost";
    if (std::holds_alternative<xml::read_failure>(event)) return "failed";
    const xml::element& root = std::get<xml::element_read>(event).element.root();
    return std::string(root.has_attr("id") ? root.attr("id") : root.name());
}

}  // namespace

bosh_play::bosh_play(agreement agreed) : machine_(std::move(agreed), 1, now) {}

agreement bosh_play::usual() {
    agreement made;
    made.sid = "S";
    made.domain = "localhost";
    made.rid = 100;
    return made;
}

ticket bosh_play::request(std::uint64_t number, std::string_view attributes, std::string_view content) {
    const std::string text = "<body xmlns='http://jabber.org/protocol/httpbind' sid='S' rid='" +
                             std::to_string(number) + "' " + std::string(attributes) + ">" +
                             std::string(content) + "</body>";
    auto read = read_body(text, {100'000, {}});
    REQUIRE(std::holds_alternative<request_body>(read));
    take(machine_.request(std::move(std::get<request_body>(read)), ++last_, stalled, now));
    return last_;
}

void bosh_play::wait(moment time) {
    const moment until = now + time;
    for (auto due = machine_.due(); !over_ && due && *due <= until; due = machine_.due()) {
        now = std::max(now, *due);
        take(machine_.pass(now));
    }
    now = until;
}

void bosh_play::take(outcome what) {
    REQUIRE_FALSE(over_);
    for (bosh::answer& each : what.answers) {
        INFO("ticket " << each.to);
        REQUIRE(answers_.emplace(each.to, each.body.empty() ? "-" : std::move(each.body)).second);
    }
    for (const channel_event& each : what.read) {
        if (!read_.empty()) read_ += ' ';
        read_ += name_of(each);
    }
    over_ = what.over;
}

std::string bosh_play::answer(ticket t) const {
    const auto found = answers_.find(t);
    return found == answers_.end() ? std::string() : found->second;
}

std::string bosh_play::read() { return std::exchange(read_, {}); }

bosh_play created(const agreement& agreed) {
    bosh_play p(agreed);
    p.deliver("<f/>");
    REQUIRE(p.answered(1));
    return p;
}

std::string body(std::string_view attributes, std::string_view content) {
    std::string text = "<body xmlns='http://jabber.org/protocol/httpbind' sid='S'" + std::string(attributes);
    if (content.empty()) return text + "/>";
    return text + ">" + std::string(content) + "</body>";
}

std::string terminal(std::string_view condition) {
    std::string text = "<body xmlns='http://jabber.org/protocol/httpbind' type='terminate'";
    if (!condition.empty()) text += " condition='" + std::string(condition) + "'";
    return text + "/>";
}

}  // namespace meerkat::testing
