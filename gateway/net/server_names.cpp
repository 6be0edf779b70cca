#include "gateway/net/server_names.hpp"

#include <idna.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace meerkat::net {

namespace {

constexpr std::size_t longest_name = 253;  // RFC 1035, 2.3.4, without the root's length byte

void lower_ascii(std::string& text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
}

}  // namespace

std::optional<std::string> server_name_pattern(std::string_view written) {
    const bool wildcard = written.starts_with("*.");
    if (wildcard) written.remove_prefix(2);
    std::string name(written);
    if (name.empty() || name.find('\0') != std::string::npos) return std::nullopt;
    lower_ascii(name);
    char* made = nullptr;
    const int outcome =
        idna_to_ascii_8z(name.c_str(), &made, IDNA_ALLOW_UNASSIGNED | IDNA_USE_STD3_ASCII_RULES);
    const std::unique_ptr<char, decltype(&std::free)> owned(made, std::free);
    if (outcome != IDNA_SUCCESS || made == nullptr) return std::nullopt;
    std::string ascii(made);
    if (ascii.empty() || ascii.size() > longest_name) return std::nullopt;
    return wildcard ? "*." + ascii : ascii;
}

std::string asked_server_name(std::string_view asked) {
    if (asked.ends_with('.')) asked.remove_suffix(1);
    std::string name(asked);
    lower_ascii(name);
    return name;
}

std::string wildcard_over(std::string_view name) {
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    return '*' + std::string(name.substr(dot));
}

}  // namespace meerkat::net
