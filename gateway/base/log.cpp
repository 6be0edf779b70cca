#include "gateway/base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
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

void append_quoted(std::string& out, std::string_view text) {
    constexpr char hex[] = "0123456789abcdef";
    out += '"';
    for (const char c : text.substr(0, value_limit)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            out += "\\u00";
            out += hex[byte >> 4];
            out += hex[byte & 15];
        } else {
            out += c;
        }
    }
    if (text.size() > value_limit) out += "...";
    out += '"';
}

bool plain(std::string_view text) {
    if (text.empty() || text.size() > value_limit) return false;
    for (const char c : text) {
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return false;
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
        append_number(out, *real);
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
