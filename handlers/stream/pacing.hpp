#pragma once
// Holds a connection to its shaper: what was read is paid for, and while it is not the channel reads no
// further. Costs a pointer or two where there is no bound.

#include "gateway/base/deadline.hpp"
#include "gateway/base/event.hpp"
#include "handlers/stream/token_bucket.hpp"
#include "xmpp/stream/channel.hpp"

#include <cstddef>
#include <memory>

namespace meerkat {

class pacing {
public:
    // The bound from now on, by a bucket that starts full.
    void use(shared_rate rate);

    // True when reading has to pause.
    bool pay_for(std::size_t bytes);
    bool pausing() const { return pause_ && pause_->due.armed(); }
    // Returns when the pause is over or somebody called wake(). Only while pausing. False as event::wait().
    task<bool> wait();
    void wake();

    // Forgets a pause, as before moving to another shard or ending.
    void stop();

private:
    struct pause {
        event over;
        deadline due;
    };

    bool is_current(token_bucket::clock::time_point now);
    void look_after();

    shared_rate rate_;
    std::unique_ptr<token_bucket> bucket_;  // null as long as there is no bound
    std::unique_ptr<pause> pause_;
};

}  // namespace meerkat
