#pragma once
// The releases of MongooseIM whose files are read here, and which of them had an option.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::config {

struct release {
    std::uint32_t number = 0;  // 6.3.1 is 60301

    friend constexpr auto operator<=>(const release&, const release&) = default;
};

namespace releases {
// The oldest of those configured by Erlang terms; the first that also took TOML, the last that took both
// forms, and the newest.
inline constexpr release oldest{30200};
inline constexpr release first_toml{40000};
inline constexpr release last_terms{40001};
inline constexpr release newest{60800};
}  // namespace releases

// "6.4.0"_r
consteval release operator""_r(const char* text, std::size_t size) {
    std::uint32_t parts[3] = {};
    std::size_t part = 0;
    for (std::size_t i = 0; i < size; ++i) {
        if (text[i] == '.') {
            ++part;
        } else {
            parts[part] = parts[part] * 10 + static_cast<std::uint32_t>(text[i] - '0');
        }
    }
    return {parts[0] * 10000 + parts[1] * 100 + parts[2]};
}

std::string to_string(release r);
// One of all_releases(); nothing for other text.
std::optional<release> parse_release(std::string_view text);
// From the oldest to the newest.
const std::vector<release>& all_releases();

struct release_range {
    release since = releases::first_toml;
    std::optional<release> until;  // unset: the newest release has it too
    bool own = false;              // Meerkat's own option: says nothing about a file's release

    bool admits(release r) const { return own || (r >= since && (!until || r <= *until)); }
};

// "4.0.0 to 6.3.3", "since 6.4.0", "Meerkat".
std::string to_string(const release_range& range);

}  // namespace meerkat::config
