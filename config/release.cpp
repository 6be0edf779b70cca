#include "config/release.hpp"

#include <algorithm>

namespace meerkat::config {

std::string to_string(release r) {
    return std::to_string(r.number / 10000) + '.' + std::to_string(r.number / 100 % 100) + '.' +
           std::to_string(r.number % 100);
}

const std::vector<release>& all_releases() {
    static const std::vector<release> all = {
        {30200}, {40000}, {40001}, {40100}, {40200}, {50000}, {50001}, {50100}, {50101}, {60000}, {60100},
        {60200}, {60201}, {60300}, {60301}, {60302}, {60303}, {60400}, {60500}, {60600}, {60700}, {60800},
    };
    return all;
}

std::optional<release> parse_release(std::string_view text) {
    const auto& all = all_releases();
    const auto at = std::find_if(all.begin(), all.end(), [text](release r) { return to_string(r) == text; });
    return at == all.end() ? std::nullopt : std::optional(*at);
}

std::string to_string(const release_range& range) {
    if (range.own) return "Meerkat";
    if (!range.until) return "since " + to_string(range.since);
    if (range.since == *range.until) return to_string(range.since);
    return to_string(range.since) + " to " + to_string(*range.until);
}

}  // namespace meerkat::config
