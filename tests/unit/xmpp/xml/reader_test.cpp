#include "xmpp/xml/reader.hpp"

#include "tests/support/xml_events.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::xml;
using namespace std::string_literals;

namespace {

const std::string header =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams' "
    "to='x' version='1.0'>";
const std::string opened =
    "opened <stream xmlns='http://etherx.jabber.org/streams' to='x' version='1.0'/> default=jabber:client "
    "stream";

using events = std::vector<std::string>;

// Every way of cutting must give the same.
void expect(const std::string& input, const events& wanted, framing form = framing::stream,
            const limits& bounds = {}) {
    INFO(input);
    REQUIRE(read_whole(input, form, bounds) == wanted);
    REQUIRE(read_by_byte(input, form, bounds) == wanted);
    for (std::size_t i = 0; i <= input.size(); ++i)
        REQUIRE(read_cut(input, form, bounds, i, std::min(i + 3, input.size())) == wanted);
}

// Inside an open stream.
void expect_inside(const std::string& input, events wanted, const limits& bounds = {}) {
    wanted.insert(wanted.begin(), opened);
    expect(header + input, wanted, framing::stream, bounds);
}

void expect_failure(const std::string& input, const std::string& what) {
    expect_inside(input, {"failed " + what});
}

// The violation is known with the last byte, not only at the end of an element.
void expect_at_once(const std::string& input, const std::string& what) {
    expect_failure(input, what);
    reader from(framing::stream, {});
    events seen;
    read_piece(from, header + input.substr(0, input.size() - 1), seen);
    REQUIRE(seen == events{opened});
}

}  // namespace

TEST_CASE("a conversation is read as header, elements and end") {
    expect(header + "<iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq> \r\n\t" +
               "<message to='a@b'><body>hi &amp; <![CDATA[<b>]]></body></message></stream:stream>",
           {opened, "element <iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq> 60",
            "element <message to='a@b'><body>hi &amp; &lt;b&gt;</body></message> 65", "closed"});
}

TEST_CASE("a header without XML declaration, behind white space or a UTF-8 byte order mark is read") {
    const std::string plain = header.substr(header.find("<stream"));
    expect(plain, {opened});
    expect(" \n" + header, {opened});
    expect("\xef\xbb\xbf" + header, {opened});
    expect("<?xml version='1.0' encoding=\"uTf-8\" standalone='yes' ?>" + plain, {opened});
}

TEST_CASE("an empty header opens and closes the stream") {
    expect("<a to='x'/>", {"opened <a to='x'/> default=", "closed"});
}

TEST_CASE("what follows the closing tag is swallowed") {
    expect_inside("</stream:stream ><iq/>x", {"closed"});
}

TEST_CASE("anything but a tag before the stream is not well-formed, at its first byte") {
    for (const std::string& bad :
         {"GET / HTTP/1.1"s, "\x16\x03\x01"s, " x"s,         "</a>"s,      "<>"s,
          "< a>"s,           "<![CDATA[x"s,   "<=>"s,        "<a b>"s,     "<a 'b'>"s,
          "<a b='c'd='e'>"s, "<a b=c>"s,      "<a/b>"s,      "<a b='<'>"s, "<a<b>"s,
          "\0"s + "x",       "\xef\xbbx"s,    "<a b='\1'>"s, "\x7f"s,      "<a b='c' b='d'>"s})
        expect(bad, {"failed not_well_formed before"});
    expect("x", {"failed not_well_formed before"});
}

TEST_CASE("another encoding is refused, by declaration or byte order mark") {
    for (const std::string& bad :
         {"<?xml version='1.0' encoding='ISO-8859-1'?>"s, "<?xml version='1.0' encoding='UTF-16'?>"s,
          "\xff\xfe<\0"s, "\xfe\xff"s, "\xff\xfe\0\0"s, "\0\0\xfe\xff"s})
        expect(bad, {"failed unsupported_encoding before"});
}

TEST_CASE("a broken or second XML declaration is refused") {
    expect("<?xml encoding='UTF-8'?>", {"failed not_well_formed before"});
    expect("<?xml version='1.0'?><?xml version='1.0'?>", {"failed restricted_xml before"});
    expect("<?xmlx version='1.0'?>", {"failed restricted_xml before"});
    expect("<?php ?>", {"failed restricted_xml before"});
    expect("<!DOCTYPE a [<!ENTITY b 'c'>]>", {"failed restricted_xml before"});
}

TEST_CASE("comments, processing instructions and document types are restricted, at once") {
    for (const std::string& where : {""s, "<iq>"s, "<iq>text"s}) {
        expect_at_once(where + "<!-", "restricted_xml");
        expect_at_once(where + "<!D", "restricted_xml");
        expect_at_once(where + "<?", "restricted_xml");
    }
}

TEST_CASE("entities other than the predefined are restricted") {
    expect_inside("<a b='&lt;&#x41;'>&amp;&lt;&gt;&quot;&apos;&#65;</a>",
                  {"element <a b='&lt;A'>&amp;&lt;&gt;\"'A</a> 52"});
    expect_failure("<a>&nbsp;</a>", "restricted_xml");
    expect_failure("<a b='&nbsp;'/>", "restricted_xml");
}

TEST_CASE("broken XML inside a stream is not well-formed") {
    for (const std::string& bad :
         {"<a>&#0;</a>"s, "<a>&#xd800;</a>"s, "<a>&</a>"s, "<a>]]></a>"s, "<a b='1' b='2'/>"s, "<1/>"s,
          "<a><![CDAT_"s, "<a:b:c xmlns:a='d'/>"s, "<a xmlns:b=''/>"s, "<a xmlns:xml='b'/>"s,
          "<a>\xef\xbf\xbf</a>"s, "<a xmlns:b='u' xmlns:c='u' b:x='1' c:x='2'/>"s})
        expect_failure(bad, "not_well_formed");
}

TEST_CASE("breaches that bytes alone show are found at once") {
    expect_at_once("<a>\1", "not_well_formed");
    expect_at_once("<a>"s + '\0', "not_well_formed");
    expect_at_once("\2", "not_well_formed");
    expect_at_once("<a b='\x1f", "not_well_formed");
    expect_at_once("<a><![CDATA[\x0b", "not_well_formed");
    expect_at_once("<a b='<", "not_well_formed");
    expect_at_once("<a <", "not_well_formed");
    expect_at_once("<a><b></a>", "not_well_formed");
    expect_at_once("<a></b>", "not_well_formed");
}

TEST_CASE("text between stanzas is a bad format, at its first byte") {
    expect_at_once("x", "bad_format");
    expect_at_once("\n&", "bad_format");
    expect_at_once("<![", "bad_format");
}

TEST_CASE("a mismatched closing tag of the stream is not well-formed") {
    expect_at_once("</stream:strea>", "not_well_formed");
    expect_at_once("</stream:streams>", "not_well_formed");
}

TEST_CASE("invalid UTF-8 is a bad format") {
    for (const std::string& bad : {"<a>\xff</a>"s, "<a>\xc0\x80</a>"s, "<a b='\xed\xa0\x80'/>"s,
                                   "<a><![CDATA[\x80]]></a>"s, "<a\xc3/>"s, "<a>\xf5\x80\x80\x80</a>"s})
        expect_failure(bad, "bad_format");
}

TEST_CASE("an undeclared prefix is named as such") {
    expect_failure("<a:b/>", "bad_namespace_prefix");
    expect_failure("<b a:c='d'/>", "bad_namespace_prefix");
    expect("<stream:stream to='x'>", {"failed bad_namespace_prefix before"});
}

TEST_CASE("prefixes of the header hold inside, also unusual ones") {
    expect_inside(
        "<stream:error><a/></stream:error>",
        {"element <error xmlns='http://etherx.jabber.org/streams'><a xmlns='jabber:client'/></error> 33"});
    expect(
        "<s:stream xmlns:s='http://etherx.jabber.org/streams' xmlns='jabber:server' xmlns:db='d&amp;e'>"
        "<db:result a='b'><c/></db:result><s:x/><t:y/>",
        {"opened <stream xmlns='http://etherx.jabber.org/streams'/> default=jabber:server",
         "element <result xmlns='d&amp;e' a='b'><c xmlns='jabber:server'/></result> 33",
         "element <x xmlns='http://etherx.jabber.org/streams'/> 6", "failed bad_namespace_prefix"});
}

TEST_CASE("a header without default namespace leaves its elements without one") {
    expect("<stream:stream xmlns:stream='http://etherx.jabber.org/streams'><a/>",
           {"opened <stream xmlns='http://etherx.jabber.org/streams'/> default= stream",
            "element <a xmlns=''/> 4"});
}

TEST_CASE("the order of the header's declarations does not matter, a wrong stream namespace is told") {
    expect("<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client'>",
           {"opened <stream xmlns='http://etherx.jabber.org/streams'/> default=jabber:client stream"});
    expect("<stream:stream xmlns:stream='other' xmlns='jabber:client'>",
           {"opened <stream xmlns='other'/> default=jabber:client"});
}

TEST_CASE("a second header is told at its end, and ends the reading") {
    const std::string second =
        "opened <stream xmlns='http://etherx.jabber.org/streams'/> default=jabber:client stream";
    expect_inside(header.substr(header.find("<stream")) + "<iq/></stream:stream>", {second});
    expect_inside("<iq/><stream:stream/><iq/>", {"element <iq/> 5", second});
    expect_inside("<stream:stream version='1.0' to=\"x\" >", {second});
    // Only at the top, and only under the name that the header has.
    expect_inside("<a><stream:stream/></a>",
                  {"element <a><stream xmlns='http://etherx.jabber.org/streams'/></a> 23"});
    expect_inside("<stream/>", {"element <stream/> 9"});
    expect("<a/>", {"element <a/> 4"}, framing::message);
}

TEST_CASE("attributes with a namespace keep it") {
    expect_inside("<a xml:lang='de' xmlns:p='urn:p' p:b='1' b='2'/>",
                  {"element <a xml:lang='de' xmlns:n1='urn:p' n1:b='1' b='2'/> 48"});
}

TEST_CASE("reading stops exactly at the end of an element") {
    reader from(framing::stream, {});
    const std::string input = header + "<auth>x</auth><next";
    std::string_view rest = input;
    REQUIRE(std::holds_alternative<stream_opened>(*from.next(rest)));
    REQUIRE(std::holds_alternative<element_read>(*from.next(rest)));
    REQUIRE(rest == "<next");
    REQUIRE(from.kept() == 0);
    REQUIRE_FALSE(from.next(rest));
    REQUIRE(from.kept() == 5);
}

TEST_CASE("a restart expects a header again and drops what was torn") {
    reader from(framing::stream, {});
    events seen;
    read_piece(from, header + "<a><b>", seen);
    REQUIRE(from.kept() == 6);
    from.restart();
    REQUIRE(from.kept() == 0);
    read_piece(from, "\n" + header + "<c/></stream:stream>", seen);
    from.restart();
    read_piece(from, header + "x", seen);
    from.restart();
    read_piece(from, "x", seen);
    REQUIRE(seen == events{opened, opened, "element <c/> 4", "closed", opened, "failed bad_format",
                           "failed not_well_formed before"});
}

TEST_CASE("declarations of the previous header end with a restart") {
    reader from(framing::stream, {});
    events seen;
    read_piece(from, "<s xmlns:p='q'><p:a/>", seen);
    from.restart();
    read_piece(from, header + "<p:a/>", seen);
    REQUIRE(seen == events{"opened <s/> default=", "element <a xmlns='q'/> 6", opened,
                           "failed bad_namespace_prefix"});
}

TEST_CASE("messages are elements without a root") {
    const std::string open = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='x'/>";
    expect(open + "<iq><a/></iq> <close/>",
           {"element " + open + " " + std::to_string(open.size()), "element <iq><a/></iq> 13",
            "element <close/> 8"},
           framing::message);
    expect("<a/>x", {"element <a/> 4", "failed not_well_formed"}, framing::message);
    expect("<a/></a>", {"element <a/> 4", "failed not_well_formed"}, framing::message);
    expect("x", {"failed not_well_formed before"}, framing::message);
    expect("<a>&b;</a>", {"failed restricted_xml before"}, framing::message);
    expect("<?xml version='1.0'?><a/>", {"failed restricted_xml before"}, framing::message);
    expect("\xef\xbb\xbf<a/>", {"failed not_well_formed before"}, framing::message);
}
