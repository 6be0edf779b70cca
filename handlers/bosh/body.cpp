#include "handlers/bosh/body.hpp"

#include "handlers/bosh/namespaces.hpp"
#include "xmpp/xml/element_parser.hpp"
#include "xmpp/xml/scanner.hpp"

#include <charconv>

namespace meerkat::bosh {

namespace {

constexpr std::string_view white_space = " \t\r\n";

thread_local xml::open_elements scratch;

bool is_true(std::string_view text) { return text == "true" || text == "1"; }

std::string_view without_leading_space(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(white_space), text.size()));
    return text;
}

// An XML declaration is allowed in front of a body, as in front of any document. Every encoding but UTF-8 is
// found out by the parser, because it reads UTF-8 and nothing else.
std::string_view behind_declaration(std::string_view bytes) {
    if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
    bytes = without_leading_space(bytes);
    if (!bytes.starts_with("<?xml") || bytes.size() < 6 ||
        white_space.find(bytes[5]) == std::string_view::npos)
        return bytes;
    const std::size_t end = bytes.find("?>");
    if (end == std::string_view::npos) return bytes;
    return without_leading_space(bytes.substr(end + 2));
}

xml::limits limits_of(const body_limits& bounds) {
    xml::limits whole = bounds.stanza;
    whole.bytes = bounds.bytes;
    ++whole.elements;
    ++whole.depth;
    return whole;
}

xml::read_failure failure(xml::violation what, std::string text) { return {what, std::move(text), false}; }

}  // namespace

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    const auto [stop, failed] = std::from_chars(text.data(), end, value);
    if (failed != std::errc() || stop != end || value > last_rid) return std::nullopt;
    return value;
}

std::string lower_case(std::string_view text) {
    std::string made(text);
    for (char& c : made) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    }
    return made;
}

bool request_body::restarts() const { return is_true(wrapper_.root().attr("restart", ns::xbosh)); }

std::variant<request_body, xml::read_failure> read_body(std::string_view bytes, const body_limits& bounds) {
    bytes = behind_declaration(bytes);
    xml::scanner scan(xml::framing::message, limits_of(bounds));
    scratch.clear();
    const xml::scanner::step step = scan.scan(bytes, scratch);
    if (step.what == xml::scanner::outcome::failed) return failure(scan.why().what, scan.why().text);
    if (step.what != xml::scanner::outcome::element)
        return failure(xml::violation::not_well_formed, "no element found");
    if (!without_leading_space(bytes.substr(step.taken)).empty())
        return failure(xml::violation::not_well_formed, "junk after document element");
    const std::string_view whole = bytes.substr(step.start, step.taken - step.start);
    xml::parsed_wrapper parsed = xml::parse_wrapper(whole, ns::httpbind, ns::client);
    if (!parsed.wrapper) return failure(parsed.why.what, std::move(parsed.why.text));
    if (!parsed.wrapper.root().is("body", ns::httpbind))
        return failure(xml::violation::not_well_formed, "not a <body/> of BOSH");

    std::vector<channel_event> payload;
    payload.reserve(parsed.children.size());
    for (xml::wrapped_element& child : parsed.children) {
        if (child.bytes > bounds.stanza.bytes) {
            payload.emplace_back(failure(xml::violation::too_big, {}));
            break;
        }
        payload.emplace_back(xml::element_read{std::move(child.element), child.bytes});
    }
    return request_body(std::move(parsed.wrapper), std::move(payload), whole.size());
}

std::string_view peek_sid(std::string_view bytes) {
    bytes = behind_declaration(bytes);
    std::size_t at = bytes.find_first_of(" \t\r\n/>");
    while (at < bytes.size()) {
        at = bytes.find_first_not_of(white_space, at);
        if (at == std::string_view::npos || bytes[at] == '/' || bytes[at] == '>') return {};
        const std::size_t name_end = bytes.find_first_of(" \t\r\n=/>", at);
        const std::size_t quote = bytes.find_first_of("'\"", name_end);
        if (quote == std::string_view::npos) return {};
        const std::size_t value_end = bytes.find(bytes[quote], quote + 1);
        if (value_end == std::string_view::npos) return {};
        if (bytes.substr(at, name_end - at) == "sid") return bytes.substr(quote + 1, value_end - quote - 1);
        at = value_end + 1;
    }
    return {};
}

}  // namespace meerkat::bosh
