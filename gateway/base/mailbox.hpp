#pragma once
// Mail between shards: what one shard wants another to do. Sent mail is collected for a loop turn and handed
// over as one batch per receiver, so that a busy shard wakes its neighbours once a turn and not once a
// stanza.

#include "gateway/base/function.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace meerkat {

using mail = unique_function<void()>;

// The receiving end: batches from any thread, taken in the order each sender sent them.
class mailbox {
public:
    mailbox() = default;
    mailbox(const mailbox&) = delete;
    mailbox& operator=(const mailbox&) = delete;
    ~mailbox();

    // True when the box was empty, that is when its owner has to be woken.
    bool deliver(std::vector<mail> batch);

    // Runs everything that has arrived. Owner only. What the mail itself sends is not run in this call.
    void drain();

    // Calls that have arrived and not yet been run; a sender uses it for back-pressure.
    std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

private:
    struct batch_node {
        std::vector<mail> calls;
        batch_node* next;
    };
    std::atomic<batch_node*> newest_{nullptr};
    std::atomic<std::size_t> waiting_{0};
};

}  // namespace meerkat
