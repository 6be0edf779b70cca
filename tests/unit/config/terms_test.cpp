#include "config/terms.hpp"

#include "config/document.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace meerkat::config;

namespace {

std::vector<term> parsed(std::string_view text) {
    diagnostics findings;
    auto terms = read_terms(text, "m.cfg", findings);
    INFO(text);
    if (!findings.empty()) INFO(render(findings.front()));
    REQUIRE(findings.empty());
    REQUIRE(terms);
    return std::move(*terms);
}

term one(std::string_view text) {
    auto terms = parsed(text);
    REQUIRE(terms.size() == 1);
    return std::move(terms.front());
}

diagnostic refusal(std::string_view text) {
    diagnostics findings;
    INFO(text);
    REQUIRE_FALSE(read_terms(text, "m.cfg", findings));
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().level == severity::error);
    CHECK(findings.front().file == "m.cfg");
    return findings.front();
}

void check_refused(std::string_view text, place where, std::string_view said) {
    const diagnostic d = refusal(text);
    INFO(render(d));
    CHECK(d.where == where);
    CHECK(d.reason == "terms_parsing_failed");
    CHECK(d.text.find(said) != std::string::npos);
    CHECK_FALSE(d.hint.empty());
}

}  // namespace

TEST_CASE("a file of terms is read in order, with places, past comments and blank lines") {
    const auto terms =
        parsed("%% a comment. {no, term}.\n{loglevel, 3}. override_acls.\n\n  {hosts, [\"a\",\n \"b\"]} .");
    REQUIRE(terms.size() == 3);
    CHECK(terms[0].is_tuple_of("loglevel"));
    CHECK(terms[0].where == place{2, 1});
    CHECK(terms[0].items[1].where == place{2, 12});
    CHECK(terms[1].is_atom("override_acls"));
    CHECK(terms[1].where == place{2, 16});
    const term& hosts = terms[2].items[1];
    REQUIRE(hosts.is_list());
    CHECK(hosts.items[1].text == "b");
    CHECK(hosts.items[1].where == place{5, 2});
    CHECK(parsed("").empty());
    CHECK(parsed("% only a comment").empty());
    CHECK(one("\xEF\xBB\xBF"
              "a.")
              .where == place{1, 1});
}

TEST_CASE("columns count characters, not bytes") {
    CHECK(one("{\"\u00E4\u00F6\u00FC\", x}.").items[1].where == place{1, 9});
    CHECK(one("{\"\U0001F600\", x}.").items[1].where == place{1, 7});
}

TEST_CASE("atoms stand plain or in single quotes") {
    CHECK(one("mod_x@1.").is_atom("mod_x@1"));
    CHECK(one("'tlsv1.2'.").is_atom("tlsv1.2"));
    CHECK(one("'it\\'s \\n'.").is_atom("it's \n"));
    CHECK(one("''.").is_atom(""));
    CHECK(one("true.").kind == term_kind::atom);
}

TEST_CASE("integers may be signed, in another base, with underscores, or characters") {
    CHECK(one("5222.").integer == 5222);
    CHECK(one("-7.").integer == -7);
    CHECK(one("+7.").integer == 7);
    CHECK(one("16#fF.").integer == 255);
    CHECK(one("-2#101.").integer == -5);
    CHECK(one("36#z.").integer == 35);
    CHECK(one("1_000_000.").integer == 1'000'000);
    CHECK(one("$a.").integer == 'a');
    CHECK(one("$\\n.").integer == '\n');
    CHECK(one("$\\\\.").integer == '\\');
    CHECK(one("[$.].").items[0].integer == '.');
    CHECK(one("9223372036854775807.").integer == 9223372036854775807);
    check_refused("9223372036854775808.", {1, 1}, "too large");
    check_refused("{a, 1#0}.", {1, 5}, "base");
    check_refused("37#1.", {1, 1}, "base");
    check_refused("2#3.", {1, 1}, "digits");
    check_refused("12ab.", {1, 3}, "letter follows a number");
    check_refused("-a.", {1, 1}, "number after the sign");
}

TEST_CASE("floating point numbers have digits on both sides of the dot") {
    CHECK(one("1.5.").number == 1.5);
    CHECK(one("-0.25.").number == -0.25);
    CHECK(one("1.0e3.").number == 1000.0);
    CHECK(one("2.5E-1.").number == 0.25);
    CHECK(one("5.\n").kind == term_kind::integer);
    check_refused("1.0e.", {1, 1}, "after the `e`");
    check_refused("1.0e999.", {1, 1}, "too large");
}

TEST_CASE("strings know escapes and join their neighbours") {
    CHECK(one("\"a b\".").text == "a b");
    CHECK(one(R"("a\"b\\c\n\t\s\x41\x{e9}\101".)").text == "a\"b\\c\n\t A\u00E9A");
    CHECK(one("\"ab\" \"cd\"\n% comment\n\"ef\".").text == "abcdef");
    CHECK(one("\"two\nlines\".").text == "two\nlines");
    CHECK(one("\"\u00E4\".").text == "\u00E4");
    CHECK(one("\"\".").kind == term_kind::string);
    check_refused("{a, \"open}.\n", {1, 5}, "never closed");
    check_refused("\"\xE4\".", {1, 2}, "not UTF-8");
    check_refused("\"\\x{110000}\".", {1, 2}, "names no character");
    check_refused("\"\\x{d800}\".", {1, 2}, "names no character");
    check_refused("\"\\xq\".", {1, 2}, "names no character");
    check_refused("\"a\\", {1, 3}, "after a backslash");
}

TEST_CASE("binaries are texts") {
    CHECK(one("<<\"abc\">>.").text == "abc");
    CHECK(one("<<\"abc\">>.").kind == term_kind::binary);
    CHECK(one("<< \"abc\"/utf8 >>.").text == "abc");
    CHECK(one("<<\"a\", \"b\">>.").text == "ab");
    CHECK(one("<<>>.").text.empty());
    check_refused("<<1,2,3>>.", {1, 3}, "must be a text");
    check_refused("<<\"a\"", {1, 6}, "expected `>>`");
}

TEST_CASE("tuples and lists nest, up to a limit") {
    const term t = one("{a, [{b, []}, {}], [[1], [2, 3]]}.");
    REQUIRE(t.is_tuple(3));
    CHECK(t.items[1].items[0].is_tuple_of("b"));
    CHECK(t.items[1].items[1].is_tuple(0));
    CHECK(t.items[2].items[1].items[1].integer == 3);
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']') + ".";
    };
    parsed(nested(deepest_term));
    CHECK(refusal(nested(deepest_term + 1)).reason == "too_deep");
    CHECK(refusal(std::string(1'000'000, '{')).reason == "too_deep");
}

TEST_CASE("what is missing or too much is said where it is noticed") {
    check_refused("{a, b", {1, 6}, "ends inside a tuple or list");
    check_refused("{a, b}", {1, 7}, "ends inside a term");
    check_refused("{a b}.", {1, 4}, "expected `,` or `}`");
    check_refused("[a\n b].", {2, 2}, "expected `,` or `]`");
    check_refused("{a, }.", {1, 5}, "found `}` where a value");
    check_refused("{a, b}].", {1, 7}, "expected the dot");
    check_refused("{a, b}.{c, d}.", {1, 7}, "must follow the dot");
    check_refused("{a, ;}.", {1, 5}, "begins no value");
    check_refused("{a,", {1, 4}, "ends where a value");
    check_refused("[a, b,]}.", {1, 7}, "found `]`");
}

TEST_CASE("what Erlang knows and a configuration cannot hold is refused by name") {
    check_refused("[a | b].", {1, 4}, "[Head | Tail]");
    check_refused("{a, #{b => 1}}.", {1, 5}, "maps");
    check_refused("{a, #rec{}}.", {1, 5}, "maps");
    check_refused("{a, fun m:f/1}.", {1, 5}, "functions");
    check_refused("{a, Port}.", {1, 5}, "variable");
    check_refused("{a, ?PORT}.", {1, 5}, "macros");
    CHECK(one("{a, #{ }}.").items[1].is_list());
}

TEST_CASE("an error does not repeat what may be a password") {
    for (const char* text : {"{password, hunter2 x}.", "{password, \"hunter2 }.", "{password, Hunter2}.",
                             "{password, \"hunter2\" hunter2}."}) {
        CHECK(render(refusal(text)).find("unter2") == std::string::npos);
    }
}

TEST_CASE("the size of a file and the number of its terms are bounded") {
    CHECK(refusal(std::string(largest_document + 1, '%')).reason == "too_large");
    std::string many = "[";
    for (std::size_t i = 0; i < most_terms; ++i) many += "a,";
    CHECK(refusal(many + "a].").reason == "too_large");
}

TEST_CASE("a file cut anywhere is read or refused, never worse") {
    const std::string whole =
        "%c\n{a, [\"b\\x{41}\" \"c\", <<\"d\"/utf8>>, 'e\\'', 16#fF, -1.5e-3, $\\n, #{}]}. f.\n";
    parsed(whole);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        diagnostics findings;
        const auto terms = read_terms(whole.substr(0, length), "m.cfg", findings);
        CHECK(terms.has_value() == findings.empty());
    }
}

TEST_CASE("a described term shows neither texts nor numbers") {
    CHECK(one("x.").describe() == "the atom x");
    CHECK(one("\"secret\".").describe() == "a string");
    CHECK(one("<<\"secret\">>.").describe() == "a binary");
    CHECK(one("42.").describe() == "an integer");
    CHECK(one("{a, b, c}.").describe() == "a tuple of 3");
    CHECK(one("[].").describe() == "an empty list");
}
