#pragma once
// What a BOSH session and the channel of its stream know of each other. They live on two shards in general
// and talk by mail; each may go first.

#include "gateway/base/shard.hpp"
#include "xmpp/stream/channel.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
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
    explicit link(shard& home) : session_shard(home.index()) {}

    const unsigned session_shard;
    bosh::session* session = nullptr;  // there only; null when it is over
    bosh_channel* channel = nullptr;   // on the channel's shard only; null when it is gone
    // Written by both sides, so that the one learns from the other without mail when all is well.
    std::atomic<std::size_t> unread{0};
};

// Runs `call(session)` on the session's shard if it is still there: at once, or by mail.
template <class Call>
void tell_session(const std::shared_ptr<link>& between, Call call) {
    if (shard::current().index() == between->session_shard) {
        if (between->session != nullptr) call(*between->session);
        return;
    }
    shard::current().send(between->session_shard, [between, call = std::move(call)]() mutable {
        if (between->session != nullptr) call(*between->session);
    });
}

}  // namespace meerkat::bosh
