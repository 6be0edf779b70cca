#pragma once
// Points in time as XMPP writes them (XEP-0082).

#include <chrono>
#include <string>

namespace meerkat {

// "2026-01-02T03:04:05.678Z"
std::string utc_timestamp(std::chrono::system_clock::time_point when);

}  // namespace meerkat
