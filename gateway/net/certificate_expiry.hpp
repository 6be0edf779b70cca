#pragma once
// How long the certificates that a listener shows are good for, as a gauge.

#include "gateway/base/metrics.hpp"
#include "gateway/net/tls_context.hpp"

#include <chrono>
#include <memory>
#include <mutex>

namespace meerkat::net {

// Whole days until the first of a listener's certificates expires, negative once it has. Two values say that
// there is no such number.
inline constexpr const char* certificate_gauge = "tls_cert_remaining_days";
inline constexpr double certificate_unreadable = -32768;
inline constexpr double certificate_not_yet_valid = -32767;

double remaining_days(const certificate_span& valid, std::chrono::system_clock::time_point now);

// Any thread.
class certificate_expiry {
public:
    // The listener shows these from now on.
    void shown(const tls_context& context);
    // The files that it was given were read again and cannot be used; what was shown before still is.
    void unreadable();

    // The gauge is there from now on, at the end of the registry, which outlives this. Like hide() not from
    // two threads at once.
    void measure(metrics::registry& all, metrics::labels labelled);
    // It is gone: the listener has no TLS any more, or accepts nobody.
    void hide() { gauge_.reset(); }

private:
    double days() const;

    mutable std::mutex mutex_;
    certificate_span valid_{};
    bool readable_ = true;
    std::shared_ptr<void> gauge_;  // last: it asks the others
};

}  // namespace meerkat::net
