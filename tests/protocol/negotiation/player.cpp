#include "tests/protocol/negotiation/player.hpp"

#include "tests/support/xmpp_fixture.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/writer.hpp"

#include <catch2/catch.hpp>

namespace meerkat::testing {

namespace {

using namespace negotiate;
using test::parsed;

// Takes the first word off.
std::string_view next_word(std::string_view& rest) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return word;
}

xml::stream_opened opening(std::string_view text) {
    xml::reader from(xml::framing::stream, {});
    auto event = from.next(text);
    if (!event || !std::holds_alternative<xml::stream_opened>(*event)) FAIL("no opening tag: " << text);
    return std::move(std::get<xml::stream_opened>(*event));
}

std::string written(const xml::element& e) {
    std::string out;
    xml::write(out, e, ns::client);
    return out;
}

sasl::condition condition_named(std::string_view name) {
    for (const auto c : {sasl::condition::not_authorized, sasl::condition::malformed_request,
                         sasl::condition::invalid_mechanism, sasl::condition::temporary_auth_failure}) {
        if (name == sasl::to_string(c)) return c;
    }
    FAIL("unknown SASL condition " << name);
    return {};
}

std::string describe_end(const std::optional<stream_error>& why) {
    if (!why) return "end";
    std::string out = "end " + std::string(to_string(why->condition));
    if (!why->text.empty()) out += " " + why->text;
    return out;
}

}  // namespace

settings plain_settings() {
    settings how;
    how.default_domain = "example.org";
    return how;
}

player::player(const settings& how) : machine_(how, *this) {}

std::vector<std::string> player::hear(std::string_view event) {
    question_.clear();
    std::vector<std::string> out;
    actions todo = feed(event);
    for (action& each : todo) {
        REQUIRE_FALSE(ended_);  // nothing is done after the end
        out.push_back(describe(each));
    }
    return out;
}

actions player::feed(std::string_view event) {
    if (event.starts_with("</stream")) return machine_.closed();
    if (event.starts_with("<stream")) return machine_.opened(opening(event));
    if (event.starts_with('<')) return machine_.element(parsed(event));
    std::string_view rest = event;
    const std::string_view word = next_word(rest);
    if (word == "!bad") return machine_.failed({xml::violation::not_well_formed, "mismatched tag", false});
    if (word == "!bad-before") return machine_.failed({xml::violation::not_well_formed, "no XML", true});
    if (word == "!too-big") return machine_.failed({xml::violation::too_big, "", false});
    if (word == "!too-big-before") return machine_.failed({xml::violation::too_big, "", true});
    if (word == "!comment") return machine_.failed({xml::violation::restricted_xml, "", false});
    if (word == "!timeout") return machine_.timed_out();
    if (word == "!tls") return machine_.tls_started();
    return feed_answer(word, rest);
}

actions player::feed_answer(std::string_view word, std::string_view rest) {
    if (word == "!challenge") return machine_.sasl(sasl::challenge{std::string(rest)});
    if (word == "!failure") return machine_.sasl(sasl::failure{condition_named(rest), {}});
    if (word == "!success") {
        sasl::success done;
        done.local = next_word(rest);
        if (!rest.empty()) done.data = rest;
        return machine_.sasl(std::move(done));
    }
    if (word == "!answer") {
        stanza answer(stanza_kind::iq, "result");
        return machine_.modules_answered(std::move(answer));
    }
    if (word == "!no-answer") return machine_.modules_answered(std::nullopt);
    if (word == "!compressed") return machine_.compression_started(true);
    if (word == "!not-compressed") return machine_.compression_started(false);
    if (word == "!bound") return machine_.bound(id_, *jid::parse(rest));
    if (word == "!unbound") return machine_.bound(id_, stanza_error(stanza_condition::bad_request));
    if (word == "!open") return machine_.session_opened(id_, answer_, std::nullopt);
    if (word == "!refused")
        return machine_.session_opened(id_, answer_, stanza_error(stanza_condition::not_allowed));
    FAIL("unknown event " << word);
    return {};
}

std::string player::describe(action& each) {
    if (auto* a = std::get_if<send_header>(&each)) {
        REQUIRE(a->header.id.size() == 32);
        std::string out = "header from=" + a->header.from;
        if (!a->header.to.empty()) out += " to=" + a->header.to;
        return out + " lang=" + a->header.lang;
    }
    if (auto* a = std::get_if<send_element>(&each)) return written(a->element.root());
    if (auto* a = std::get_if<pass_on>(&each)) return "pass " + written(a->element.root());
    if (std::holds_alternative<send_features>(each)) return "features";
    if (std::holds_alternative<go_home>(each)) return "go_home";
    if (auto* a = std::get_if<end_stream>(&each)) {
        ended_ = true;
        return describe_end(a->why);
    }
    if (std::holds_alternative<start_tls>(each)) return question_ = "start_tls";
    if (auto* a = std::get_if<begin_sasl>(&each)) {
        question_ = "sasl";
        return "begin_sasl " + a->mechanism + " " + a->initial;
    }
    if (auto* a = std::get_if<continue_sasl>(&each)) {
        question_ = "sasl";
        return "continue_sasl " + a->data;
    }
    if (auto* a = std::get_if<ask_modules>(&each)) {
        question_ = "modules";
        return "ask " + written(a->request.root());
    }
    if (auto* a = std::get_if<start_compression>(&each)) {
        question_ = "compress";
        return "compress " + written(a->promise.root());
    }
    if (auto* a = std::get_if<bind_resource>(&each)) {
        question_ = "bind";
        id_ = a->id;
        return "bind " + (a->resource.empty() ? "?" : a->resource) + " " + a->id;
    }
    auto& a = std::get<open_session>(each);
    question_ = "open";
    id_ = a.id;
    answer_ = a.answer;
    return std::string("open") + (a.answer ? " answer" : "");
}

void play(const settings& how, const conversation& lines) {
    player with(how);
    std::size_t at = 0;
    while (at < lines.size()) {
        INFO("event: " << lines[at]);
        REQUIRE(lines[at].starts_with("> "));
        const std::vector<std::string> got = with.hear(std::string_view(lines[at]).substr(2));
        std::vector<std::string> wanted;
        for (++at; at < lines.size() && lines[at].starts_with("< "); ++at)
            wanted.push_back(lines[at].substr(2));
        REQUIRE(got == wanted);
    }
}

void replay(player& with, const conversation& lines, std::size_t events) {
    for (const std::string& line : lines) {
        if (!line.starts_with("> ")) continue;
        if (events-- == 0) return;
        with.hear(std::string_view(line).substr(2));
    }
}

std::size_t count_events(const conversation& lines) {
    std::size_t count = 0;
    for (const std::string& line : lines) count += line.starts_with("> ") ? 1 : 0;
    return count;
}

}  // namespace meerkat::testing
