#include "handlers/bosh/body_text.hpp"

#include "xmpp/xml/writer.hpp"

namespace meerkat::bosh {

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
    out += ' ';
    out += name;
    out += "='";
    xml::write_escaped_attribute(out, value);
    out += '\'';
}

void append_attribute(std::string& out, std::string_view name, std::uint64_t value) {
    append_attribute(out, name, std::to_string(value));
}

std::string terminal_body(std::string_view condition, std::string_view text) {
    std::string body(start_of_body);
    append_attribute(body, "type", "terminate");
    if (!condition.empty()) append_attribute(body, "condition", condition);
    if (text.empty()) return body + "/>";
    body += '>';
    xml::write_escaped_text(body, text);
    return body + "</body>";
}

std::string error_body() { return std::string(start_of_body) + " type='error'/>"; }

}  // namespace meerkat::bosh
