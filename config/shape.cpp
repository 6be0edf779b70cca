#include "config/shape.hpp"

#include <boost/system/error_code.hpp>

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>

namespace meerkat::config {
namespace {

value_kind text_kind(std::string example = {}) {
    value_kind kind;
    kind.example = std::move(example);
    return kind;
}

// Keeps a text only if it satisfies `holds`, and says why not with the system's words where there are any.
struct verdict {
    std::optional<std::string> value;
    std::string why;
};

shape<std::string> checked_text(std::string expected, std::string reason,
                                std::function<verdict(const std::string&)> take, value_kind kind = {}) {
    return {expected,
            [expected, reason, take](reader& r, const node& n) -> std::optional<std::string> {
                const std::string* found = n.text();
                if (!found) {
                    r.wrong_type(n, expected);
                    return std::nullopt;
                }
                verdict v = take(*found);
                if (!v.value) r.refuse(n, reason, expected, v.why);
                return std::move(v.value);
            },
            [](const std::string& v) { return in_quotes(v); }, std::move(kind)};
}

verdict file_of_type(const std::string& name, bool directory) {
    std::error_code failure;
    const auto status = std::filesystem::status(name, failure);
    if (name.empty()) return {std::nullopt, "the path is empty"};
    if (name.find('\0') != std::string::npos) return {std::nullopt, "the path holds a zero byte"};
    if (status.type() == std::filesystem::file_type::not_found)
        return {std::nullopt, "there is no such file"};
    if (failure) return {std::nullopt, "the system says: " + failure.message()};
    const bool found_directory = status.type() == std::filesystem::file_type::directory;
    if (found_directory == directory) return {name, {}};
    return {std::nullopt, directory ? "this is not a directory" : "this is a directory"};
}

struct address {
    int family;
    std::string canonical;
};

std::optional<address> parse_address(const std::string& text) {
    if (text.find('\0') != std::string::npos) return std::nullopt;
    std::array<char, INET6_ADDRSTRLEN> shown{};
    in6_addr v6{};
    if (inet_pton(AF_INET6, text.c_str(), &v6) == 1) {
        if (!inet_ntop(AF_INET6, &v6, shown.data(), shown.size())) return std::nullopt;
        return address{AF_INET6, shown.data()};
    }
    // inet_aton knows the short forms, but also takes what follows a blank: only digits, dots and x here.
    if (text.empty() || text.find_first_not_of("0123456789abcdefABCDEFxX.") != std::string::npos)
        return std::nullopt;
    in_addr v4{};
    if (inet_aton(text.c_str(), &v4) == 0) return std::nullopt;
    if (!inet_ntop(AF_INET, &v4, shown.data(), shown.size())) return std::nullopt;
    return address{AF_INET, shown.data()};
}

std::optional<std::string> parse_network(const std::string& text) {
    const std::size_t slash = text.find('/');
    const auto base = parse_address(text.substr(0, slash));
    if (!base) return std::nullopt;
    const unsigned longest = base->family == AF_INET ? 32 : 128;
    unsigned bits = longest;
    if (slash != std::string::npos) {
        const char* end = text.data() + text.size();
        const auto [stop, failure] = std::from_chars(text.data() + slash + 1, end, bits);
        if (failure != std::errc() || stop != end || bits > longest) return std::nullopt;
    }
    return base->canonical + '/' + std::to_string(bits);
}

}  // namespace

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (byte < 0x20 || byte == 0x7F) {
            constexpr std::string_view digits = "0123456789ABCDEF";
            out += "\\u00";
            out += digits[byte >> 4U];
            out += digits[byte & 0xFU];
        } else {
            out += c;
        }
    }
    return out + '"';
}

shape<bool> boolean() {
    value_kind kind;
    kind.is = value_kind::type::boolean;
    return {"true or false",
            [](reader& r, const node& n) -> std::optional<bool> {
                if (const bool* value = n.boolean()) return *value;
                const std::string* word = n.text();
                const bool quoted_word = word && (*word == "true" || *word == "false");
                r.wrong_type(n, "true or false", quoted_word ? "write it without quotes" : "");
                return std::nullopt;
            },
            [](const bool& v) { return std::string(v ? "true" : "false"); }, kind};
}

shape<std::string> text() {
    return checked_text("a string", "wrong_type", [](const std::string& s) { return verdict{s, {}}; });
}

shape<std::string> non_empty_text() {
    value_kind kind;
    kind.non_empty = true;
    return checked_text(
        "a non-empty string", "empty_value",
        [](const std::string& s) { return s.empty() ? verdict{std::nullopt, {}} : verdict{s, {}}; }, kind);
}

shape<std::string> prepared_text(std::string expected, std::string reason,
                                 std::function<std::optional<std::string>(const std::string&)> take,
                                 std::string example) {
    return checked_text(
        std::move(expected), std::move(reason), [take](const std::string& s) { return verdict{take(s), {}}; },
        text_kind(std::move(example)));
}

shape<std::string> ip_address() {
    return checked_text(
        "an IPv4 or IPv6 address in numbers", "invalid_ip_address",
        [](const std::string& s) {
            auto parsed = parse_address(s);
            if (!parsed) return verdict{std::nullopt, "host names are not looked up here"};
            return verdict{std::move(parsed->canonical), {}};
        },
        text_kind("127.0.0.1"));
}

shape<std::string> ip_network() {
    return checked_text(
        "an IP address, or a network such as \"10.0.0.0/8\"", "invalid_ip_mask",
        [](const std::string& s) { return verdict{parse_network(s), {}}; }, text_kind("10.0.0.0/8"));
}

shape<std::string> existing_file() {
    value_kind kind;
    kind.file = true;
    return checked_text(
        "the path of an existing file", "invalid_filename",
        [](const std::string& s) { return file_of_type(s, false); }, kind);
}

shape<std::string> existing_directory() {
    value_kind kind;
    kind.directory = true;
    return checked_text(
        "the path of an existing directory", "invalid_dirname",
        [](const std::string& s) { return file_of_type(s, true); }, kind);
}

shape<std::int64_t> whole_number(std::int64_t min, std::int64_t max, std::string_view unit) {
    std::string expected = "an integer";
    const bool bounded = max != std::numeric_limits<std::int64_t>::max();
    const bool any = !bounded && min == std::numeric_limits<std::int64_t>::min();
    if (bounded) {
        expected += " from " + std::to_string(min) + " to " + std::to_string(max);
    } else if (!any) {
        expected += " of at least " + std::to_string(min);
    }
    expected += unit;
    value_kind kind;
    kind.is = value_kind::type::integer;
    if (!any) kind.least = min;
    if (bounded) kind.most = max;
    return {expected,
            [expected, min, max](reader& r, const node& n) -> std::optional<std::int64_t> {
                const std::int64_t* value = n.integer();
                if (!value) {
                    const bool digits = n.text() && !n.text()->empty() &&
                                        n.text()->find_first_not_of("0123456789") == std::string::npos;
                    r.wrong_type(n, expected, digits ? "write it without quotes" : "");
                    return std::nullopt;
                }
                if (*value >= min && *value <= max) return *value;
                r.out_of_range(n, expected);
                return std::nullopt;
            },
            [](const std::int64_t& v) { return std::to_string(v); }, kind};
}

shape<double> floating_point() {
    value_kind kind;
    kind.is = value_kind::type::number;
    return {"a number with a decimal point",
            [](reader& r, const node& n) -> std::optional<double> {
                if (const double* value = n.number()) {
                    if (std::isfinite(*value)) return *value;
                }
                r.wrong_type(n, "a number with a decimal point",
                             n.integer() ? "write it with a decimal point, such as 1.0" : "");
                return std::nullopt;
            },
            [](const double& v) {
                std::array<char, 32> digits{};
                const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), v).ptr;
                std::string shown(digits.data(), end);
                if (shown.find_first_of(".e") == std::string::npos) shown += ".0";
                return shown;
            },
            kind};
}

shape<std::string> one_of_words(const std::vector<std::string>& words) {
    std::vector<word<std::string>> pairs;
    for (const std::string& each : words) pairs.emplace_back(each, each);
    return one_of(pairs);
}

}  // namespace meerkat::config
