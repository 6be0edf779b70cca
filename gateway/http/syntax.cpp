#include "gateway/http/syntax.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace meerkat::http {

namespace {

constexpr std::size_t longest_host = 255;

constexpr std::array<bool, 256> make_table(std::string_view extra) {
    std::array<bool, 256> table{};
    for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
    for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = true;
    for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = true;
    for (const char c : extra) table[static_cast<unsigned char>(c)] = true;
    return table;
}

constexpr auto token_characters = make_table("!#$%&'*+-.^_`|~");
// Names as they are registered and used; the rest of RFC 3986's reg-name serves attacks only.
constexpr auto name_characters = make_table("-._~");

bool all_of(std::string_view text, const std::array<bool, 256>& allowed) {
    return std::ranges::all_of(text, [&](char c) { return allowed[static_cast<unsigned char>(c)]; });
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_value(text[i + 1]);
        const int low = hex_value(text[i + 2]);
        if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return decoded;
}

bool is_ipv6(std::string_view text) {
    in6_addr address{};
    return ::inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool is_port(std::string_view text) {
    unsigned value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failure == std::errc() && end == text.data() + text.size() && value <= 65535 && text.size() <= 5;
}

std::string_view next_part(std::string_view& rest, char separator) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view part = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

}  // namespace

bool is_token_character(unsigned char c) { return token_characters[c]; }

bool is_token(std::string_view text) { return !text.empty() && all_of(text, token_characters); }

bool is_field_value(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
    });
}

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string to_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = to_lower(c);
    return lower;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return to_lower(x) == to_lower(y); });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string_view next_list_element(std::string_view& rest) { return next_part(rest, ','); }

std::string_view next_parameter(std::string_view& rest) { return next_part(rest, ';'); }

std::optional<authority> read_authority(std::string_view text) {
    const bool literal = text.starts_with('[');
    const std::size_t host_end = literal ? text.find(']') + 1 : std::min(text.find(':'), text.size());
    if (host_end == 0 || host_end > longest_host) return std::nullopt;
    const std::string_view host = text.substr(0, host_end);
    const std::string_view rest = text.substr(host_end);
    const bool host_good = literal ? is_ipv6(host.substr(1, host.size() - 2)) : all_of(host, name_characters);
    if (!host_good) return std::nullopt;
    if (rest.empty()) return authority{to_lower(host), {}};
    const std::string_view port = rest.substr(1);
    if (rest.front() != ':' || (!port.empty() && !is_port(port))) return std::nullopt;
    return authority{to_lower(host), std::string(port)};
}

std::optional<std::vector<std::string>> read_path(std::string_view path) {
    if (!path.starts_with('/')) return std::nullopt;
    std::vector<std::string> segments;
    path.remove_prefix(1);
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        auto segment = percent_decoded(path.substr(0, end));
        if (!segment) return std::nullopt;
        path.remove_prefix(std::min(end + 1, path.size()));
        if (*segment == ".") continue;
        if (*segment != "..") {
            segments.push_back(std::move(*segment));
        } else if (!segments.empty()) {
            segments.pop_back();
        }
    }
    return segments;
}

}  // namespace meerkat::http
