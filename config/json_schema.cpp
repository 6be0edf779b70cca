#include "config/json_schema.hpp"

#include <string_view>
#include <vector>

namespace meerkat::config {
namespace {

std::string json_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20) {
            constexpr std::string_view digits = "0123456789abcdef";
            out += "\\u00";
            out += digits[byte >> 4U];
            out += digits[byte & 0xFU];
        } else {
            out += c;
        }
    }
    return out + '"';
}

// An object under construction: members on lines of their own.
class object {
public:
    explicit object(std::size_t depth) : indent_(depth * 2 + 2, ' '), end_(depth * 2, ' ') {}

    object& raw(std::string_view key, const std::string& value) {
        body_ += (body_.empty() ? "\n" : ",\n") + indent_ + json_text(key) + ": " + value;
        return *this;
    }
    object& text(std::string_view key, std::string_view value) { return raw(key, json_text(value)); }

    std::string take() const { return body_.empty() ? "{}" : "{" + body_ + "\n" + end_ + "}"; }

private:
    std::string indent_, end_, body_;
};

std::string joined(const std::vector<std::string>& values) {
    std::string list;
    for (const std::string& each : values) list += (list.empty() ? "" : ", ") + each;
    return '[' + list + ']';
}

std::string words_of(const value_kind& kind) {
    std::vector<std::string> words;
    for (const std::string& word : kind.words) words.push_back(json_text(word));
    return joined(words);
}

void describe_kind(object& into, const value_kind& kind, std::size_t depth);

std::string kind_schema(const value_kind& kind, std::size_t depth) {
    object schema(depth);
    describe_kind(schema, kind, depth);
    return schema.take();
}

void describe_integer(object& into, const value_kind& kind) {
    into.text("type", "integer");
    if (!kind.numbers.empty()) {
        std::vector<std::string> numbers;
        for (const std::int64_t each : kind.numbers) numbers.push_back(std::to_string(each));
        into.raw("enum", joined(numbers));
    }
    if (kind.least) into.raw("minimum", std::to_string(*kind.least));
    if (kind.most) into.raw("maximum", std::to_string(*kind.most));
}

void describe_list(object& into, const value_kind& kind, std::size_t depth) {
    into.text("type", "array");
    if (kind.item) into.raw("items", kind_schema(*kind.item, depth + 1));
    if (kind.unique) into.raw("uniqueItems", "true");
    if (kind.non_empty) into.raw("minItems", "1");
}

void describe_plain(object& into, const value_kind& kind, std::size_t depth) {
    switch (kind.is) {
        case value_kind::type::boolean:
            into.text("type", "boolean");
            return;
        case value_kind::type::number:
            into.text("type", "number");
            return;
        case value_kind::type::integer:
            describe_integer(into, kind);
            return;
        case value_kind::type::integer_or_string:
            into.raw("type", R"(["integer", "string"])");
            return;
        case value_kind::type::list:
            describe_list(into, kind, depth);
            return;
        case value_kind::type::string:
            into.text("type", "string");
            if (!kind.words.empty()) into.raw("enum", words_of(kind));
            if (kind.non_empty) into.raw("minLength", "1");
            if (!kind.example.empty()) into.raw("examples", '[' + json_text(kind.example) + ']');
            return;
    }
}

// Words that stand in for a value of another type: "infinity", "all".
std::string other_words(const value_kind& kind) {
    if (kind.infinity) return R"({"const": "infinity"})";
    if (kind.is == value_kind::type::list && !kind.words.empty())
        return R"({"enum": )" + words_of(kind) + '}';
    return {};
}

void describe_kind(object& into, const value_kind& kind, std::size_t depth) {
    const std::string other = other_words(kind);
    if (other.empty()) {
        describe_plain(into, kind, depth);
        return;
    }
    object plain(depth + 1);
    describe_plain(plain, kind, depth + 1);
    into.raw("anyOf", '[' + plain.take() + ", " + other + ']');
}

std::string about(const option& o) {
    std::string text = o.meaning;
    if (o.state == option_state::known_not_yet) text += " (No effect in this release.)";
    if (o.state == option_state::known_never) text += " (No effect.)";
    return text;
}

std::string table_schema(const option_table& table, std::size_t depth, const option* section);

std::string named(const std::string& inner, std::size_t depth) {
    object schema(depth);
    schema.text("type", "object").raw("additionalProperties", inner);
    return schema.take();
}

std::string listed(const std::string& inner, std::size_t depth) {
    object schema(depth);
    schema.text("type", "array").raw("items", inner);
    return schema.take();
}

std::string option_schema(const option& o, std::size_t depth) {
    switch (o.form) {
        case option_form::section:
            return table_schema(*o.inside, depth, &o);
        case option_form::sections:
            return listed(table_schema(*o.inside, depth + 1, &o), depth);
        case option_form::named_sections:
            return named(table_schema(*o.inside, depth + 1, &o), depth);
        case option_form::named_lists:
            return named(listed(table_schema(*o.inside, depth + 2, &o), depth + 1), depth);
        case option_form::value:
            break;
    }
    object schema(depth);
    schema.text("description", about(o));
    if (!o.fallback.empty()) {
        // A default in TOML is one in JSON too: strings, numbers, booleans and arrays of these look alike.
        schema.raw("default", o.fallback);
    }
    if (o.older) schema.raw("deprecated", "true");
    describe_kind(schema, o.kind, depth);
    return schema.take();
}

std::string table_schema(const option_table& table, std::size_t depth, const option* section) {
    object schema(depth);
    schema.text("type", "object");
    if (section) schema.text("description", about(*section));
    if (section && section->older) schema.raw("deprecated", "true");
    std::vector<std::string> required;
    object properties(depth + 1);
    for (const option& each : table.options) {
        properties.raw(each.key, option_schema(each, depth + 2));
        if (each.required && !each.needless) required.push_back(json_text(each.key));
    }
    schema.raw("properties", properties.take());
    if (!required.empty()) schema.raw("required", joined(required));
    schema.raw("additionalProperties", "false");
    return schema.take();
}

}  // namespace

std::string json_schema(const option_table& root, const std::string& title) {
    std::string schema = table_schema(root, 0, nullptr);
    const std::string head =
        "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": " +
        json_text(title) + ",";
    return head + schema.substr(1) + '\n';
}

}  // namespace meerkat::config
