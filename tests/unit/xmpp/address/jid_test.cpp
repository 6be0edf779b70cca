#include "xmpp/address/jid.hpp"

#include "xmpp/xml/element.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace std::string_literals;

namespace {

// Both ways of parsing must agree.
std::string parsed(std::string_view text) {
    xml::arena memory;
    const std::optional<jid_view> view = parse_jid(text, memory);
    const std::optional<jid> owned = jid::parse(text);
    REQUIRE(view.has_value() == owned.has_value());
    if (!owned) return "refused";
    REQUIRE(view->full() == owned->full());
    REQUIRE(view->local() == owned->local());
    REQUIRE(view->domain() == owned->domain());
    REQUIRE(view->resource() == owned->resource());
    REQUIRE(jid::parse(owned->full()) == owned);
    return std::string(owned->full());
}

}  // namespace

TEST_CASE("the addresses of RFC 7622's table of examples are parsed") {
    for (const std::string_view good :
         {"juliet@example.com", "juliet@example.com/foo", "juliet@example.com/foo bar",
          "juliet@example.com/foo@bar", "foo\\20bar@example.com", "fussball@example.com",
          "\xcf\x80@example.com", "\xcf\x80@example.com/\xe2\x99\x9a", "example.com", "example.com/foobar",
          "a.example.com/b@example.net"})
        REQUIRE(parsed(good) == good);
    REQUIRE(parsed("fu\xc3\x9f"
                   "ball@example.com") == "fussball@example.com");  // nodeprep folds sharp s
    REQUIRE(parsed("\xce\xa3@example.com/\xe2\x99\x9a") ==
            "\xcf\x83@example.com/\xe2\x99\x9a");  // and capitals
}

TEST_CASE("what RFC 7622 calls no address is refused") {
    for (const std::string_view bad :
         {"\"juliet\"@example.com", "foo bar@example.com", "@example.com/", "henry\xe2\x85\xa3@", "juliet@",
          "/foobar", "@example.com", "juliet@example.com/", "", "a@b@c", "a@/b", "@", "/", "a@.", "."})
        REQUIRE(parsed(bad) == "refused");
}

TEST_CASE("the parts of an address are told apart") {
    const jid full = *jid::parse("Juliet@Example.COM/Balcony/x@y");
    REQUIRE(full.full() == "juliet@example.com/Balcony/x@y");
    REQUIRE(full.local() == "juliet");
    REQUIRE(full.domain() == "example.com");
    REQUIRE(full.resource() == "Balcony/x@y");
    REQUIRE(full.bare() == "juliet@example.com");
    REQUIRE_FALSE(full.is_bare());
    REQUIRE(full.to_bare() == *jid::parse("juliet@example.com"));
    REQUIRE(full.to_bare().is_bare());
    const jid domain = *jid::parse("example.com/r");
    REQUIRE(domain.local().empty());
    REQUIRE(domain.domain() == "example.com");
    REQUIRE(domain.bare() == "example.com");
    REQUIRE(jid().empty());
}

TEST_CASE("prepared text is not copied") {
    xml::arena memory;
    const std::string text = "juliet@example.com/Balcony 1";
    REQUIRE(parse_jid(text, memory)->full().data() == text.data());
    REQUIRE(memory.used() == 0);
    REQUIRE(parse_jid("Juliet@example.com", memory)->full() == "juliet@example.com");
    REQUIRE(memory.used() != 0);
}

TEST_CASE("characters that nodeprep prohibits are refused, also as compatibility forms") {
    for (const char c : {'"', '&', '\'', '/', ':', '<', '>', '@', ' ', '\x7f', '\x01', '\t'}) {
        INFO(static_cast<int>(c));
        REQUIRE_FALSE(nodeprep("a"s + c + "b"));
    }
    for (const std::string_view bad : {"a\xef\xbc\xa0"
                                       "b",
                                       "a\xef\xbc\x8f"
                                       "b",
                                       "\xc2\xa0", "a\xe2\x80\x8e"})
        REQUIRE_FALSE(nodeprep(bad));
    REQUIRE_FALSE(nodeprep("a\0b"s));
    REQUIRE(nodeprep("!#$%()*+,-.;=?[\\]^_`{|}~") == "!#$%()*+,-.;=?[\\]^_`{|}~");
}

TEST_CASE("text that is not UTF-8 is refused before stringprep sees it") {
    for (const std::string_view bad : {"\xff", "\xc3", "\xed\xa0\x80", "a\x80"}) {
        REQUIRE_FALSE(nodeprep(bad));
        REQUIRE_FALSE(nameprep(bad));
        REQUIRE_FALSE(resourceprep(bad));
        REQUIRE_FALSE(saslprep(bad));
    }
}

TEST_CASE("domains are folded, their labels checked loosely, a last full stop dropped") {
    REQUIRE(nameprep("EXAMPLE.com.") == "example.com");
    REQUIRE(nameprep("localhost") == "localhost");
    REQUIRE(nameprep("_xmpp.a-b.1") == "_xmpp.a-b.1");
    REQUIRE(nameprep("B\xc3\x9c"
                     "CHER.example") ==
            "b\xc3\xbc"
            "cher.example");
    REQUIRE(nameprep("a\xe3\x80\x82"
                     "b") == "a.b");  // ideographic full stop
    REQUIRE(nameprep("a\xef\xbd\xa1"
                     "b") == "a.b");  // its halfwidth form
    REQUIRE(parsed("a@example.com./r") == "a@example.com/r");
    for (const std::string_view bad : {"", ".", "..", "a..b", ".a", "a b", "a,b", "a/b",
                                       "a\xef\xbc\x8f"
                                       "b",
                                       "a\xef\xbc\xa0"
                                       "b",
                                       "a:5222", "a..", "*"})
        REQUIRE_FALSE(nameprep(bad));
    REQUIRE(nameprep(std::string(63, 'a') + ".b"));
    REQUIRE_FALSE(nameprep(std::string(64, 'a') + ".b"));
}

TEST_CASE("IP addresses are domains, IPv6 in brackets") {
    REQUIRE(parsed("a@127.0.0.1") == "a@127.0.0.1");
    REQUIRE(parsed("a@[::1]/r") == "a@[::1]/r");
    REQUIRE(parsed("[2001:DB8::1]") == "[2001:db8::1]");
    for (const std::string_view bad : {"::1", "[::1", "[]", "[a]", "[127.0.0.1]", "[::1]x", "[::1%eth0]"})
        REQUIRE(parsed(bad) == "refused");
}

TEST_CASE("resources keep their case and may hold nearly anything") {
    REQUIRE(resourceprep("Balcony / @ <x>") == "Balcony / @ <x>");
    REQUIRE(resourceprep("\xf0\x9f\x98\x80") == "\xf0\x9f\x98\x80");
    REQUIRE(resourceprep("a\xcc\x88") == "\xc3\xa4");  // composed
    REQUIRE_FALSE(resourceprep("a\nb"));
    REQUIRE_FALSE(resourceprep("\x7f"));
    REQUIRE_FALSE(resourceprep("\xc2\xad"));  // mapped to nothing
}

TEST_CASE("each part may have 1,023 bytes and no more") {
    const std::string most(1023, 'a');
    std::string domain;
    while (domain.size() < 1023) domain += "aaa.";
    domain.pop_back();
    REQUIRE(domain.size() == 1023);
    REQUIRE(parsed(most + "@" + domain + "/" + most).size() == 3 * 1023 + 2);
    REQUIRE(parsed(most + "a@b") == "refused");
    REQUIRE(parsed("b/" + most + "a") == "refused");
    REQUIRE(parsed("aa." + domain) == "refused");
    // U+FDFA becomes 33 bytes.
    std::string expanding;
    for (int i = 0; i < 31; ++i) expanding += "\xef\xb7\xba";
    REQUIRE(resourceprep(expanding)->size() == 1023);
    REQUIRE_FALSE(resourceprep(expanding + "a"));
    for (int i = 0; i < 300; ++i) expanding += "\xef\xb7\xba";
    REQUIRE_FALSE(resourceprep(expanding));
}

TEST_CASE("an address is made from its parts") {
    REQUIRE(jid::make("Juliet", "Example.com", "x")->full() == "juliet@example.com/x");
    REQUIRE(jid::make("", "example.com")->full() == "example.com");
    REQUIRE(jid::make("a", "example.com.")->full() == "a@example.com");
    REQUIRE_FALSE(jid::make("a@b", "example.com"));
    REQUIRE_FALSE(jid::make("a", "b/c"));
    REQUIRE_FALSE(jid::make("a", ""));
}

TEST_CASE("SASL names and passwords are prepared as RFC 4013 shows") {
    REQUIRE(saslprep("I\xc2\xadX") == "IX");
    REQUIRE(saslprep("user") == "user");
    REQUIRE(saslprep("USER") == "USER");
    REQUIRE(saslprep("\xc2\xaa") == "a");
    REQUIRE(saslprep("\xe2\x85\xa8") == "IX");
    REQUIRE(saslprep("a\xc2\xa0"
                     "b") == "a b");
    REQUIRE_FALSE(saslprep("\x07"));
    REQUIRE_FALSE(saslprep("\xd8\xa7\x31"));
}
