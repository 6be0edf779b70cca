#include "xmpp/xml/writer.hpp"

#include "xmpp/xml/namespaces.hpp"

#include <array>
#include <cstdint>

namespace meerkat::xml {

namespace {

enum escape : std::uint8_t { plain = 0, in_text = 1, in_attribute = 2 };

constexpr auto escapes = [] {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = in_text | in_attribute;
    table['\t'] = table['\n'] = in_attribute;
    table['&'] = table['<'] = table['>'] = in_text | in_attribute;
    table['"'] = table['\''] = in_attribute;
    return table;
}();

std::string_view reference(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\'':
            return "&apos;";
        case '\t':
            return "&#9;";
        case '\n':
            return "&#10;";
        case '\r':
            return "&#13;";
        default:
            // XML has no way to say the other control characters; writing one would end the peer's stream.
            return "\xef\xbf\xbd";
    }
}

void write_escaped(std::string& out, std::string_view text, escape where) {
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((escapes[static_cast<unsigned char>(text[i])] & where) == 0) continue;
        out.append(text, start, i - start);
        out += reference(text[i]);
        start = i + 1;
    }
    out.append(text, start, text.size() - start);
}

void write_attribute(std::string& out, std::string_view prefix, std::string_view name,
                     std::string_view value) {
    out += ' ';
    if (!prefix.empty()) {
        out += prefix;
        out += ':';
    }
    out += name;
    out += "='";
    write_escaped(out, value, in_attribute);
    out += '\'';
}

// The generated prefix of an attribute's namespace, numbered by the namespace's first use in this element.
std::string generated_prefix(const element& e, std::string_view ns) {
    std::size_t number = 0;
    for (const attribute* at = e.attributes(); at != nullptr && at->ns != ns; at = at->next) ++number;
    return "n" + std::to_string(number);
}

bool is_first_of_namespace(const element& e, const attribute& which) {
    const attribute* at = e.attributes();
    while (at->ns != which.ns) at = at->next;
    return at == &which;
}

void write_attributes(std::string& out, const element& e) {
    for (const attribute* at = e.attributes(); at != nullptr; at = at->next) {
        if (at->ns.empty()) {
            write_attribute(out, {}, at->name, at->value);
        } else if (at->ns == xml_ns) {
            write_attribute(out, "xml", at->name, at->value);
        } else {
            const std::string prefix = generated_prefix(e, at->ns);
            if (is_first_of_namespace(e, *at)) write_attribute(out, "xmlns", prefix, at->ns);
            write_attribute(out, prefix, at->name, at->value);
        }
    }
}

// The prefix that needs no declaration here, for an element.
std::string_view declared_prefix(const element& e, bool stream_prefix_declared) {
    if (e.ns() == xml_ns) return "xml:";  // may not be a default namespace (Namespaces in XML, 3)
    if (stream_prefix_declared && e.ns() == ns::stream) return "stream:";
    return {};
}

}  // namespace

void write(std::string& out, const element& e, std::string_view in_force, bool stream_prefix_declared) {
    const std::string_view prefix = declared_prefix(e, stream_prefix_declared);
    out += '<';
    out += prefix;
    out += e.name();
    if (prefix.empty() && e.ns() != in_force) {
        write_attribute(out, {}, "xmlns", e.ns());
        in_force = e.ns();
    }
    write_attributes(out, e);
    if (e.children() == nullptr) {
        out += "/>";
        return;
    }
    out += '>';
    for (const node* at = e.children(); at != nullptr; at = at->next) {
        if (at->child != nullptr)
            write(out, *at->child, in_force, stream_prefix_declared);
        else
            write_escaped(out, at->text, in_text);
    }
    out += "</";
    out += prefix;
    out += e.name();
    out += '>';
}

void write_escaped_text(std::string& out, std::string_view text) { write_escaped(out, text, in_text); }

void write_escaped_attribute(std::string& out, std::string_view value) {
    write_escaped(out, value, in_attribute);
}

std::string to_string(const element& e) {
    std::string out;
    write(out, e, {});
    return out;
}

}  // namespace meerkat::xml
