#pragma once
// A BOSH session on the shard where its stream is: drives the state machine with what comes from connections,
// from the stream and from the clock, and carries out what it says.

#include "gateway/base/deadline.hpp"
#include "handlers/bosh/link.hpp"
#include "handlers/bosh/machine.hpp"
#include "handlers/bosh/session_name.hpp"
#include "handlers/bosh/waiting_request.hpp"

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::bosh {

class sessions;

// What a session is beside its protocol.
struct session_facts {
    std::string content_type;  // of its answers; empty: the usual one
    bool encrypted = false;    // the connection that created it was
};

class session {
public:
    // Named as `agreed` says.
    session(sessions& owner, const session_name& name, agreement agreed, session_facts facts,
            std::shared_ptr<waiting_request> creator);
    ~session();
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    const session_name& name() const { return name_; }
    const std::shared_ptr<bosh::link>& link() const { return link_; }
    // XEP-0124, 19.1: what began encrypted goes on so.
    bool admits(const waiting_request& from) const { return from.encrypted() || !facts_.encrypted; }
    bool authenticated() const { return authenticated_; }

    // Each of these may be the session's end: nothing of it is to be touched behind them.
    void request(std::string_view bytes, std::shared_ptr<waiting_request> from);
    // A client that has hung up gets its answer by another request; a connection that is to close cannot
    // wait.
    void disturb(waiting_request& asked, disturbance what);

    // From the channel.
    void open(channel_event opening);
    // `count` elements.
    void deliver(std::string_view elements, std::size_t count, bool with_stream_prefix);
    void end(std::string_view elements, bool with_stream_prefix, const std::optional<stream_error>& why);
    void limit_reading(const xml::limits& bounds) { limits_ = bounds; }
    void limit_waiting(std::size_t stanzas) { most_unsent_ = stanzas; }
    void user_is_known();
    void input_is_taken();

    // Moving with the channel to another shard. Between the two nobody touches it.
    std::unique_ptr<session> leave();
    void is_at(sessions& owner);

private:
    ticket admit(std::shared_ptr<waiting_request> from);
    void disturb(ticket number, disturbance what);
    void carry_out(outcome what);
    void give(answer what);
    void pass(batch what);
    void wake_at_due();
    void wake();

    sessions* owner_;
    const session_name name_;
    const session_facts facts_;
    machine machine_;
    std::shared_ptr<bosh::link> link_;
    std::vector<std::shared_ptr<waiting_request>> waiting_;  // a handful at most
    ticket last_ticket_ = 0;
    xml::limits limits_;
    std::size_t unsent_ = 0;  // elements
    std::size_t most_unsent_ = std::numeric_limits<std::size_t>::max();
    deadline due_;
    moment armed_for_{};
    bool overflowed_ = false;
    bool authenticated_ = false;
};

}  // namespace meerkat::bosh
