#pragma once
// Value types of options that the standard library has no word for. Plain values, used by the typed structs
// of every area.

#include <cstdint>
#include <optional>

namespace meerkat {

// A bound that may be off: an integer or "infinity" in the file.
template <class T>
class limit {
public:
    constexpr limit(T bound) : bound_(bound) {}  // NOLINT(google-explicit-constructor)
    static constexpr limit infinity() { return limit(std::nullopt); }

    constexpr bool is_infinite() const { return !bound_.has_value(); }
    // Whether `amount` is within the bound; a bound of 10 admits 10.
    constexpr bool admits(T amount) const { return !bound_ || amount <= *bound_; }
    // The bound, or `otherwise` where there is none.
    constexpr T value_or(T otherwise) const { return bound_.value_or(otherwise); }
    constexpr const std::optional<T>& bound() const { return bound_; }

    friend constexpr bool operator==(const limit&, const limit&) = default;

private:
    constexpr explicit limit(std::nullopt_t) {}
    std::optional<T> bound_;
};

namespace config {

// A position in the file, both from 1; 0:0 is "the file as a whole".
struct place {
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    friend constexpr auto operator<=>(const place&, const place&) = default;
};

// The option table of a typed struct; see config/table.hpp.
template <class Struct>
class table;
struct known_options;  // of sections to come

}  // namespace config
}  // namespace meerkat
