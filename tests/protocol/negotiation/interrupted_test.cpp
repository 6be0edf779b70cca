// Every conversation that ends well, broken at every step in every way: it must end in order, and for good.

#include "tests/protocol/negotiation/conversations.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

const std::vector<std::string>& client_events() {
    static const std::vector<std::string> all = {
        "</stream:stream>",
        "!bad",
        "!bad-before",
        "!too-big",
        "!comment",
        "!timeout",
        open_tag().substr(2),
        "<wrong xmlns='urn:other'/>",
        "<auth xmlns='urn:other'/>",
        "<message xmlns='jabber:client'/>",
        "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        "<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
    };
    return all;
}

// An end comes last, and an error has a header before it.
void check_order(const std::vector<std::string>& done, bool had_header) {
    for (std::size_t i = 0; i < done.size(); ++i) {
        if (done[i].starts_with("header")) had_header = true;
        if (!done[i].starts_with("end")) continue;
        REQUIRE(i + 1 == done.size());
        if (done[i] != "end") REQUIRE(had_header);
    }
}

// Whatever comes after the end, nothing is done any more.
void check_silence(player& with) {
    REQUIRE(with.ended());
    for (const std::string& each : client_events()) REQUIRE(with.hear(each).empty());
}

// The end that an event must bring wherever it comes; empty: that depends.
std::string certain_end(const std::string& event) {
    if (event == "</stream:stream>") return "end";
    if (event == "!bad") return "end xml-not-well-formed mismatched tag";
    if (event == "!too-big") return "end policy-violation element too big";
    if (event == "!comment") return "end restricted-xml";
    if (event == "!timeout") return "end connection-timeout";
    return {};
}

}  // namespace

TEST_CASE("a conversation broken off by the client at any step ends in order and stays silent") {
    for (const named_conversation& each : good_conversations()) {
        const std::size_t steps = count_events(each.lines);
        for (std::size_t step = 0; step < steps; ++step) {
            for (const std::string& event : client_events()) {
                INFO(each.name << ", before event " << step << ": " << event);
                player with(each.how);
                replay(with, each.lines, step);
                if (with.asks() || with.machine().established()) continue;  // the driver does not listen now
                const std::vector<std::string> done = with.hear(event);
                check_order(done, step > 0);
                const std::string wanted = certain_end(event);
                if (!wanted.empty()) {
                    REQUIRE_FALSE(done.empty());
                    REQUIRE(done.back() == wanted);
                }
                if (with.ended()) check_silence(with);
            }
        }
    }
}

TEST_CASE("a conversation whose question is answered with no, at any step, ends or goes on as it should") {
    for (const named_conversation& each : good_conversations()) {
        const std::size_t steps = count_events(each.lines);
        for (std::size_t step = 1; step < steps; ++step) {
            INFO(each.name << ", answer to event " << step);
            player with(each.how);
            replay(with, each.lines, step);
            if (!with.asks() || with.question() == "start_tls") continue;
            const bool sasl = with.question() == "sasl";
            const std::string no = sasl                            ? "!failure not-authorized"
                                   : with.question() == "modules"  ? "!no-answer"
                                   : with.question() == "compress" ? "!not-compressed"
                                   : with.question() == "bind"     ? "!unbound"
                                                                   : "!refused";
            const bool ends = with.question() == "modules" || with.question() == "open";
            const std::vector<std::string> done = with.hear(no);
            check_order(done, true);
            REQUIRE(with.ended() == ends);
            if (sasl) REQUIRE_FALSE(with.machine().authenticated());
            if (ends) {
                check_silence(with);
            } else {
                // The client may try again from here.
                REQUIRE(with.hear("!timeout").back() == "end connection-timeout");
            }
        }
    }
}

TEST_CASE("nobody is authenticated before SASL has succeeded, wherever a conversation stops") {
    for (const named_conversation& each : good_conversations()) {
        bool succeeded = false;
        player with(each.how);
        for (const std::string& line : each.lines) {
            if (!line.starts_with("> ")) continue;
            succeeded = succeeded || line.starts_with("> !success");
            with.hear(std::string_view(line).substr(2));
            REQUIRE(with.machine().authenticated() == succeeded);
        }
    }
}
