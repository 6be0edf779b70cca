#include "gateway/base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>

namespace meerkat::log {

namespace {

std::atomic<level> threshold{level::warning};
std::atomic<format> form{format::logfmt};

constexpr std::size_t value_limit = 512;

std::string_view name_of(level l) {
    constexpr std::array<std::string_view, 10> names{"none",    "emergency", "alert", "critical", "error",
                                                     "warning", "notice",    "info",  "debug",    "all"};
    return names[static_cast<std::size_t>(l)];
}

spdlog::logger& sink() {
    static const auto logger = [] {
        auto made =
            std::make_shared<spdlog::logger>("meerkat", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%v");
        made->set_level(spdlog::level::trace);
        made->flush_on(spdlog::level::trace);
        return made;
    }();
    return *logger;
}

struct character {
    std::size_t size;    // bytes; 0: not UTF-8
    std::uint32_t code;  // point
};

// The first character of a text that is not empty (RFC 3629).
character first_of(std::string_view text) {
    constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) return {1, lead};
    const std::size_t size = lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0;
    if (size == 0 || size > text.size()) return {0, 0};
    std::uint32_t code = lead & (0x7fU >> size);
    for (const char c : text.substr(1, size - 1)) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0) != 0x80) return {0, 0};
        code = code << 6 | (byte & 0x3f);
    }
    if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {0, 0};
    return {size, code};
}

// What could end a line, or mean something to a terminal.
bool controls(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029;
}

void append_escaped(std::string& out, std::uint32_t code) {
    constexpr char hex[] = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += hex[code >> shift & 15];
}

void append_quoted(std::string& out, std::string_view text) {
    constexpr std::uint32_t replacement = 0xfffd;
    out += '"';
    std::size_t at = 0;
    while (at < text.size()) {
        const character c = first_of(text.substr(at));
        const std::size_t size = c.size == 0 ? 1 : c.size;
        if (at + size > value_limit) break;
        if (c.size == 0) {
            append_escaped(out, replacement);
        } else if (controls(c.code)) {
            append_escaped(out, c.code);
        } else {
            if (c.code == '"' || c.code == '\\') out += '\\';
            out += text.substr(at, size);
        }
        at += size;
    }
    if (at < text.size()) out += "...";
    out += '"';
}

bool plain(std::string_view text) {
    if (text.empty() || text.size() > value_limit) return false;
    for (const char c : text) {
        if (c <= ' ' || c > '~' || c == '"' || c == '=' || c == '\\') return false;
    }
    return true;
}

template <class Number>
void append_number(std::string& out, Number number) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

void append_value(std::string& out, const field& f, format as) {
    if (const auto* text = std::get_if<std::string_view>(&f.value)) {
        if (as == format::logfmt && plain(*text)) {
            out += *text;
        } else {
            append_quoted(out, *text);
        }
    } else if (const auto* number = std::get_if<std::int64_t>(&f.value)) {
        append_number(out, *number);
    } else if (const auto* real = std::get_if<double>(&f.value)) {
        // JSON has no infinity.
        const bool quoted = as == format::json && !std::isfinite(*real);
        if (quoted) out += '"';
        append_number(out, *real);
        if (quoted) out += '"';
    } else {
        out += std::get<bool>(f.value) ? "true" : "false";
    }
}

std::string timestamp() {
    const auto now = std::chrono::system_clock::now();
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[40];
    const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    std::string out(text, size);
    out += '.';
    out += static_cast<char>('0' + ms / 100);
    out += static_cast<char>('0' + ms / 10 % 10);
    out += static_cast<char>('0' + ms % 10);
    return out + 'Z';
}

}  // namespace

void configure(level limit, format as) {
    threshold = limit;
    form = as;
}

void set_level(level limit) { threshold = limit; }

bool enabled(level l) { return l <= threshold.load(std::memory_order_relaxed); }

void write(level l, std::string_view event, fields values) {
    if (!enabled(l)) return;
    const format as = form.load(std::memory_order_relaxed);
    std::string line;
    if (as == format::json) {
        line = R"({"when":")" + timestamp() + R"(","level":")" + std::string(name_of(l)) + R"(","what":")" +
               std::string(event) + '"';
        for (const field& f : values) {
            line += ',';
            append_quoted(line, f.key);
            line += ':';
            append_value(line, f, as);
        }
        line += '}';
    } else {
        line = "when=" + timestamp() + " level=" + std::string(name_of(l)) + " what=" + std::string(event);
        for (const field& f : values) {
            line += ' ';
            line += f.key;
            line += '=';
            append_value(line, f, as);
        }
    }
    sink().log(spdlog::level::info, line);
}

}  // namespace meerkat::log
