#include "config/comments.hpp"

#include "config/term_comments.hpp"
#include "config/toml_text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace meerkat::config;

TEST_CASE("comments of Erlang terms become comments of TOML") {
    const comments found =
        find_term_comments("%%% Head.\n%%\n\n{hosts, [\"a%b\"]}. % who\n% next\r\n{x, '%', $%}.");
    REQUIRE(found.all.size() == 4);
    CHECK(found.all[0].text == "# Head.");
    CHECK(found.all[0].stands == comment_stand::above);
    CHECK_FALSE(found.all[0].before_blank);
    CHECK(found.all[1].text == "#");
    CHECK(found.all[1].before_blank);
    CHECK(found.all[2].text == "# who");
    CHECK(found.all[2].stands == comment_stand::behind);
    CHECK(found.all[2].line == 4);
    CHECK(found.all[3].text == "# next");
    CHECK(found.all[3].line == 5);
    CHECK(found.after_blank == std::vector<std::uint32_t>{4});
}

TEST_CASE("what TOML does not allow in comments does not get into them") {
    const std::string text =
        "% a\x01"
        "b \xE9t\xE9\n% \xC3\xA9\n";
    const comments found = find_term_comments(text);
    REQUIRE(found.all.size() == 2);
    CHECK(found.all[0].text == "# a?b \xC3\xA9t\xC3\xA9");
    CHECK(found.all[1].text == "# \xC3\xA9");
    diagnostics findings;
    CHECK(read_document(write_toml({}, found), "f", findings));
}

TEST_CASE("comments of terms are found in any text") {
    for (const std::string text : {"", "%", "$", "$\\", "\"", "'\\", "\"%", "$%%", "$\\%%"}) {
        INFO(text);
        for (const comment& each : find_term_comments(text).all) CHECK(each.text == "#");
    }
}
