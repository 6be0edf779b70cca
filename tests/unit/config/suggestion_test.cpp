#include "config/suggestion.hpp"

#include <catch2/catch.hpp>

using namespace meerkat::config;

TEST_CASE("the edit distance counts insertions, deletions, replacements and swaps") {
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("port", "prot") == 1);
    CHECK(edit_distance("startls", "starttls") == 1);
    CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest word is suggested if it is near enough") {
    CHECK(suggestion("maxrate", {"max_rate", "min_rate"}) == "did you mean \"max_rate\"?");
    CHECK(suggestion("zzz", {"max_rate"}).empty());
    CHECK(suggestion("x", {}).empty());
    CHECK(suggestion(std::string(100'000, 'x'), {"max_rate"}).empty());
}
