#include "gateway/http/message.hpp"

#include "gateway/http/syntax.hpp"

namespace meerkat::http {

void fields::set(std::string_view name, std::string_view value) {
    std::erase_if(list_, [name](const auto& field) { return equal_ignoring_case(field.first, name); });
    add(name, value);
}

std::optional<std::string_view> fields::get(std::string_view name) const {
    for (const auto& [key, value] : list_) {
        if (equal_ignoring_case(key, name)) return value;
    }
    return std::nullopt;
}

std::string fields::joined(std::string_view name) const {
    std::string all;
    bool first = true;
    for (const auto& [key, value] : list_) {
        if (!equal_ignoring_case(key, name)) continue;
        if (!std::exchange(first, false)) all += ", ";
        all += value;
    }
    return all;
}

bool fields::lists(std::string_view name, std::string_view token) const {
    for (const auto& [key, value] : list_) {
        if (!equal_ignoring_case(key, name)) continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            if (equal_ignoring_case(next_list_element(rest), token)) return true;
        }
    }
    return false;
}

response plain_response(unsigned status, std::string_view text) {
    response made;
    made.status = status;
    if (!text.empty()) {
        made.fields.add("Content-Type", "text/plain; charset=utf-8");
        made.body = text;
    }
    return made;
}

}  // namespace meerkat::http
