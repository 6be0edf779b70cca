#pragma once
// Structured log lines on standard error: an event name and key=value fields, as logfmt or JSON. Secrets
// (passwords, keys, tokens, SASL payloads) are never given to it.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace meerkat::log {

// The option's own words (general.loglevel), most silent first.
enum class level { none, emergency, alert, critical, error, warning, notice, info, debug, all };
enum class format { logfmt, json };

struct field {
    std::string_view key;
    std::variant<std::string_view, std::int64_t, double, bool> value;

    field(std::string_view k, std::string_view v) : key(k), value(v) {}
    field(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
    field(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
    field(std::string_view k, bool v) : key(k), value(v) {}
    field(std::string_view k, double v) : key(k), value(v) {}
    template <class Integer>
        requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>)
    field(std::string_view k, Integer v) : key(k), value(static_cast<std::int64_t>(v)) {}
};

using fields = std::initializer_list<field>;

// Any thread, any time; the level may change while running.
void configure(level threshold, format form);
void set_level(level threshold);
bool enabled(level l);

// Strings are escaped and made UTF-8, so that a peer's bytes cannot forge a line; values longer than 512
// bytes are cut.
void write(level l, std::string_view event, fields values);

inline void error(std::string_view event, fields values = {}) { write(level::error, event, values); }
inline void warning(std::string_view event, fields values = {}) { write(level::warning, event, values); }
inline void notice(std::string_view event, fields values = {}) { write(level::notice, event, values); }
inline void info(std::string_view event, fields values = {}) {
    if (enabled(level::info)) write(level::info, event, values);
}
inline void debug(std::string_view event, fields values = {}) {
    if (enabled(level::debug)) write(level::debug, event, values);
}

}  // namespace meerkat::log
