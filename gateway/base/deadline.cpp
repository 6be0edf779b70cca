#include "gateway/base/deadline.hpp"

#include <algorithm>

namespace meerkat {

void deadline::arm(deadline_wheel& wheel, milliseconds after) {
    disarm();
    if (after < milliseconds::zero()) after = milliseconds::zero();
    // An empty wheel stands still: its time is brought up to date before anything is counted from it.
    if (wheel.armed_ == 0 && wheel.wake_) wheel.wake_();
    // Rounded up, plus the tick under way: a deadline may be late but is never early.
    const auto ticks = (after + deadline_wheel::tick - milliseconds{1}) / deadline_wheel::tick;
    due_ = wheel.ticks_ + static_cast<std::uint64_t>(ticks) + 1;
    wheel.link(*this);
}

void deadline::disarm() {
    if (wheel_ != nullptr) wheel_->unlink(*this);
}

void deadline_wheel::link(deadline& d) {
    deadline*& head = heads_[d.due_ % slots];
    d.wheel_ = this;
    d.previous_ = nullptr;
    d.next_ = head;
    if (head != nullptr) head->previous_ = &d;
    head = &d;
    ++armed_;
}

void deadline_wheel::unlink(deadline& d) {
    if (walking_ == &d) walking_ = d.next_;
    if (d.previous_ != nullptr) {
        d.previous_->next_ = d.next_;
    } else {
        heads_[d.due_ % slots] = d.next_;
    }
    if (d.next_ != nullptr) d.next_->previous_ = d.previous_;
    d.wheel_ = nullptr;
    d.previous_ = d.next_ = nullptr;
    --armed_;
}

void deadline_wheel::advance_to(milliseconds now) {
    const auto target = static_cast<std::uint64_t>(now / tick);
    if (armed_ == 0) {
        ticks_ = std::max(ticks_, target);
        return;
    }
    while (ticks_ < target) {
        ++ticks_;
        walking_ = heads_[ticks_ % slots];
        while (walking_ != nullptr) {
            deadline& d = *walking_;
            walking_ = d.next_;
            if (d.due_ > ticks_) continue;  // a later round of the wheel
            unlink(d);
            d.expired_(d.owner_);  // may destroy d
        }
    }
}

}  // namespace meerkat
