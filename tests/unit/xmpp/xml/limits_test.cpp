#include "tests/support/xml_events.hpp"
#include "xmpp/xml/element_parser.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::xml;

namespace {

const std::string header =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

// What becomes of one element inside a stream, however it is cut: "read" or the violation.
std::string outcome(const std::string& element, const limits& bounds) {
    std::string found;
    const std::string input = header + element;
    for (std::size_t i = header.size(); i <= input.size(); ++i) {
        const std::vector<std::string> events = read_cut(input, framing::stream, bounds, i, input.size());
        REQUIRE(events.size() == 2);
        const std::string last = events[1].starts_with("element") ? "read" : events[1].substr(7);
        if (found.empty()) found = last;
        REQUIRE(found == last);
    }
    REQUIRE(read_by_byte(input, framing::stream, bounds).size() == 2);
    return found;
}

limits with(std::size_t limits::* which, std::size_t value) {
    limits made;
    made.*which = value;
    return made;
}

}  // namespace

TEST_CASE("an element of exactly the allowed size is read, one byte more is too big") {
    const std::string element = "<a b='c'><d>" + std::string(200, 'x') + "</d></a>";
    REQUIRE(outcome(element, with(&limits::bytes, element.size())) == "read");
    REQUIRE(outcome(element, with(&limits::bytes, element.size() - 1)) == "too_big");
}

TEST_CASE("an unfinished element is too big with the byte that exceeds, and not before") {
    reader from(framing::message, with(&limits::bytes, 10));
    std::vector<std::string> events;
    read_piece(from, "<a>3456789", events);
    REQUIRE(events.empty());
    REQUIRE(from.kept() == 10);
    read_piece(from, "x", events);
    REQUIRE(events == std::vector<std::string>{"failed too_big before"});
    REQUIRE(from.kept() == 0);
}

TEST_CASE("white space between elements does not count, however much there is") {
    const limits bounds = with(&limits::bytes, 100);
    const std::string input = header + std::string(1000, ' ') + "<a/>" + std::string(1000, '\n') + "<b/>";
    REQUIRE(read_whole(input, framing::stream, bounds).size() == 3);
    REQUIRE(read_by_byte(input, framing::stream, bounds).size() == 3);
}

TEST_CASE("an oversized opening tag or XML declaration is not well-formed") {
    const std::vector<std::string> failed{"failed not_well_formed before"};
    REQUIRE(read_whole(header, framing::stream, with(&limits::bytes, header.size() - 1)) == failed);
    REQUIRE(read_by_byte(header, framing::stream, with(&limits::bytes, header.size() - 1)) == failed);
    REQUIRE(read_whole(header, framing::stream, with(&limits::bytes, header.size()))
                .front()
                .starts_with("opened"));
    REQUIRE(read_whole("<?xml version='1.0' ", framing::stream, with(&limits::bytes, 19)) == failed);
}

TEST_CASE("no limit means no limit") {
    const limits bounds = with(&limits::bytes, static_cast<std::size_t>(-1));
    const std::string element = "<a>" + std::string(1'000'000, 'x') + "</a>";
    REQUIRE(read_whole(header + element, framing::stream, bounds).size() == 2);
    REQUIRE(read_cut(header + element, framing::stream, bounds, 500, 500'000).size() == 2);
}

TEST_CASE("elements are nested to the allowed depth and no deeper") {
    REQUIRE(outcome("<a><b><c/></b></a>", with(&limits::depth, 3)) == "read");
    REQUIRE(outcome("<a><b></b><b><c/></b></a>", with(&limits::depth, 2)) == "too_deep");
}

TEST_CASE("elements are counted per stanza, the top one included") {
    REQUIRE(outcome("<a><b/><b/></a>", with(&limits::elements, 3)) == "read");
    REQUIRE(outcome("<a><b/><b/></a>", with(&limits::elements, 2)) == "too_many_elements");
    REQUIRE(read_whole(header + "<a/><a/><a/><a/>", framing::stream, with(&limits::elements, 1)).size() == 5);
}

TEST_CASE("attributes are counted per element, declarations included") {
    REQUIRE(outcome("<a b='1' xmlns='c'><d e='1' f='2'/></a>", with(&limits::attributes, 2)) == "read");
    REQUIRE(outcome("<a><d e='1' xmlns='c' f='2'/></a>", with(&limits::attributes, 2)) ==
            "too_many_attributes");
    REQUIRE(read_whole("<a b='1' c='2' d='3'>", framing::stream, with(&limits::attributes, 2)) ==
            std::vector<std::string>{"failed too_many_attributes before"});
}

TEST_CASE("new limits hold from the next byte on, also for a torn element") {
    reader from(framing::message, limits{});
    std::vector<std::string> events;
    read_piece(from, "<a>" + std::string(100, 'x'), events);
    from.set_limits(with(&limits::bytes, 50));
    read_piece(from, "x", events);
    REQUIRE(events == std::vector<std::string>{"failed too_big before"});
}

TEST_CASE("thousands of different names do not make the parser grow without end") {
    const std::size_t before = parser_memory();
    std::size_t most = 0;
    for (int i = 0; i < 30'000; ++i) {
        const std::string name = "name-" + std::to_string(i);
        REQUIRE(parse_element("<" + name + " " + name + "='1' xmlns:" + name + "='" + name + "'/>").element);
        most = std::max(most, parser_memory());
    }
    REQUIRE(most < before + 400'000);
}

TEST_CASE("a big stanza leaves no big parser behind") {
    REQUIRE(
        parse_element("<a b='" + std::string(2'000'000, 'x') + "'>" + std::string(2'000'000, 'y') + "</a>")
            .element);
    REQUIRE(parser_memory() < 400'000);
}

TEST_CASE("a parser that met an error does not disturb the next element") {
    REQUIRE_FALSE(parse_element("<a><b></a>").element);
    REQUIRE_FALSE(parse_element("<a/><b/>").element);
    REQUIRE_FALSE(parse_element("<a/>x").element);
    REQUIRE_FALSE(parse_element("<a/").element);
    REQUIRE_FALSE(parse_element("<a/></r>").element);
    REQUIRE_FALSE(parse_element("</r>").element);
    REQUIRE_FALSE(parse_element("<a/> ").element);
    REQUIRE_FALSE(parse_element("").element);
    REQUIRE(parse_element("<a/>").element);
}

TEST_CASE("a namespace name may have 256 bytes and no more") {
    const std::string most(256, 'u');
    REQUIRE(outcome("<a xmlns='" + most + "'/>", {}) == "read");
    REQUIRE(outcome("<a xmlns:b='" + most + "u'/>", {}) == "too_big");
    REQUIRE(read_whole("<a xmlns='" + most + "u'>") == std::vector<std::string>{"failed too_big before"});
}
