#include "config/toml_value.hpp"

#include "config/shape.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace meerkat::config {
namespace {

bool may_be_bare(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::string string_text(const std::string& text) {
    // Without escapes where they would hide what is meant: regular expressions, above all.
    const bool literal =
        text.find('\\') != std::string::npos && std::none_of(text.begin(), text.end(), [](char c) {
            return c == '\'' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        });
    return literal ? '\'' + text + '\'' : in_quotes(text);
}

std::string number_text(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    std::string text(digits.data(), end);
    if (text.find('.') == std::string::npos) text.insert(std::min(text.find('e'), text.size()), ".0");
    return text;
}

std::string array_text(const node_array& items) {
    std::string text = "[";
    for (const node& item : items) {
        if (text.size() > 1) text += ", ";
        text += toml_value(item);
    }
    return text + ']';
}

std::string table_text(const node_table& members) {
    std::string text = "{";
    for (const member& m : members) {
        if (text.size() > 1) text += ", ";
        text += toml_key(m.key) + " = " + toml_value(m.value);
    }
    return text + '}';
}

}  // namespace

std::string toml_key(std::string_view key) {
    if (!key.empty() && std::all_of(key.begin(), key.end(), may_be_bare)) return std::string(key);
    return in_quotes(key);
}

std::string toml_value(const node& value) {
    if (const auto* v = value.boolean()) return *v ? "true" : "false";
    if (const auto* v = value.integer()) return std::to_string(*v);
    if (const auto* v = value.number()) return number_text(*v);
    if (const auto* v = value.text()) return string_text(*v);
    if (const auto* v = value.array()) return array_text(*v);
    return table_text(*value.table());
}

std::string toml_lines(const node& value, std::size_t indent, std::size_t before) {
    std::string on_one_line = toml_value(value);
    const node_array* const items = value.array();
    if (!items || items->empty()) return on_one_line;
    const auto tables =
        std::count_if(items->begin(), items->end(), [](const node& item) { return item.table() != nullptr; });
    if (tables < 2 && before + on_one_line.size() <= toml_width) return on_one_line;
    std::string lines = "[";
    for (const node& item : *items) {
        if (lines.size() > 1) lines += ',';
        lines += '\n' + std::string(indent + 2, ' ') + toml_lines(item, indent + 2, indent + 2);
    }
    return lines + '\n' + std::string(indent, ' ') + ']';
}

}  // namespace meerkat::config
