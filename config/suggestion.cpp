#include "config/suggestion.hpp"

#include <algorithm>
#include <cstddef>

namespace meerkat::config {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, replace});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) now[j] = std::min(now[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, now);
    }
    return last[b.size()];
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
    constexpr std::size_t longest_word = 64;  // the cost is the product of both lengths
    if (word.size() > longest_word) return {};
    const std::string* nearest = nullptr;
    std::size_t nearest_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const std::string& candidate : known) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance >= nearest_distance) continue;
        nearest_distance = distance;
        nearest = &candidate;
    }
    return nearest ? "did you mean \"" + *nearest + "\"?" : std::string();
}

}  // namespace meerkat::config
