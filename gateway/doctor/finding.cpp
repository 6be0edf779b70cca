#include "gateway/doctor/finding.hpp"

#include <algorithm>
#include <utility>

namespace meerkat::doctor {

std::string_view to_string(severity s) {
    switch (s) {
        case severity::problem:
            return "problem";
        case severity::advice:
            return "advice";
        case severity::fine:
            break;
    }
    return "fine";
}

namespace {

finding make(severity level, std::string reason, std::string looked_at, std::string found,
             std::string to_do) {
    finding made;
    made.level = level;
    made.reason = std::move(reason);
    made.looked_at = std::move(looked_at);
    made.found = std::move(found);
    made.to_do = std::move(to_do);
    return made;
}

}  // namespace

finding problem(std::string reason, std::string looked_at, std::string found, std::string to_do) {
    return make(severity::problem, std::move(reason), std::move(looked_at), std::move(found),
                std::move(to_do));
}

finding advice(std::string reason, std::string looked_at, std::string found, std::string to_do) {
    return make(severity::advice, std::move(reason), std::move(looked_at), std::move(found),
                std::move(to_do));
}

finding fine(std::string reason, std::string looked_at, std::string found) {
    return make(severity::fine, std::move(reason), std::move(looked_at), std::move(found), {});
}

std::string listed(const std::vector<std::string>& words) {
    constexpr std::size_t most = 5;
    const std::size_t shown = words.size() > most + 1 ? most : words.size();
    std::string all;
    for (std::size_t i = 0; i < shown; ++i) {
        if (i != 0) all += i + 1 == words.size() ? " and " : ", ";
        all += words[i];
    }
    if (shown < words.size()) all += " and " + std::to_string(words.size() - shown) + " more";
    return all;
}

}  // namespace meerkat::doctor
