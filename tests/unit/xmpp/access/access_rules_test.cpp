#include "xmpp/access/access_rules.hpp"

#include "xmpp/access/expression.hpp"

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
    CHECK_FALSE(holds({.match = acl_match::all, .server = "c.example"}, "x@d.example"));
}

TEST_CASE("regular expressions are found anywhere, and a wrong one matches nothing") {
    CHECK(holds({.user_regexp = "li"}, "juliet@a.example"));
    CHECK(holds({.user_regexp = "^ju.*t$"}, "juliet@a.example"));
    CHECK(holds({.user_regexp = "(?i)LI"}, "juliet@a.example"));
    CHECK(holds({.user_regexp = ""}, "juliet@a.example"));
    CHECK_FALSE(holds({.user_regexp = "^li"}, "juliet@a.example"));
    CHECK_FALSE(holds({.user_regexp = "("}, "juliet@a.example"));
    CHECK(holds({.server_regexp = "^a[.]"}, "juliet@a.example"));
    CHECK_FALSE(holds({.server_regexp = "^b[.]"}, "juliet@a.example"));
    CHECK(holds({.resource_regexp = "lc"}, "juliet@a.example/balcony"));
    CHECK_FALSE(holds({.resource_regexp = "x"}, "juliet@a.example/y"));
}

TEST_CASE("a long value does not exhaust the stack of a greedy expression") {
    CHECK(holds({.user_regexp = "^(a|b)*$"}, std::string(1023, 'a') + "@a.example"));
}

TEST_CASE("no expression takes longer than the length of the address allows") {
    const std::string longest(1023, 'a');
    for (const std::string nasty : {"(a*)*b", "(a+)+$b", "(a|aa)+b", "(a|a?)+b", "(.*a){20}b", "((a*)*)*b",
                                    "^(([a-z])+.)+[a-z]([a-z])+$b"}) {
        INFO(nasty);
        CHECK_FALSE(holds({.user_regexp = nasty}, longest + "@a.example"));
    }
    CHECK(holds({.user_regexp = "(a*)*"}, longest + "@a.example"));
    CHECK_FALSE(holds({.user_regexp = std::string(1000, '(')}, "juliet@a.example"));
    CHECK_FALSE(holds({.user_regexp = "((a{1000}){1000}){1000}"}, "juliet@a.example"));
}

TEST_CASE("a character of a regular expression is a character, not a byte") {
    CHECK(holds({.user_regexp = "^j.rg$"}, "jörg@a.example"));
    CHECK(holds({.user_regexp = "^[äöü]+$"}, "öü@a.example"));
}

TEST_CASE("back-references and look-around are wrong expressions") {
    for (const std::string beyond : {"(a)\\1", "a(?=b)", "a(?!b)", "(?<=a)b"}) {
        INFO(beyond);
        CHECK(expression(beyond).wrong());
        CHECK_FALSE(expression(beyond).found_in("aab"));
    }
    CHECK_FALSE(expression("^[a-z]{2,3}\\d?$").wrong());
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
    CHECK_FALSE(holds({.user_glob = "r*"}, "juliet@a.example"));
    CHECK(holds({.server_glob = "a.*"}, "juliet@a.example"));
    CHECK_FALSE(holds({.server_glob = "b.*"}, "juliet@a.example"));
    CHECK(holds({.resource_glob = "*cony"}, "juliet@a.example/balcony"));
    CHECK_FALSE(holds({.resource_glob = "*ard"}, "juliet@a.example/balcony"));
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

TEST_CASE("asked without a domain, every address is of its own") {
    access_options options;
    options.acl["local"] = {{}};
    options.access["rule"] = {{"local", "allow"}};
    const access_rules r(options, {"a.example"}, {{"a.example", {}}});
    CHECK(r.allows("rule", address("juliet@c.example"), ""));
    // And the general rules hold, whatever the domain has of its own.
    CHECK(r.allows("rule", address("juliet@a.example"), ""));
    CHECK_FALSE(r.allows("rule", address("juliet@a.example"), "a.example"));
}

TEST_CASE("an empty or undefined class never matches") {
    access_options options;
    options.acl["empty"] = {};
    options.access["rule"] = {{"empty", "deny"}, {"undefined", "deny"}, {"none", "deny"}, {"all", "allow"}};
    CHECK(rules(options).allows("rule", address("juliet@a.example"), "a.example"));
}

TEST_CASE("a class holds when any of its patterns does") {
    access_options options;
    options.acl["two"] = {{.user = "romeo"}, {.user = "juliet"}};
    const auto r = rules(options);
    CHECK(r.matches("two", address("romeo@a.example"), "a.example"));
    CHECK(r.matches("two", address("juliet@a.example"), "a.example"));
    CHECK_FALSE(r.matches("two", address("nurse@a.example"), "a.example"));
}

TEST_CASE("a limit is a number or infinity; whatever else a rule says, the default holds") {
    access_options options;
    options.access["number"] = {{"all", std::int64_t{3}}};
    options.access["endless"] = {{"all", "infinity"}};
    options.access["strange"] = {{"all", "many"}};
    options.access["empty"] = {};
    const auto r = rules(options);
    const auto juliet = address("juliet@a.example");
    const auto told = [&](std::string_view rule) { return r.bound(rule, juliet, "a.example", 100).bound(); };
    CHECK(told("number") == 3);
    CHECK_FALSE(told("endless"));
    CHECK(told("strange") == 100);
    CHECK(told("empty") == 100);
    CHECK(told("undefined") == 100);
}

TEST_CASE("a value that is neither allow nor deny denies") {
    access_options options;
    options.access["strange"] = {{"all", "maybe"}};
    options.access["all_word"] = {{"all", "all"}};
    const auto r = rules(options);
    const auto juliet = address("juliet@a.example");
    CHECK_FALSE(r.allows("strange", juliet, "a.example"));
    CHECK_FALSE(r.allows("strange", juliet, "a.example"));
    CHECK_FALSE(r.allows("all_word", juliet, "a.example"));
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
