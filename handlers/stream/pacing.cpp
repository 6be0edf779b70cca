#include "handlers/stream/pacing.hpp"

#include "gateway/base/shard.hpp"

#include <algorithm>
#include <utility>

namespace meerkat {

namespace {

// After which a pause asks whether the rate has changed meanwhile.
constexpr std::chrono::milliseconds longest_pause{1000};

}  // namespace

void pacing::use(shared_rate rate) {
    rate_ = std::move(rate);
    bucket_.reset();
    is_current(token_bucket::clock::now());
}

// Whether there is a bound; the bucket then has the rate of the moment.
bool pacing::is_current(token_bucket::clock::time_point now) {
    const std::uint64_t rate = rate_ ? rate_->load(std::memory_order_relaxed) : 0;
    if (rate == 0) {
        bucket_.reset();
        return false;
    }
    if (bucket_) {
        if (bucket_->rate() != rate) bucket_->set_rate(rate, now);
        return true;
    }
    bucket_ = std::make_unique<token_bucket>(rate, now);
    if (!pause_) {
        pause_ = std::make_unique<pause>();
        pause_->due.calls<&pacing::look_after>(*this);
    }
    return true;
}

bool pacing::pay_for(std::size_t bytes) {
    const auto now = token_bucket::clock::now();
    if (!is_current(now)) return false;
    const auto debt = bucket_->take(bytes, now);
    if (debt == debt.zero()) return false;
    pause_->due.arm(shard::current().deadlines(), std::min(debt, longest_pause));
    return true;
}

void pacing::look_after() {
    const auto now = token_bucket::clock::now();
    const auto left = is_current(now) ? bucket_->take(0, now) : std::chrono::milliseconds::zero();
    if (left == left.zero()) return pause_->over.notify();
    pause_->due.arm(shard::current().deadlines(), std::min(left, longest_pause));
}

task<bool> pacing::wait() { return pause_->over.wait(); }

void pacing::wake() {
    if (pause_) pause_->over.notify();
}

void pacing::stop() {
    if (pause_) pause_->due.disarm();
}

}  // namespace meerkat
