#pragma once
// One client's session at its home shard: resource binding, then stanzas until the stream ends. What the rest
// of the core sees of it is routing/session.

#include "gateway/base/deadline.hpp"
#include "xmpp/stream/client_streams.hpp"

#include <memory>
#include <optional>
#include <string>

namespace meerkat {

class client_session final : public live_stream, session_actions, negotiate::surroundings {
public:
    client_session(client_streams& owner, authenticated_stream arrived);
    ~client_session();

    static task<> serve(std::unique_ptr<client_session> self);

    void shut_down(const stream_error& why) override { end(why); }
    void abort() override { channel_->abort(); }

private:
    bool serves(std::string_view domain) const override;
    void end(stream_error why) override;

    // False when the stream is over: `why_ended_` says why.
    task<bool> react(channel_event event);
    task<bool> negotiate(channel_event event);
    task<bool> perform(negotiate::actions actions_due);
    task<negotiate::actions> compress(xml::document promise);
    void send_features();
    std::variant<jid, stanza_error> bind(const std::string& resource);
    task<std::optional<stanza_error>> open();
    bool admitted() const;
    bool name_is_taken() const;
    void replace(session& older);
    void look_after_replaced();
    void end_surplus_sessions();

    // Once the session is open, which it is when stanzas are received.
    session& own_session() { return *session_; }  // NOLINT(bugprone-unchecked-optional-access)
    task<bool> receive(xml::document e);
    task<> sends_message(stanza s);
    task<> sends_presence(stanza s);
    task<> sends_iq(stanza s);
    void refuse(stanza s, const stanza_error& why);
    bool fail(stream_condition condition, std::string text = {});

    task<> leave();
    void restart_step_timer();
    void step_timed_out();

    client_streams& owner_;
    host* host_;
    std::unique_ptr<channel> channel_;
    std::shared_ptr<const stream_profile> profile_;
    std::unique_ptr<negotiate::machine> machine_;  // until the session is open
    jid bound_;
    auth_method vouched_;
    std::optional<session> session_;
    deadline step_;               // of negotiation; once the session is open, of the one it replaced
    std::uint64_t replaced_ = 0;  // its id
    bool timed_out_ = false;
    bool connection_lost_ = false;
    std::optional<stream_error> ending_;  // asked for by others
    std::optional<stream_error> why_ended_;
};

}  // namespace meerkat
