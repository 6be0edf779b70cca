#pragma once
// One stream before its user is known: drives the negotiation up to SASL success, then sends the connection
// home.

#include "gateway/base/deadline.hpp"
#include "xmpp/auth/sasl_exchange.hpp"
#include "xmpp/stream/client_streams.hpp"

#include <deque>
#include <memory>
#include <optional>

namespace meerkat {

class login final : public live_stream, negotiate::surroundings {
public:
    login(client_streams& owner, std::unique_ptr<channel> connection,
          std::shared_ptr<const stream_profile> profile, std::shared_ptr<void> admission);
    ~login();

    static task<> serve(std::unique_ptr<login> self);

    void shut_down(const stream_error& why) override;
    void abort() override { channel_->abort(); }

private:
    bool serves(std::string_view domain) const override;

    negotiate::actions react(channel_event event);
    // False when the stream is over or gone home.
    task<bool> perform(negotiate::actions todo);
    task<negotiate::actions> authenticate(std::string text);
    task<negotiate::actions> ask_modules(stanza request);
    task<negotiate::actions> upgrade();
    task<> end(std::optional<stream_error> why);
    void send_features();
    std::optional<std::chrono::milliseconds> patience() const;
    void go_home();
    void begin_exchange(const std::string& mechanism);
    void restart_step_timer();
    void step_timed_out();
    void all_timed_out();

    client_streams& owner_;
    std::unique_ptr<channel> channel_;
    std::shared_ptr<const stream_profile> profile_;
    std::shared_ptr<void> admission_;
    std::unique_ptr<negotiate::machine> machine_;
    std::unique_ptr<auth::sasl_exchange> exchange_;
    deadline step_;
    deadline all_;
    bool timed_out_ = false;
    std::optional<stream_error> ending_;
};

}  // namespace meerkat
