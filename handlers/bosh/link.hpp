#pragma once
// What a BOSH session and the channel of its stream know of each other. Both are on one shard at any time,
// and move to another one together; each may go first.

#include "xmpp/stream/channel.hpp"

#include <cstddef>
#include <vector>

namespace meerkat {
class bosh_channel;
}

namespace meerkat::bosh {

class session;

// What the client sent with one body, or the session has to say, for the stream.
struct batch {
    std::vector<channel_event> events;
    std::size_t bytes = 0;
};

// Bytes handed to the stream and not yet taken, from which on requests wait.
inline constexpr std::size_t most_unread = std::size_t{16} * 1024;

struct link {
    bosh::session* session = nullptr;  // null when it is over
    bosh_channel* channel = nullptr;   // null when it is gone
    std::size_t unread = 0;
};

}  // namespace meerkat::bosh
