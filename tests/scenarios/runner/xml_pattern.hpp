#pragma once
// XML compared by meaning: names with namespaces, attributes in any order, text without what only indents it.
// A pattern may have holes: {name} takes whatever stands there and must find the same the next time; {*} is
// anything.

#include "xmpp/xml/element.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::testing {

using holes = std::map<std::string, std::string, std::less<>>;

// The elements of a text, in which jabber:client is in force and stream: is declared. Throws when it is
// broken.
class pattern {
public:
    explicit pattern(std::string_view text);
    const std::vector<const xml::element*>& elements() const { return elements_; }

private:
    xml::document block_;
    std::vector<const xml::element*> elements_;
};

// Puts the known holes into a text.
std::string fill(std::string_view text, const holes& known);

// Nothing when it matches; `known` then has what the holes took. Else what differs.
std::optional<std::string> difference(const xml::element& wanted, const xml::element& found, holes& known);
std::optional<std::string> difference(std::string_view wanted, std::string_view found, holes& known);

// Bytes, where they are what was promised: {*} stands for any, also none.
bool is_like(std::string_view wanted, std::string_view found);

// For tests of a single answer.
bool matches(std::string_view wanted, const xml::element& found);

}  // namespace meerkat::testing
