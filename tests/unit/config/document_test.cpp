#include "config/document.hpp"

#include "config/key_depth.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace meerkat::config;

namespace {

node parsed(std::string_view text) {
    diagnostics findings;
    auto root = read_document(text, "f.toml", findings);
    REQUIRE(findings.empty());
    REQUIRE(root);
    return std::move(*root);
}

std::string refusal(std::string_view text) {
    diagnostics findings;
    REQUIRE_FALSE(read_document(text, "f.toml", findings));
    REQUIRE(findings.size() == 1);
    return render(findings.front());
}

}  // namespace

TEST_CASE("every value and key knows its line and column") {
    const node root = parsed("[a]\n  x = 1\n  y.z = 'text'\n[[b]]\n[[b]]\nl = [true, 2.5]\n");
    const node* a = root.find("a");
    REQUIRE(a);
    CHECK(a->where() == place{1, 1});
    CHECK(a->table()->front().where == place{2, 3});
    CHECK(a->find("x")->where() == place{2, 7});
    CHECK(*a->find("x")->integer() == 1);
    CHECK(*a->find("y")->find("z")->text() == "text");
    CHECK(a->find("y")->find("z")->where() == place{3, 9});
    const node_array& b = *root.find("b")->array();
    REQUIRE(b.size() == 2);
    CHECK(b[1].where() == place{5, 1});
    const node_array& l = *b[1].find("l")->array();
    CHECK(*l[0].boolean());
    CHECK(l[1].where() == place{6, 12});
    CHECK(*l[1].number() == 2.5);
}

TEST_CASE("the members of a table stand in the order of the file") {
    const node root = parsed("[handlers.z]\n[handlers.a]\n[handlers.m]\n");
    std::string order;
    for (const member& m : *root.find("handlers")->table()) order += m.key;
    CHECK(order == "zam");
}

TEST_CASE("dotted keys, sub-tables and inline tables are the same") {
    for (const char* text :
         {"[l]\ntls.mode = 'tls'", "[l.tls]\nmode = 'tls'", "l = {tls = {mode = 'tls'}}"}) {
        CHECK(*parsed(text).find("l")->find("tls")->find("mode")->text() == "tls");
    }
}

TEST_CASE("a syntax error is one finding with its place") {
    const std::string said = refusal("[general]\nhosts = [\"a\"\n\n[auth]\n");
    CHECK(said.starts_with("f.toml:4:"));
    CHECK(said.find("this is not TOML") != std::string::npos);
    CHECK(said.find("[toml_parsing_failed]") != std::string::npos);
    CHECK(refusal("a = 1\na = 2\n").starts_with("f.toml:2:"));
    CHECK(refusal("[>general]\n").starts_with("f.toml:1:2: error: "));
    CHECK(refusal("\u021D = 1\n").starts_with("f.toml:1:1: error: "));
    CHECK(*parsed("a = \"\"\"\\\n\u021D\"\"\"").find("a")->text() == "\u021D");
}

TEST_CASE("an unquoted password is not repeated in the error") {
    CHECK(refusal("password = hunter2\n").find("hunter2") == std::string::npos);
    CHECK(refusal("password = \"hunter2\n").find("hunter2") == std::string::npos);
}

TEST_CASE("dates and times are refused where they stand") {
    CHECK(refusal("a = 1\nb = 1979-05-27T07:32:00Z\n") ==
          "f.toml:2:5: error: found a date or time; no option takes one [wrong_type]");
    CHECK(refusal("b = [1979-05-27]\n").starts_with("f.toml:1:6: error"));
}

TEST_CASE("a file beyond 16 MiB is refused unread") {
    CHECK(refusal(std::string(largest_document + 1, '#')) ==
          "f.toml: error: the file is larger than 16 MiB [too_large]");
}

TEST_CASE("nesting is bounded in every form it can take") {
    std::string dotted = "a";
    std::string arrays;
    for (int i = 0; i < 100'000; ++i) dotted += ".a";
    for (int i = 0; i < 100'000; ++i) arrays += '[';
    CHECK(refusal(dotted + " = 1").find("[too_deep]") != std::string::npos);
    CHECK(refusal("[" + dotted + "]").find("[too_deep]") != std::string::npos);
    CHECK(refusal("x = {" + dotted + " = 1}").find("[too_deep]") != std::string::npos);
    refusal("x = " + arrays);
    std::string below_each;
    for (int i = 0; i < 30; ++i) below_each += i == 0 ? "a" : ".a";
    CHECK(refusal("[" + below_each + "]\n" + below_each + " = {" + below_each + " = 1}").find("[too_deep]") !=
          std::string::npos);
}

TEST_CASE("dots in strings and comments are not parts of a key") {
    const std::string dots(200, '.');
    for (const std::string& text :
         {"a = \"" + dots + "\"", "a = '" + dots + "'", "# " + dots, "a = \"\"\"\n" + dots + "\"\"\"",
          "a = '''" + dots + "'''", "a = \"\\\"" + dots + "\"", "\"" + dots + "\" = 1"}) {
        CHECK_FALSE(find_deep_key(text, 32));
        parsed(text);
    }
    CHECK(find_deep_key("a = \"x\"\nb.c.d = 1", 2) == place{2, 4});
}

TEST_CASE("a described value is short, on one line, and silent about secrets") {
    CHECK(node(std::int64_t{5}, {}).describe(false) == "the integer 5");
    CHECK(node(std::string("a\nb"), {}).describe(false) == "the string \"a?b\"");
    CHECK(node(std::string("secret"), {}).describe(true) == "a value that is kept secret");
    CHECK(node(std::string(500, 'x'), {}).describe(false).size() < 110);
    CHECK(node(node_table{}, {}).describe(true) == "a table");
}
