#include "tests/scenarios/runner/xml_pattern.hpp"

#include "xmpp/xml/element_parser.hpp"

#include <stdexcept>

namespace meerkat::testing {

namespace {

bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

std::size_t attribute_count(const xml::element& e) {
    std::size_t count = 0;
    for (const xml::attribute* a = e.attributes(); a != nullptr; a = a->next) ++count;
    return count;
}

std::string label(const xml::element& e) {
    return "<" + std::string(e.name()) + " xmlns='" + std::string(e.ns()) + "'>";
}

// White space that only stands between elements says nothing.
std::string meant_text(const xml::element& e) {
    std::string text;
    for (const xml::node* n = e.children(); n != nullptr; n = n->next) text += n->text;
    return e.child_count() > 0 && blank(text) ? std::string() : text;
}

}  // namespace

pattern::pattern(std::string_view text) {
    auto read = xml::parse_element("<block xmlns:stream='http://etherx.jabber.org/streams'>" +
                                   std::string(text) + "</block>");
    if (!read.element) throw std::runtime_error("broken XML: " + std::string(text));
    block_ = std::move(read.element);
    for (const xml::element& each : xml::elements(block_.root())) elements_.push_back(&each);
}

std::string fill(std::string_view text, const holes& known) {
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t begin = text.find('{', at);
        const std::size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
        if (end == std::string_view::npos) break;
        out += text.substr(at, begin - at);
        const auto found = known.find(text.substr(begin + 1, end - begin - 1));
        out += found == known.end() ? text.substr(begin, end - begin + 1) : std::string_view(found->second);
        at = end + 1;
    }
    return out += text.substr(at);
}

std::optional<std::string> difference(std::string_view wanted, std::string_view found, holes& known) {
    const std::string text = fill(wanted, known);
    const std::size_t begin = text.find('{');
    const std::size_t end = text.find('}', begin == std::string::npos ? 0 : begin);
    const std::string differs = "wanted \"" + text + "\", found \"" + std::string(found) + "\"";
    if (begin == std::string::npos || end == std::string::npos)
        return text == found ? std::nullopt : std::optional(differs);
    const std::string before = text.substr(0, begin);
    const std::string behind = text.substr(end + 1);
    if (found.size() <= before.size() + behind.size() || !found.starts_with(before) ||
        !found.ends_with(behind))
        return differs;
    const std::string name = text.substr(begin + 1, end - begin - 1);
    if (name != "*") known[name] = found.substr(before.size(), found.size() - before.size() - behind.size());
    return std::nullopt;
}

std::optional<std::string> difference(const xml::element& wanted, const xml::element& found, holes& known) {
    if (!found.is(wanted.name(), wanted.ns())) return "wanted " + label(wanted) + ", found " + label(found);
    for (const xml::attribute* a = wanted.attributes(); a != nullptr; a = a->next) {
        const auto differs = difference(a->value, found.attr(a->name, a->ns), known);
        if (differs) return label(wanted) + " attribute " + std::string(a->name) + ": " + *differs;
    }
    if (attribute_count(wanted) != attribute_count(found)) {
        std::string names;
        for (const xml::attribute* a = found.attributes(); a != nullptr; a = a->next)
            names += " " + std::string(a->name);
        return label(wanted) + ": other attributes:" + names;
    }
    const auto differs = difference(meant_text(wanted), meant_text(found), known);
    if (differs) return label(wanted) + " text: " + *differs;
    auto other = xml::elements(found).begin();
    const auto end = xml::elements(found).end();
    for (const xml::element& each : xml::elements(wanted)) {
        if (!(other != end)) return label(wanted) + ": " + label(each) + " is missing";
        if (auto inside = difference(each, *other, known)) return inside;
        ++other;
    }
    if (other != end) return label(wanted) + ": there is also " + label(*other);
    return std::nullopt;
}

bool is_like(std::string_view wanted, std::string_view found) {
    constexpr std::string_view any = "{*}";
    std::size_t hole = wanted.find(any);
    if (hole == std::string_view::npos) return wanted == found;
    if (!found.starts_with(wanted.substr(0, hole))) return false;
    found.remove_prefix(hole);
    for (wanted.remove_prefix(hole + any.size());; wanted.remove_prefix(hole + any.size())) {
        hole = wanted.find(any);
        if (hole == std::string_view::npos) return found.ends_with(wanted);
        const std::size_t place = found.find(wanted.substr(0, hole));
        if (place == std::string_view::npos) return false;
        found.remove_prefix(place + hole);
    }
}

bool matches(std::string_view wanted, const xml::element& found) {
    holes none;
    return !difference(*pattern(wanted).elements().at(0), found, none);
}

}  // namespace meerkat::testing
