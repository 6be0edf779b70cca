#pragma once
// A shaper: a token bucket of bytes that starts full. A read is never cut short; what it takes beyond the
// bucket is paid for by not reading until the debt is gone.

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace meerkat {

class token_bucket {
public:
    using clock = std::chrono::steady_clock;

    // `rate` in bytes per second, which is also the capacity.
    token_bucket(std::uint64_t rate, clock::time_point now)
        : rate_(static_cast<double>(rate)), tokens_(rate_), filled_(now) {}

    // Goes on at another rate. What has been saved up for is kept, as far as the new capacity holds it; so is
    // a debt.
    void set_rate(std::uint64_t rate, clock::time_point now) {
        take(0, now);
        rate_ = static_cast<double>(rate);
        tokens_ = std::min(tokens_, rate_);
    }
    std::uint64_t rate() const { return static_cast<std::uint64_t>(rate_); }

    // Takes the bytes and returns how long to stop reading: zero, or the debt divided by the rate, rounded up
    // to a millisecond. What the rounding or a late wake-up gives too much is credited, because time fills
    // the bucket.
    std::chrono::milliseconds take(std::uint64_t bytes, clock::time_point now) {
        const double passed = std::chrono::duration<double>(now - filled_).count();
        filled_ = now;
        tokens_ = std::min(rate_, tokens_ + passed * rate_) - static_cast<double>(bytes);
        if (tokens_ >= 0) return std::chrono::milliseconds::zero();
        return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(-tokens_ / rate_));
    }

private:
    double rate_;
    double tokens_;
    clock::time_point filled_;
};

}  // namespace meerkat
