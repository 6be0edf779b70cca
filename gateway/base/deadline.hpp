#pragma once
// Coarse deadlines, one wheel per shard. A deadline is a node inside its owner: arming and disarming touch a
// few pointers, where an Asio timer beside every operation costs microseconds. Late by up to one tick, never
// early.

#include "gateway/base/function.hpp"

#include <chrono>
#include <cstdint>
#include <memory>

namespace meerkat {

using milliseconds = std::chrono::milliseconds;

class deadline_wheel;

// Calls a member function of its owner once, on the shard's thread, some time after it was armed. The
// destructor disarms. The function may arm the deadline again or destroy it. Not movable: the wheel points at
// it.
class deadline {
public:
    deadline() = default;
    deadline(const deadline&) = delete;
    deadline& operator=(const deadline&) = delete;
    ~deadline() { disarm(); }

    // `idle_.calls<&session::hibernate>(*this)`
    template <auto Member, class Owner>
    void calls(Owner& owner) {
        owner_ = &owner;
        expired_ = [](void* at) { (static_cast<Owner*>(at)->*Member)(); };
    }

    // Arms, or arms anew. Only from the wheel's shard.
    void arm(deadline_wheel& wheel, milliseconds after);
    void disarm();
    bool armed() const { return wheel_ != nullptr; }

private:
    friend class deadline_wheel;

    void (*expired_)(void*) = nullptr;
    void* owner_ = nullptr;
    deadline_wheel* wheel_ = nullptr;
    deadline* previous_ = nullptr;
    deadline* next_ = nullptr;
    std::uint64_t due_ = 0;  // in ticks since the wheel's start
};

// A hashed wheel. Time is fed in: the shard's timer does it, a test does it by hand.
class deadline_wheel {
public:
    static constexpr milliseconds tick{100};

    deadline_wheel() = default;
    deadline_wheel(const deadline_wheel&) = delete;
    deadline_wheel& operator=(const deadline_wheel&) = delete;

    // Expires everything due at `now`, counted from the wheel's start. Time never goes back.
    void advance_to(milliseconds now);

    milliseconds now() const { return tick * static_cast<milliseconds::rep>(ticks_); }
    std::size_t armed() const { return armed_; }

    // Called when the first deadline is armed in an empty wheel, so that an idle shard need not tick.
    void on_first_armed(unique_function<void()> wake) { wake_ = std::move(wake); }

private:
    friend class deadline;
    static constexpr std::size_t slots = 1024;

    void link(deadline& d);
    void unlink(deadline& d);

    deadline* heads_[slots] = {};
    std::uint64_t ticks_ = 0;
    std::size_t armed_ = 0;
    deadline* walking_ = nullptr;  // the next node of a walk in progress, kept valid by unlink()
    unique_function<void()> wake_;
};

}  // namespace meerkat
