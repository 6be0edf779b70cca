#include "gateway/net/certificate_expiry.hpp"

#include <algorithm>

namespace meerkat::net {

double remaining_days(const certificate_span& valid, std::chrono::system_clock::time_point now) {
    if (now < valid.begin) return certificate_not_yet_valid;
    // Long expired is as bad as expired, and must not look like one of the two values.
    constexpr double least = -32000;
    return std::max(least,
                    static_cast<double>(std::chrono::floor<std::chrono::days>(valid.end - now).count()));
}

void certificate_expiry::shown(const tls_context& context) {
    const std::lock_guard lock(mutex_);
    valid_ = context.certificates_valid();
    readable_ = true;
}

void certificate_expiry::unreadable() {
    const std::lock_guard lock(mutex_);
    readable_ = false;
}

void certificate_expiry::measure(metrics::registry& all, metrics::labels labelled) {
    gauge_ = all.gauge(certificate_gauge, std::move(labelled), [this] { return days(); });
}

double certificate_expiry::days() const {
    const std::lock_guard lock(mutex_);
    return readable_ ? remaining_days(valid_, std::chrono::system_clock::now()) : certificate_unreadable;
}

}  // namespace meerkat::net
