#pragma once
// Plays conversations with the negotiation machine. A conversation is written line by line: what the client
// sends or the server's parts answer ("> ..."), then what the machine wants done ("< ...").
//
//   > <auth .../>              an element; <stream:stream ...> and </stream:stream> open and close
//   > !bad                     bytes that are no XML; !too-big, !bad-before: the other kinds
//   > !timeout, !tls           the step took too long; the TLS handshake succeeded
//   > !challenge D, !success USER D, !failure CONDITION      what SASL made of it
//   > !answer, !no-answer      the modules to a request before authentication
//   > !compressed, !not-compressed                           the channel to compression
//   > !bound JID, !unbound, !open, !refused                  what the home made of it
//   < header from= to= lang=, < features, < <element/>, < end [condition [text]], ...

#include "xmpp/stream/negotiation.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace meerkat::testing {

class player final : negotiate::surroundings {
public:
    explicit player(const negotiate::settings& how);

    // One event; what is to be done, as lines.
    std::vector<std::string> hear(std::string_view event);

    // The machine has asked its driver something and waits for the answer.
    bool asks() const { return !question_.empty(); }
    // Which kind of action it was: "begin_sasl", "bind" and so on.
    const std::string& question() const { return question_; }
    bool ended() const { return ended_; }
    const negotiate::machine& machine() const { return machine_; }

private:
    bool serves(std::string_view domain) const override { return domain == "example.org"; }
    negotiate::actions feed(std::string_view event);
    negotiate::actions feed_answer(std::string_view word, std::string_view rest);
    std::string describe(negotiate::action& each);

    negotiate::machine machine_;
    std::string question_;
    std::string id_;       // of the bind or session request under way
    bool answer_ = false;  // whether that session request wants an answer
    bool ended_ = false;
};

negotiate::settings plain_settings();

using conversation = std::vector<std::string>;

// Plays it whole; the test fails at the first line that differs.
void play(const negotiate::settings& how, const conversation& lines);
// Only its first events (lines with ">"), without looking at what comes out.
void replay(player& with, const conversation& lines, std::size_t events);
std::size_t count_events(const conversation& lines);

}  // namespace meerkat::testing
