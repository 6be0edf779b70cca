#include "config/diagnostic.hpp"

#include <algorithm>
#include <tuple>

namespace meerkat::config {

std::string_view to_string(severity s) {
    switch (s) {
        case severity::error:
            return "error";
        case severity::blocking:
            return "not supported yet";
        case severity::warning:
            return "warning";
    }
    return "error";
}

namespace {

// Names and values of the file are quoted in findings; a control character in them would forge lines.
std::string on_one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F; },
        '?');
    return text;
}

}  // namespace

std::string render(const diagnostic& d) {
    std::string line = d.file;
    if (d.where.line != 0) line += ':' + std::to_string(d.where.line) + ':' + std::to_string(d.where.column);
    if (!line.empty()) line += ": ";
    line += to_string(d.level);
    line += ": ";
    if (!d.path.empty()) line += on_one_line(d.path) + ": ";
    line += on_one_line(d.text) + " [" + d.reason + ']';
    if (!d.hint.empty()) line += "\n    hint: " + on_one_line(d.hint);
    return line;
}

bool comes_before(const diagnostic& a, const diagnostic& b) {
    return std::tie(a.where, a.path, a.reason, a.text) < std::tie(b.where, b.path, b.reason, b.text);
}

bool acceptable(const diagnostics& findings) {
    return std::none_of(findings.begin(), findings.end(),
                        [](const diagnostic& d) { return d.level == severity::error; });
}

}  // namespace meerkat::config
