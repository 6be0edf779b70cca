#include "xmpp/access/access_rules.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;

namespace {

jid address(std::string_view text) {
    auto parsed = jid::parse(text);
    REQUIRE(parsed);
    return *parsed;
}

access_rules rules(access_options options) { return {std::move(options), {"a.example", "b.example"}}; }

// Whether one pattern holds for an address, asked for a.example.
bool holds(acl_pattern pattern, std::string_view who) {
    access_options options;
    options.acl["class"] = {std::move(pattern)};
    return rules(std::move(options)).matches("class", address(who), "a.example");
}

}  // namespace

TEST_CASE("an empty pattern holds for every user of the domain asked for") {
    CHECK(holds({}, "juliet@a.example"));
    CHECK_FALSE(holds({}, "juliet@b.example"));
}

TEST_CASE("match widens or closes a pattern's domains") {
    CHECK(holds({.match = acl_match::any_hosted_domain}, "juliet@b.example"));
    CHECK_FALSE(holds({.match = acl_match::any_hosted_domain}, "juliet@c.example"));
    CHECK(holds({.match = acl_match::all}, "juliet@c.example"));
    CHECK_FALSE(holds({.match = acl_match::none}, "juliet@a.example"));
}

TEST_CASE("all conditions of a pattern must hold") {
    const acl_pattern both{.match = acl_match::all, .user = "juliet", .resource = "balcony"};
    CHECK(holds(both, "juliet@c.example/balcony"));
    CHECK_FALSE(holds(both, "juliet@c.example/orchard"));
    CHECK_FALSE(holds(both, "romeo@c.example/balcony"));
    CHECK(holds({.match = acl_match::all, .server = "c.example"}, "x@c.example"));
}

TEST_CASE("regular expressions are found anywhere, and a wrong one matches nothing") {
    CHECK(holds({.user_regexp = "li"}, "juliet@a.example"));
    CHECK(holds({.user_regexp = "^ju.*t$"}, "juliet@a.example"));
    CHECK(holds({.user_regexp = "(?i)LI"}, "juliet@a.example"));
    CHECK(holds({.user_regexp = ""}, "juliet@a.example"));
    CHECK_FALSE(holds({.user_regexp = "^li"}, "juliet@a.example"));
    CHECK_FALSE(holds({.user_regexp = "("}, "juliet@a.example"));
    CHECK(holds({.server_regexp = "^a[.]"}, "juliet@a.example"));
    CHECK_FALSE(holds({.resource_regexp = "x"}, "juliet@a.example/y"));
}

TEST_CASE("a long value does not exhaust the stack of a greedy expression") {
    CHECK(holds({.user_regexp = "^(a|b)*$"}, std::string(1023, 'a') + "@a.example"));
}

TEST_CASE("globs hold for the whole value") {
    CHECK(glob_matches("", ""));
    CHECK(glob_matches("*", ""));
    CHECK(glob_matches("*", "anything"));
    CHECK(glob_matches("j*t", "juliet"));
    CHECK(glob_matches("j?liet", "juliet"));
    CHECK(glob_matches("*li*", "juliet"));
    CHECK(glob_matches("[jr]*", "romeo"));
    CHECK(glob_matches("[!jr]*", "nurse"));
    CHECK(glob_matches("a[b", "a[b"));
    CHECK(glob_matches("a.b", "a.b"));
    CHECK(glob_matches("**a**b", "xxaxxb"));
    CHECK_FALSE(glob_matches("a.b", "axb"));
    CHECK_FALSE(glob_matches("[!jr]*", "romeo"));
    CHECK_FALSE(glob_matches("julie", "juliet"));
    CHECK_FALSE(glob_matches("?", ""));
    CHECK_FALSE(glob_matches("[", ""));
    CHECK_FALSE(glob_matches("[a", "a"));
    CHECK_FALSE(glob_matches("*a*a*a*a*a*a*a*a*b", std::string(1000, 'a')));
    CHECK(holds({.user_glob = "j*"}, "juliet@a.example"));
}

TEST_CASE("the first clause whose class fits decides") {
    access_options options;
    options.acl["blocked"] = {{.user = "tybalt"}};
    options.access["c2s"] = {{"blocked", "deny"}, {"undefined", "deny"}, {"all", "allow"}};
    options.access["limit"] = {{"blocked", std::int64_t{1}}, {"all", std::int64_t{10}}};
    const auto r = rules(options);
    const auto juliet = address("juliet@a.example");
    const auto tybalt = address("tybalt@a.example");
    CHECK(r.allows("c2s", juliet, "a.example"));
    CHECK_FALSE(r.allows("c2s", tybalt, "a.example"));
    CHECK(r.evaluate("limit", tybalt, "a.example") == rule_value(std::int64_t{1}));
    CHECK(r.evaluate("limit", juliet, "a.example") == rule_value(std::int64_t{10}));
    CHECK_FALSE(r.allows("limit", juliet, "a.example"));
}

TEST_CASE("all and none need no rule, and an undefined rule denies") {
    access_options options;
    options.access["all"] = {{"all", "deny"}};
    options.access["empty"] = {};
    options.acl["all"] = {};
    const auto r = rules(options);
    const auto juliet = address("juliet@a.example");
    CHECK(r.allows("all", juliet, "a.example"));
    CHECK_FALSE(r.allows("none", juliet, "a.example"));
    CHECK_FALSE(r.allows("undefined", juliet, "a.example"));
    CHECK_FALSE(r.allows("empty", juliet, "a.example"));
    CHECK(r.find("empty", juliet, "a.example") == rule_value("deny"));
    CHECK_FALSE(r.find("undefined", juliet, "a.example"));
    CHECK(r.matches("all", juliet, "a.example"));
    CHECK_FALSE(r.matches("none", juliet, "a.example"));
}

TEST_CASE("a shaper is found by its name, except none") {
    access_options options;
    options.shaper["fast"] = {50000};
    options.shaper["none"] = {1};
    const auto r = rules(options);
    REQUIRE(r.shaper("fast"));
    CHECK(r.shaper("fast")->max_rate == 50000);
    CHECK_FALSE(r.shaper("none"));
    CHECK_FALSE(r.shaper("slow"));
}
