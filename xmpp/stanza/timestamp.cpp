#include "xmpp/stanza/timestamp.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace meerkat {

std::string utc_timestamp(std::chrono::system_clock::time_point when) {
    using namespace std::chrono;
    const auto since_epoch = floor<milliseconds>(when.time_since_epoch());
    const auto seconds_only = floor<seconds>(since_epoch);
    const std::time_t as_time = static_cast<std::time_t>(seconds_only.count());
    std::tm parts{};
    ::gmtime_r(&as_time, &parts);
    std::array<char, 40> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::array<char, 8> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03dZ",
                  static_cast<int>((since_epoch - seconds_only).count()));
    return std::string(text.data(), size) + fraction.data();
}

}  // namespace meerkat
