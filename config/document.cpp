#include "config/document.hpp"

// The only inclusion of toml++ in the tree. Header-only here, so that its limits below apply; without
// exceptions, so that a broken file is a value like any other.
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 32
#include "config/key_depth.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <string>
#include <tuple>

namespace meerkat::config {
namespace {

place to_place(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }

class converter {
public:
    // Nothing when something is in the file that no option can take; `reason()` and `where()` say what.
    std::optional<node> convert(const toml::node& from, std::size_t depth) {
        const place where = to_place(from.source());
        if (depth > deepest_document) return fail("too_deep", "tables and arrays nest too deep", where);
        if (const auto* v = from.as_boolean()) return node(v->get(), where);
        if (const auto* v = from.as_integer()) return node(v->get(), where);
        if (const auto* v = from.as_floating_point()) return node(v->get(), where);
        if (const auto* v = from.as_string()) return node(v->get(), where);
        if (const auto* v = from.as_array()) return convert_array(*v, where, depth);
        if (const auto* v = from.as_table()) return convert_table(*v, where, depth);
        return fail("wrong_type", "found a date or time; no option takes one", where);
    }

    const std::string& reason() const { return reason_; }
    const std::string& text() const { return text_; }
    place where() const { return where_; }

private:
    std::optional<node> fail(std::string_view reason, std::string_view text, place where) {
        reason_ = reason;
        text_ = text;
        where_ = where;
        return std::nullopt;
    }

    std::optional<node> convert_array(const toml::array& from, place where, std::size_t depth) {
        node_array items;
        items.reserve(from.size());
        for (const toml::node& item : from) {
            auto converted = convert(item, depth + 1);
            if (!converted) return std::nullopt;
            items.push_back(std::move(*converted));
        }
        return node(std::move(items), where);
    }

    std::optional<node> convert_table(const toml::table& from, place where, std::size_t depth) {
        node_table members;
        members.reserve(from.size());
        for (const auto& [key, value] : from) {
            auto converted = convert(value, depth + 1);
            if (!converted) return std::nullopt;
            members.push_back({std::string(key.str()), to_place(key.source()), std::move(*converted)});
        }
        // The library sorts by key; the file's own order says which handler is tried first.
        std::sort(members.begin(), members.end(), [](const member& a, const member& b) {
            return std::tie(a.where, a.key) < std::tie(b.where, b.key);
        });
        return node(std::move(members), where);
    }

    std::string reason_;
    std::string text_;
    place where_;
};

void report(diagnostics& findings, std::string_view file, place where, std::string reason, std::string text,
            std::string hint = {}) {
    diagnostic d;
    d.file = file;
    d.where = where;
    d.reason = std::move(reason);
    d.text = std::move(text);
    d.hint = std::move(hint);
    findings.push_back(std::move(d));
}

}  // namespace

node::node() : value_(node_table{}) {}
node::node(content value, place where) : value_(std::move(value)), where_(where) {}
node::node(const node&) = default;
node::node(node&&) noexcept = default;
node& node::operator=(const node&) = default;
node& node::operator=(node&&) noexcept = default;
node::~node() = default;

const node* node::find(std::string_view key) const {
    const node_table* members = table();
    if (!members) return nullptr;
    const auto at =
        std::find_if(members->begin(), members->end(), [key](const member& m) { return m.key == key; });
    return at == members->end() ? nullptr : &at->value;
}

std::string node::describe(bool secret) const {
    if (table()) return "a table";
    if (array()) return "an array";
    if (secret) return "a value that is kept secret";
    if (const auto* v = boolean()) return *v ? "the boolean true" : "the boolean false";
    if (const auto* v = integer()) return "the integer " + std::to_string(*v);
    if (number()) return "a floating point number";
    constexpr std::size_t longest = 80;
    std::string shown = *text();
    if (shown.size() > longest) {
        std::size_t end = longest;  // not inside a character
        while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xC0U) == 0x80U) --end;
        shown = shown.substr(0, end) + "...";
    }
    // A control character would let a file forge lines of the report.
    std::replace_if(
        shown.begin(), shown.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F; },
        '?');
    return "the string \"" + shown + "\"";
}

std::optional<node> read_document(std::string_view text, std::string_view file, diagnostics& findings) {
    if (text.size() > largest_document) {
        report(findings, file, {}, "too_large", "the file is larger than 16 MiB");
        return std::nullopt;
    }
    if (const auto deep = find_deep_key(text, deepest_document / 2)) {
        report(findings, file, *deep, "too_deep", "a key has too many parts");
        return std::nullopt;
    }
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        const toml::parse_error& e = parsed.error();
        report(findings, file, to_place(e.source()), "toml_parsing_failed",
               "this is not TOML: " + std::string(e.description()),
               "nothing after this place was looked at; correct it and check again");
        return std::nullopt;
    }
    converter convert;
    auto root = convert.convert(parsed.table(), 0);
    if (!root) report(findings, file, convert.where(), convert.reason(), convert.text());
    return root;
}

}  // namespace meerkat::config
