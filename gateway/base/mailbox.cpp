#include "gateway/base/mailbox.hpp"

#include <utility>

namespace meerkat {

mailbox::~mailbox() {
    for (batch_node* node = newest_.exchange(nullptr); node != nullptr;) {
        delete std::exchange(node, node->next);
    }
}

bool mailbox::deliver(std::vector<mail> batch) {
    waiting_.fetch_add(batch.size(), std::memory_order_relaxed);
    batch_node* below = newest_.load(std::memory_order_relaxed);
    auto* const node = new batch_node{std::move(batch), below};
    while (
        !newest_.compare_exchange_weak(below, node, std::memory_order_release, std::memory_order_relaxed)) {
        node->next = below;
    }
    // From here on the node is the owner's, who may have run and deleted it already.
    return below == nullptr;
}

void mailbox::drain() {
    // The stack holds the newest first; mail runs in the order it was sent.
    batch_node* oldest = nullptr;
    for (batch_node* node = newest_.exchange(nullptr, std::memory_order_acquire); node != nullptr;) {
        batch_node* const next = node->next;
        node->next = oldest;
        oldest = node;
        node = next;
    }
    while (oldest != nullptr) {
        const std::unique_ptr<batch_node> node(std::exchange(oldest, oldest->next));
        for (mail& call : node->calls) call();
        waiting_.fetch_sub(node->calls.size(), std::memory_order_relaxed);
    }
}

}  // namespace meerkat
