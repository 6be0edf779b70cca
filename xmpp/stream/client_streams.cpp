#include "xmpp/stream/client_streams.hpp"

#include "xmpp/stream/client_session.hpp"
#include "xmpp/stream/login.hpp"

namespace meerkat {

client_streams::client_streams(stream_services& services, home& here)
    : services_(services), home_(here), group_(here.here()) {
    grace_.calls<&client_streams::cut_off>(*this);
}

client_streams::~client_streams() = default;

void client_streams::accept(std::unique_ptr<channel> connection,
                            std::shared_ptr<const stream_profile> profile, std::shared_ptr<void> admission) {
    if (over_) return;
    auto stream =
        std::make_unique<login>(*this, std::move(connection), std::move(profile), std::move(admission));
    group_.spawn_closable(login::serve(std::move(stream)));
}

void client_streams::adopt(authenticated_stream arrived) {
    if (over_) return;
    ++counters_.logins;
    if (arrived.accepted_on != home_.here().index()) {
        ++counters_.moved_in;
        arrived.channel->attach(home_.here());
    }
    auto stream = std::make_unique<client_session>(*this, std::move(arrived));
    group_.spawn_closable(client_session::serve(std::move(stream)));
}

task<> client_streams::shut_down(std::chrono::milliseconds grace) {
    shutting_down_ = true;
    const stream_error why{stream_condition::system_shutdown};
    for (live_stream& s : live_) s.shut_down(why);
    grace_.arm(home_.here().deadlines(), grace);
    co_await group_.join();
    grace_.disarm();
}

task<> client_streams::finish(std::chrono::milliseconds grace) {
    co_await shut_down(grace);
    over_ = true;
}

void client_streams::cut_off() {
    for (live_stream& s : live_) s.abort();
}

}  // namespace meerkat
