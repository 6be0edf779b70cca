#include "xmpp/access/access_rules.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;

namespace {

access_clause clause(std::string acl, std::string value) {
    return {std::move(acl), rule_value(std::move(value))};
}

}  // namespace

TEST_CASE("a host's own patterns stand behind the general ones of the class") {
    access_options general;
    general.acl["admins"] = {{.user = "alice"}};
    general.acl["others"] = {{.user = "carol"}};
    access_options own;
    own.acl["admins"] = {{.user = "bob"}};
    own.acl["new"] = {{}};
    const auto all = for_host(general, own);
    CHECK(all.acl.at("admins") == std::vector<acl_pattern>{{.user = "alice"}, {.user = "bob"}});
    CHECK(all.acl.at("others") == general.acl.at("others"));
    CHECK(all.acl.at("new") == own.acl.at("new"));
}

TEST_CASE("equal lists of a host and of the server are not doubled") {
    access_options both;
    both.acl["admins"] = {{.user = "alice"}};
    both.access["c2s"] = {clause("all", "allow")};
    const auto all = for_host(both, both);
    CHECK(all.acl.at("admins").size() == 1);
    CHECK(all.access.at("c2s").size() == 1);
}

TEST_CASE("a host's own clauses stand behind the general ones, but before a last one that allows everybody") {
    access_options general;
    general.access["open"] = {clause("blocked", "deny"), clause("all", "allow")};
    general.access["closed"] = {clause("admins", "allow"), clause("all", "deny")};
    general.access["empty"] = {};
    access_options own;
    own.access["open"] = {clause("guests", "deny")};
    own.access["closed"] = {clause("guests", "allow")};
    own.access["empty"] = {clause("all", "allow")};
    own.access["new"] = {clause("all", "allow")};
    const auto all = for_host(general, own);
    using list = std::vector<access_clause>;
    CHECK(all.access.at("open") ==
          list{clause("blocked", "deny"), clause("guests", "deny"), clause("all", "allow")});
    CHECK(all.access.at("closed") ==
          list{clause("admins", "allow"), clause("all", "deny"), clause("guests", "allow")});
    CHECK(all.access.at("empty") == own.access.at("empty"));
    CHECK(all.access.at("new") == own.access.at("new"));
}

TEST_CASE("each domain is judged by its own rules, the others by the general ones") {
    access_options general;
    general.access["c2s"] = {clause("blocked", "deny"), clause("all", "allow")};
    access_options own;
    own.acl["blocked"] = {{.user = "tybalt"}};
    const access_rules rules(general, {"a.example", "b.example"}, {{"a.example", for_host(general, own)}});
    CHECK_FALSE(rules.allows("c2s", *jid::parse("tybalt@a.example"), "a.example"));
    CHECK(rules.allows("c2s", *jid::parse("juliet@a.example"), "a.example"));
    CHECK(rules.allows("c2s", *jid::parse("tybalt@b.example"), "b.example"));
}
