#pragma once
// One BOSH session as a state machine (XEP-0124, XEP-0206): which request is processed, held, answered again
// or refused, and with what. Bodies, the stream's output and the passing of time go in; answers and events of
// the stream come out. No clock, no socket, no coroutine.

#include "config/values.hpp"
#include "handlers/bosh/body.hpp"
#include "xmpp/stanza/stream_error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::bosh {

// Counted from any fixed moment.
using moment = std::chrono::milliseconds;

// Names one HTTP request for its answer; 0 is none.
using ticket = std::uint64_t;

// Requests that a client may have open at a time, of which one is held (XEP-0124, 7.2 and 12).
inline constexpr std::size_t window = 2;
inline constexpr std::size_t hold = 1;

struct answer {
    ticket to;
    std::string body;
};

// What follows from an input.
struct outcome {
    std::vector<answer> answers;
    std::vector<channel_event> read;  // for the stream, in order
    std::size_t bytes = 0;            // of the bodies they came in
    bool over = false;                // the session is gone, and all its requests are answered
};

// A session as both sides agreed on it.
struct agreement {
    std::string sid;
    std::string domain;
    std::uint64_t rid = 0;  // of the creating request
    std::chrono::seconds wait{60};
    limit<std::chrono::seconds> inactivity{std::chrono::seconds(30)};
    std::chrono::seconds max_pause{120};
    bool server_acks = false;
    bool client_acks = false;
    std::string version;  // of BOSH, as the client and we have it; empty: the client names none
    std::string key;      // XEP-0124, 15; empty: no key sequence
};

class machine {
public:
    // The creating request is held from the start.
    machine(agreement agreed, ticket creator, moment now);

    // A request of this session. `stalled`: the stream takes no input at present; then the request waits for
    // its turn, and resume() is called later.
    outcome request(request_body body, ticket from, bool stalled, moment now);
    outcome resume(moment now);
    // A request that cannot be read. With XML that breaks no rule but a limit the stream speaks for itself.
    outcome unreadable(xml::read_failure why, ticket from, moment now);

    // The client of this request has hung up: what was for it goes to another, also when it was just
    // answered.
    outcome withdrawn(ticket from, moment now);
    // This request must be answered at once, because its connection is to close.
    outcome answer_now(ticket from, moment now);

    // The stream's output: whole elements. `with_stream_prefix`: some begin with "stream:".
    outcome deliver(std::string_view elements, bool with_stream_prefix, moment now);
    // The same without answering a request with it: more is to follow at once.
    void append(std::string_view elements, bool with_stream_prefix);
    // The stream has ended, orderly or by an error.
    outcome end(const std::optional<stream_error>& why, moment now);

    // Time has passed; nothing may be due yet.
    outcome pass(moment now);
    // When pass() is to be called. Nothing: not before another input.
    std::optional<moment> due() const;

    std::size_t unsent() const { return pending_.size(); }

private:
    enum class state : std::uint8_t {
        open,
        closing,  // the client has ended the stream; it ends on the other side yet
        ended,    // it has, and the next request will be told
    };
    struct held_request {
        std::uint64_t rid;
        ticket from;  // 0: its client has hung up
        moment since;
    };
    struct early_request {
        std::uint64_t rid;
        ticket from;
        request_body body;
    };
    struct given_answer {
        std::uint64_t rid;
        std::string body;     // empty: an empty body without anything particular
        std::size_t content;  // where in it the stanzas begin; 0: there are none
        ticket to;
        std::string key;  // that the request came with
        moment when;
    };

    void take_up(early_request next, moment now, outcome& out);
    bool unlocks(const request_body& body);
    void take_ack(const request_body& body);
    void read(request_body& body, outcome& out);
    void pause(std::string_view seconds, moment now, outcome& out);
    void repeat(const request_body& body, std::uint64_t rid, ticket from, moment now, outcome& out);
    void proceed(moment now, outcome& out);
    void farewell(ticket from, outcome& out);
    void answer_oldest(moment now, outcome& out, bool empty = false);
    void answer_what_is_due(moment now, outcome& out);
    std::string compose(std::uint64_t rid, bool empty, moment now);
    void append_creation(std::string& body) const;
    void keep(given_answer given);
    void take_back_answer();
    void fail(std::string_view condition, ticket from, outcome& out);
    void end_all(const std::string& first, std::string_view condition, ticket from, outcome& out);
    bool anybody_waits() const;
    moment inactivity_over() const;

    const agreement agreed_;
    state state_ = state::open;
    bool stalled_ = false;
    bool created_ = false;  // the answer to the creating request has been given
    bool stream_prefix_ = false;
    std::uint64_t last_rid_;      // processed
    std::uint64_t answered_ = 0;  // the highest
    std::string key_;             // whose hash the next request's key must have; empty: none
    std::string given_key_;       // of the request processed last
    std::optional<std::uint64_t> report_;
    std::string pending_;                         // output not yet sent; when ended, the terminal body
    std::vector<held_request> held_;              // by rid
    std::vector<early_request> early_;            // by rid; not yet processed
    std::vector<given_answer> given_;             // by rid
    std::optional<std::chrono::seconds> paused_;  // instead of the usual inactivity
    moment active_;                               // when the client was last seen waiting
};

}  // namespace meerkat::bosh
