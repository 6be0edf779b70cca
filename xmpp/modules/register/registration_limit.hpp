#pragma once
// How often one source may register accounts: once within the configured time, whichever shard it asks. One
// for the process; callable from any thread (registering is no hot path, so a lock will do).

#include "config/values.hpp"

#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace meerkat {

class registration_limit {
public:
    using clock = std::chrono::steady_clock;

    // Infinity: no limit.
    explicit registration_limit(limit<std::chrono::seconds> every) : every_(every) {}

    // The source is an address (IPv6 counts by /64) or a bare JID. False: too early. True: the time starts
    // again.
    bool admit(std::string_view source, clock::time_point now = clock::now());
    // Holds from the next registration on, also against those before.
    void set_time(limit<std::chrono::seconds> every);
    // The registration came to nothing: the source may try again at once.
    void take_back(std::string_view source);

private:
    struct entry {
        clock::time_point when;
        std::string source;
    };
    void forget_before(clock::time_point then);

    std::mutex mutex_;
    limit<std::chrono::seconds> every_;
    std::deque<entry> in_order_;  // oldest first; may hold sources taken back
    std::unordered_map<std::string, clock::time_point> recent_;
};

}  // namespace meerkat
