#pragma once
// The client streams of one shard, from the accepted connection to its end: negotiation wherever the
// connection was accepted, then, after the move, the session at its user's home. Every transport hands its
// channels in here.

#include "gateway/base/swapped.hpp"
#include "gateway/base/task_group.hpp"
#include "xmpp/auth/authenticator.hpp"
#include "xmpp/general_options.hpp"
#include "xmpp/ports.hpp"
#include "xmpp/routing/home.hpp"
#include "xmpp/stream/channel.hpp"
#include "xmpp/stream/client_options.hpp"
#include "xmpp/stream/negotiation.hpp"

#include <boost/intrusive/list.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

class access_rules;
class client_streams;

// What one listener or handler holds its sessions to. Immutable but for the rate, shared by its connections.
struct stream_profile {
    client_options options;
    shared_rate rate = {};
    // Compression is offered where the transport can; the bytes that may come without an element's end.
    std::optional<limit<std::size_t>> zlib = {};
};

// What the streams of all shards are made from; outlives them.
struct stream_services {
    meerkat::homes& homes;
    auth::authenticator& accounts;
    const swapped<access_rules>& rules;
    login_limits& limits;
    const swapped<general_options>& general;
    std::vector<std::unique_ptr<client_streams>> by_shard;
};

// A stream on its way home: all there is of it, nothing left behind.
struct authenticated_stream {
    std::unique_ptr<meerkat::channel> channel;
    std::unique_ptr<negotiate::machine> negotiation;
    std::shared_ptr<const stream_profile> profile;
    unsigned accepted_on;  // shard
    auth_method vouched;   // who says so
};

// A stream that can be asked to end; whoever runs the shard's streams sees them as this.
class live_stream : public boost::intrusive::list_base_hook<> {
public:
    virtual void shut_down(const stream_error& why) = 0;
    virtual void abort() = 0;

protected:
    ~live_stream() = default;
};

// Counters of a shard; read by others only as a whole and roughly.
struct stream_counters {
    std::uint64_t logins = 0;
    std::uint64_t failed_logins = 0;
    std::uint64_t moved_in = 0;  // sessions whose connection was accepted on another shard
    std::uint64_t sessions_opened = 0;
};

class client_streams {
public:
    client_streams(stream_services& services, home& here);
    ~client_streams();
    client_streams(const client_streams&) = delete;
    client_streams& operator=(const client_streams&) = delete;

    // Serves a new connection. `admission` counts it as unauthenticated as long as it lives.
    void accept(std::unique_ptr<channel> connection, std::shared_ptr<const stream_profile> profile,
                std::shared_ptr<void> admission);

    // Takes over a stream that authenticated, here or on another shard.
    void adopt(authenticated_stream arrived);

    // Ends every stream with system-shutdown and returns when they are gone, the stubborn ones cut off after
    // `grace`.
    task<> shut_down(std::chrono::milliseconds grace);
    // After it, and after that of the other shards: the same for those who have come since. Whoever comes
    // later is dropped.
    task<> finish(std::chrono::milliseconds grace);

    stream_services& services() { return services_; }
    home& at_home() { return home_; }
    stream_counters& counters() { return counters_; }
    std::size_t live() const { return live_.size(); }
    bool shutting_down() const { return shutting_down_; }

    // A stream enters when it starts to be served and leaves when it is over.
    void enter(live_stream& s) { live_.push_back(s); }
    void leave(live_stream& s) { live_.erase(live_.iterator_to(s)); }

private:
    void cut_off();

    stream_services& services_;
    home& home_;
    task_group group_;
    boost::intrusive::list<live_stream> live_;
    stream_counters counters_;
    deadline grace_;
    bool shutting_down_ = false;
    bool over_ = false;  // finish() has returned: nobody would wait for another one's end
};

}  // namespace meerkat
