#include "xmpp/xml/element.hpp"

#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/writer.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace meerkat;
using namespace meerkat::xml;

namespace {

std::string written(const element& e, std::string_view in_force, bool stream_prefix = false) {
    std::string out;
    write(out, e, in_force, stream_prefix);
    return out;
}

}  // namespace

TEST_CASE("a tree is built, asked and changed") {
    document made("message", ns::client);
    element& message = made.root();
    message.set_attr("to", "a@b").set_attr("type", "chat").set_attr("lang", xml_ns, "en");
    message.add("body").add_text("one ").add_text("two");
    message.add("delay", ns::delay).set_attr("stamp", "x");
    message.add_first("first", "urn:first");

    REQUIRE(message.is("message", "jabber:client"));
    REQUIRE(message.attr("to") == "a@b");
    REQUIRE(message.attr("lang").empty());
    REQUIRE(message.attr("lang", xml_ns) == "en");
    REQUIRE(message.has_attr("type"));
    REQUIRE_FALSE(message.has_attr("lang"));
    REQUIRE(message.child_count() == 3);
    REQUIRE(message.first_child()->is("first", "urn:first"));
    REQUIRE(message.child_text("body", ns::client) == "one two");
    REQUIRE(message.child("body", ns::delay) == nullptr);

    message.set_attr("to", "c@d");
    message.remove_attr("type");
    message.remove_attr("lang");
    message.remove(*message.first_child());
    message.remove(*message.child("delay", ns::delay));
    message.add("thread");
    REQUIRE(written(message, ns::client) ==
            "<message to='c@d' xml:lang='en'><body>one two</body><thread/></message>");
    message.remove_children();
    message.add_text("x");
    REQUIRE(written(message, ns::client) == "<message to='c@d' xml:lang='en'>x</message>");
}

TEST_CASE("the last attribute or child may be removed and others appended") {
    document made("a", "");
    made.root().set_attr("b", "1").remove_attr("b");
    made.root().set_attr("c", "2");
    made.root().remove(made.root().add("d"));
    made.root().add("e");
    REQUIRE(to_string(made.root()) == "<a c='2'><e/></a>");
}

TEST_CASE("text around children is concatenated") {
    document made("a", "");
    for (const char* piece : {"one", "two", "three"}) made.root().add_text(piece).add("b");
    REQUIRE(made.root().text() == "onetwothree");
    REQUIRE(made.root().text() == "onetwothree");
    REQUIRE(document("a", "").root().text().empty());
}

TEST_CASE("copies are deep, and an element may be copied into itself") {
    document made("a", "urn:a");
    made.root().set_attr("b", "c").add("d").add_text("e");
    document copy = made.copy();
    made.root().set_attr("b", "changed");
    REQUIRE(to_string(copy.root()) == "<a xmlns='urn:a' b='c'><d>e</d></a>");
    copy.root().add_copy(copy.root());
    REQUIRE(to_string(copy.root()) == "<a xmlns='urn:a' b='c'><d>e</d><a b='c'><d>e</d></a></a>");
    REQUIRE_FALSE(document().copy());
}

TEST_CASE("a moved document is empty, and the target holds the tree") {
    document made("a", "");
    document target = std::move(made);
    REQUIRE_FALSE(made);  // NOLINT(bugprone-use-after-move)
    REQUIRE(to_string(target.root()) == "<a/>");
}

TEST_CASE("what is given to a tree is copied") {
    std::string name = "name", ns = "urn:ns", value = "value";
    document made(name, ns);
    made.root().set_attr(name, ns, value).add_text(value);
    name = ns = value = "gone!!";
    REQUIRE(to_string(made.root()) == "<name xmlns='urn:ns' xmlns:n0='urn:ns' n0:name='value'>value</name>");
}

TEST_CASE("namespaces are written where they differ from what is in force") {
    document made("iq", ns::client);
    made.root().add("query", ns::roster).add("item");
    made.root().add("none", "");
    REQUIRE(written(made.root(), ns::client) ==
            "<iq><query xmlns='jabber:iq:roster'><item/></query><none xmlns=''/></iq>");
    REQUIRE(written(made.root(), ns::framing) ==
            "<iq xmlns='jabber:client'><query xmlns='jabber:iq:roster'><item/></query><none xmlns=''/></iq>");
}

TEST_CASE("stream elements take the prefix only where it is declared") {
    document made("error", ns::stream);
    made.root().add("conflict", ns::stream_errors);
    made.root().add("body", ns::client);
    REQUIRE(written(made.root(), ns::client, true) ==
            "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><body/></stream:error>");
    REQUIRE(written(made.root(), ns::framing) ==
            "<error xmlns='http://etherx.jabber.org/streams'><conflict "
            "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><body xmlns='jabber:client'/></error>");
}

TEST_CASE("namespaced attributes get one prefix per namespace") {
    document made("a", "");
    made.root()
        .set_attr("b", "u:1", "1")
        .set_attr("b", "u:2", "2")
        .set_attr("c", "u:1", "3")
        .set_attr("d", "4");
    REQUIRE(to_string(made.root()) == "<a xmlns:n0='u:1' n0:b='1' xmlns:n1='u:2' n1:b='2' n0:c='3' d='4'/>");
}

TEST_CASE("text and attributes are escaped") {
    document made("a", "");
    made.root().set_attr("b", "<>&'\"\t\n\r").add_text("<>&'\"\t\n\r]]>");
    REQUIRE(to_string(made.root()) ==
            "<a b='&lt;&gt;&amp;&apos;&quot;&#9;&#10;&#13;'>&lt;&gt;&amp;'\"\t\n&#13;]]&gt;</a>");
}

TEST_CASE("a control character cannot break the stream it is written to") {
    std::string out;
    write_escaped_text(out, std::string_view("a\0b\x1f", 4));
    write_escaped_attribute(out, "\x0b");
    REQUIRE(out ==
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("an arena grows, aligns and counts what it hands out") {
    arena memory;
    REQUIRE(memory.used() == 0);
    for (std::size_t size = 1; size < 5000; size = size * 3 + 1) {
        void* const at = memory.allocate(size, 16);
        REQUIRE(reinterpret_cast<std::uintptr_t>(at) % 16 == 0);
        memset(at, 0xff, size);
        REQUIRE(memory.copy(std::string(size, 'x')) == std::string(size, 'x'));
    }
    REQUIRE(memory.copy(std::string(1'000'000, 'y')).size() == 1'000'000);
    REQUIRE(memory.used() > 1'000'000);
    REQUIRE(memory.copy({}).empty());
}

TEST_CASE("appending piece by piece keeps the text, wherever it lies") {
    arena memory;
    std::string_view text;
    std::string wanted;
    for (int i = 0; i < 20'000; ++i) {
        if (i % 1000 == 0) memory.copy("between");
        text = memory.append(text, "piece");
        wanted += "piece";
    }
    REQUIRE(text == wanted);
    REQUIRE(memory.append(text, {}) == wanted);
}

TEST_CASE("the first block of an arena is used again") {
    const void* first = nullptr;
    {
        arena memory;
        first = memory.allocate(8, 8);
    }
    arena memory;
    REQUIRE(memory.allocate(8, 8) == first);
}

TEST_CASE("a document may end on another thread than it began on") {
    for (int i = 0; i < 200; ++i) {
        document made("a", "");
        made.root().add_text(std::string(5000, 'x'));
        std::thread([taken = std::move(made)]() mutable { document gone = std::move(taken); }).join();
    }
}
