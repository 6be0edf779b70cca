#pragma once
// Plays both sides of a BOSH session's state machine: a client that numbers its requests, and a stream that
// notes what it is handed.

#include "handlers/bosh/machine.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::testing {

class bosh_play {
public:
    explicit bosh_play(bosh::agreement agreed = usual());

    static bosh::agreement usual();

    // Sends the request with that number; attributes and content as written. Returns its ticket.
    bosh::ticket request(std::uint64_t rid, std::string_view attributes = {}, std::string_view content = {});
    // The same with the next number.
    bosh::ticket next(std::string_view attributes = {}, std::string_view content = {}) {
        return request(rid++, attributes, content);
    }
    void deliver(std::string_view elements) { take(machine_.deliver(elements, false, now)); }
    void end(const std::optional<stream_error>& why = {}) { take(machine_.end(why, now)); }
    void withdraw(bosh::ticket t) { take(machine_.withdrawn(t, now)); }
    void answer_now(bosh::ticket t) { take(machine_.answer_now(t, now)); }
    void resume() { take(machine_.resume(now)); }
    void unreadable(xml::violation what) { take(machine_.unreadable({what, "", false}, ++last_, now)); }
    // Time passes, and whatever falls due meanwhile happens.
    void wait(bosh::moment time);

    // The answer to a request; empty: none yet. "-": it was given up.
    std::string answer(bosh::ticket t) const;
    bool answered(bosh::ticket t) const { return answers_.contains(t); }
    // What the stream was handed since it was last asked: names, or ids where there are; "opened", "closed",
    // "lost", "failed".
    std::string read();
    bool over() const { return over_; }

    bosh::moment now{1'000'000};
    std::uint64_t rid = 101;
    bool stalled = false;
    bosh::machine& machine() { return machine_; }

private:
    void take(bosh::outcome what);

    bosh::machine machine_;
    bosh::ticket last_ = 1;
    std::map<bosh::ticket, std::string> answers_;
    std::string read_;
    bool over_ = false;
};

// A session whose creation is answered.
bosh_play created(const bosh::agreement& agreed = bosh_play::usual());

// A body with sid S, as it is sent.
std::string body(std::string_view attributes = {}, std::string_view content = {});
std::string terminal(std::string_view condition = {});

}  // namespace meerkat::testing
