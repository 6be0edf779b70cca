#pragma once
// A value that every thread reads and that is now and then replaced as a whole, such as what a reload
// changes. The value itself is immutable: whoever took it keeps what it took. Read once for each connection,
// session or evaluation, never for each stanza, so a lock that is hardly ever contended will do.

#include <memory>
#include <mutex>
#include <utility>

namespace meerkat {

template <class T>
class swapped {
public:
    using value = std::shared_ptr<const T>;

    swapped() = default;
    explicit swapped(value first) : value_(std::move(first)) {}
    swapped(const swapped&) = delete;
    swapped& operator=(const swapped&) = delete;

    value get() const {
        const std::lock_guard lock(mutex_);
        return value_;
    }

    // For those who ask from now on. What was there before is let go of outside the lock.
    void set(value next) {
        const std::lock_guard lock(mutex_);
        value_.swap(next);
    }

private:
    mutable std::mutex mutex_;
    value value_;
};

}  // namespace meerkat
