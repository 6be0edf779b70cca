#pragma once
// How one value looks: which TOML values it takes, what they become, and how to say so in a sentence. There
// is no coercion: a string is never a number, 1.0 never an integer.

#include "config/document.hpp"
#include "config/reader.hpp"
#include "config/suggestion.hpp"
#include "config/value_kind.hpp"
#include "config/values.hpp"

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meerkat::config {

template <class T>
struct shape {
    std::string expected;  // `a non-empty string`
    // Nothing after the reader was told why.
    std::function<std::optional<T>(reader&, const node&)> read;
    std::function<std::string(const T&)> show;  // as one would write it in the file
    value_kind kind = {};
};

// As one would write it in the file: in quotes, with escapes.
std::string in_quotes(std::string_view text);

shape<bool> boolean();
shape<std::string> text();
shape<std::string> non_empty_text();

// A string that `take` prepares; what it gives back instead of nothing is the reason it is refused for. The
// phrase says what is expected; the example is a string that is right.
shape<std::string> prepared_text(std::string expected, std::string reason,
                                 std::function<std::optional<std::string>(const std::string&)> take,
                                 std::string example);

// Numeric IPv4 or IPv6, in canonical form once read ("0" and "127.1" are IPv4).
shape<std::string> ip_address();
// An address with an optional "/bits", in canonical form with them.
shape<std::string> ip_network();
// A path that leads to a file; a relative one starts in the working directory.
shape<std::string> existing_file();
shape<std::string> existing_directory();

// Never "inf" or "nan".
shape<double> floating_point();

// `unit` stands behind the bounds in messages.
shape<std::int64_t> whole_number(std::int64_t min, std::int64_t max, std::string_view unit = {});

template <std::integral Integer>
shape<Integer> integer(std::int64_t min, std::int64_t max = std::numeric_limits<std::int64_t>::max()) {
    if constexpr (std::in_range<std::int64_t>(std::numeric_limits<Integer>::max())) {
        max = std::min(max, static_cast<std::int64_t>(std::numeric_limits<Integer>::max()));
    }
    auto wide = whole_number(min, max);
    return {wide.expected,
            [read = wide.read](reader& r, const node& n) -> std::optional<Integer> {
                const auto value = read(r, n);
                if (!value) return std::nullopt;
                return static_cast<Integer>(*value);
            },
            [](const Integer& v) { return std::to_string(v); }, wide.kind};
}

// An integer counting Duration's own unit. Values beyond a century count as a century, so that adding one to
// a clock cannot overflow.
template <class Duration>
shape<Duration> duration(std::int64_t min) {
    constexpr bool milliseconds = std::same_as<Duration, std::chrono::milliseconds>;
    static_assert(milliseconds || std::same_as<Duration, std::chrono::seconds>);
    auto wide = whole_number(min, std::numeric_limits<std::int64_t>::max(),
                             milliseconds ? " (milliseconds)" : " (seconds)");
    return {wide.expected,
            [read = wide.read](reader& r, const node& n) -> std::optional<Duration> {
                const auto value = read(r, n);
                if (!value) return std::nullopt;
                constexpr Duration century = std::chrono::hours(24 * 365 * 100);
                return std::min(Duration(*value), century);
            },
            [](const Duration& v) { return std::to_string(v.count()); }, wide.kind};
}

inline shape<std::chrono::milliseconds> milliseconds(std::int64_t min) {
    return duration<std::chrono::milliseconds>(min);
}
inline shape<std::chrono::seconds> seconds(std::int64_t min) { return duration<std::chrono::seconds>(min); }

// The same or the string "infinity".
template <class T>
shape<limit<T>> limited(const shape<T>& inner) {
    std::string expected = inner.expected + " or \"infinity\"";
    value_kind kind = inner.kind;
    kind.infinity = true;
    return {expected,
            [inner, expected](reader& r, const node& n) -> std::optional<limit<T>> {
                if (const std::string* word = n.text()) {
                    if (*word == "infinity") return limit<T>::infinity();
                    r.wrong_type(n, expected, suggestion(*word, {"infinity"}));
                    return std::nullopt;
                }
                if (!n.integer()) {
                    r.wrong_type(n, expected);
                    return std::nullopt;
                }
                auto value = inner.read(r, n);
                if (!value) return std::nullopt;
                return limit<T>(std::move(*value));
            },
            [inner](const limit<T>& v) { return v.bound() ? inner.show(*v.bound()) : "\"infinity\""; }, kind};
}

template <class Enum>
using word = std::pair<std::string, Enum>;

// One of a closed list of strings; `reason` is what a string outside it is refused for.
template <class Enum>
shape<Enum> one_of(const std::vector<word<Enum>>& words, const std::string& reason = "validate_enum_failed") {
    std::vector<std::string> names;
    std::string expected = "one of ";
    for (const auto& [name, value] : words) {
        expected += (names.empty() ? "\"" : ", \"") + name + '"';
        names.push_back(name);
    }
    value_kind kind;
    kind.words = names;
    return {expected,
            [words, names, expected, reason](reader& r, const node& n) -> std::optional<Enum> {
                const std::string* found = n.text();
                if (!found) {
                    r.wrong_type(n, expected);
                    return std::nullopt;
                }
                for (const auto& [name, value] : words) {
                    if (name == *found) return value;
                }
                r.refuse(n, reason, expected, suggestion(*found, names));
                return std::nullopt;
            },
            [words](const Enum& v) {
                for (const auto& [name, value] : words) {
                    if (value == v) return '"' + name + '"';
                }
                return std::string();
            },
            kind};
}

// The same kept as it is written: for options that nothing acts on yet.
shape<std::string> one_of_words(const std::vector<std::string>& words);

enum class list_rule : std::uint8_t { any, unique, unique_non_empty };

template <class T>
shape<std::vector<T>> list(const shape<T>& item, list_rule rule = list_rule::any) {
    std::string expected =
        rule == list_rule::unique_non_empty ? "a non-empty array, each item " : "an array, each item ";
    expected += item.expected;
    value_kind kind;
    kind.is = value_kind::type::list;
    kind.unique = rule != list_rule::any;
    kind.non_empty = rule == list_rule::unique_non_empty;
    kind.item = std::make_shared<const value_kind>(item.kind);
    return {
        expected,
        [item, expected, rule](reader& r, const node& n) -> std::optional<std::vector<T>> {
            const node_array* found = n.array();
            if (!found) {
                r.wrong_type(n, expected, n.text() ? "write it in square brackets" : "");
                return std::nullopt;
            }
            if (found->empty() && rule == list_rule::unique_non_empty) {
                r.error(n.where(), "empty_value", "found an empty array, expected " + expected);
                return std::nullopt;
            }
            std::vector<T> items;
            bool sound = true;
            for (const node& each : *found) {
                auto value = item.read(r, each);
                if (!value) {
                    sound = false;
                    continue;
                }
                if (rule != list_rule::any && std::find(items.begin(), items.end(), *value) != items.end()) {
                    r.error(each.where(), "duplicate_values",
                            each.describe(false) + " stands twice; each item may stand once");
                    sound = false;
                    continue;
                }
                items.push_back(std::move(*value));
            }
            if (!sound) return std::nullopt;
            return items;
        },
        [item](const std::vector<T>& v) {
            std::string shown;
            for (const T& each : v) shown += (shown.empty() ? "" : ", ") + item.show(each);
            return '[' + shown + ']';
        },
        kind};
}

}  // namespace meerkat::config
