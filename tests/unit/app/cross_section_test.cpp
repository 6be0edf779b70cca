// One wrong example for each rule that relates one section to another, with its exact message.

#include "gateway/configuration.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace meerkat;

namespace {

const std::string smallest =
    "[general]\nhosts = [\"a.example\", \"b.example\"]\ndefault_server_domain = \"a.example\"\n"
    "[auth.internal]\n";
const std::string c2s = "[[listen.c2s]]\nport = 5222\nip_address = \"127.0.0.1\"\n";
const std::string http = "[[listen.http]]\nport = 5280\nip_address = \"127.0.0.1\"\n";

// What is said about the smallest file with `more` behind it, from line 5 on; that a section has no effect in
// this release is not what these tests are about.
std::string findings(const std::string& more) {
    std::string all;
    for (const auto& d : read_configuration(smallest + more, "f").findings) {
        if (d.reason != "not_supported_yet") all += config::render(d) + '\n';
    }
    return all;
}

}  // namespace

TEST_CASE("a shaper that a connection names must be defined") {
    CHECK(
        findings(c2s + "shaper = \"fast\"\n") ==
        "f:8:10: error: listen.c2s.shaper: there is no shaper \"fast\" [undefined_shapers]\n    hint: define "
        "it: [shaper.fast] with max_rate = ..., or write \"none\"\n");
    CHECK(findings("[s2s.outgoing]\nshaper = \"fast\"\n") ==
          "f:6:10: error: s2s.outgoing.shaper: there is no shaper \"fast\" [undefined_shapers]\n    hint: "
          "define it: [shaper.fast] with max_rate = ..., or write \"none\"\n");
    CHECK(findings(c2s + "shaper = \"fast\"\n[shaper.fast]\nmax_rate = 1\n").empty());
    CHECK(findings(c2s + "shaper = \"none\"\n").empty());
}

TEST_CASE("every undefined shaper is told at its place") {
    const std::string told = findings(
        c2s + "shaper = \"x\"\n[[listen.c2s]]\nport = 5223\nip_address = \"127.0.0.1\"\nshaper = \"y\"\n");
    CHECK(told.find("f:8:10: error: listen.c2s.shaper: there is no shaper \"x\"") != std::string::npos);
    CHECK(told.find("f:12:10: error: listen.c2s.shaper: there is no shaper \"y\"") != std::string::npos);
}

TEST_CASE("a shaper that a room names should be defined") {
    CHECK(
        findings("[modules.mod_muc]\nroom_shaper = \"slow\"\n") ==
        "f:6:15: warning: modules.mod_muc.room_shaper: there is no shaper \"slow\": nothing is bounded by it "
        "[undefined_shapers]\n    hint: define it: [shaper.slow] with max_rate = ..., or write \"none\"\n");
}

TEST_CASE("an access rule that is named should be defined") {
    CHECK(
        findings(c2s + "access = \"c2s\"\n") ==
        "f:8:10: warning: listen.c2s.access: there is no rule \"c2s\" in [access]: an undefined rule denies "
        "everybody [undefined_access_rule]\n    hint: define it: [[access.c2s]] with acl and value\n");
    CHECK(findings(c2s + "access = \"none\"\n").empty());
    CHECK(findings("[modules.mod_offline]\naccess_max_user_messages = \"much\"\n") ==
          "f:6:28: warning: modules.mod_offline.access_max_user_messages: there is no rule \"much\" in "
          "[access]: an undefined rule limits nobody [undefined_access_rule]\n    hint: define it: "
          "[[access.much]] "
          "with acl and value\n");
}

TEST_CASE("a rule that only one host defines leaves the others without") {
    const std::string own =
        "[[host_config]]\nhost = \"b.example\"\n[[host_config.access.c2s]]\nacl = \"all\"\nvalue = "
        "\"allow\"\n";
    CHECK(
        findings(c2s + "access = \"c2s\"\n" + own) ==
        "f:8:10: warning: listen.c2s.access: there is no rule \"c2s\" in [access]: an undefined rule denies "
        "everybody at a.example [undefined_access_rule]\n    hint: define it: [[access.c2s]] with acl and "
        "value\n");
    CHECK(findings("[[listen.component]]\nport = 8888\npassword = \"x\"\naccess = \"c2s\"\n" + own)
              .find("an undefined rule denies everybody [") != std::string::npos);
    CHECK(findings(own + "[host_config.modules.mod_register]\naccess = \"c2s\"\n").empty());
}

TEST_CASE("a class that a clause names should be defined") {
    CHECK(findings("[acl]\nlocal = [{}]\n[access]\nr = [{acl = \"locale\", value = \"deny\"}]\n") ==
          "f:8:13: warning: access.r.acl: there is no class \"locale\" in [acl]: this clause is for nobody "
          "[undefined_acl_class]\n    hint: did you mean \"local\"?\n");
    CHECK(findings("[access]\nr = [{acl = \"admins\", value = 1}]\n[[host_config]]\nhost = \"b.example\"\n"
                   "[[host_config.acl.admins]]\nuser = \"x\"\n")
              .empty());
}

TEST_CASE("what is built in cannot be defined anew") {
    CHECK(
        findings("[acl]\nall = [{user = \"x\"}]\n") ==
        "f:6:1: warning: acl.all: \"all\" is built in, and everybody is in it: these patterns have no effect "
        "[built_in_name]\n    hint: give the class another name\n");
    CHECK(
        findings("[acl]\nnone = []\n") ==
        "f:6:1: warning: acl.none: \"none\" is built in, and nobody is in it: these patterns have no effect "
        "[built_in_name]\n    hint: give the class another name\n");
    CHECK(
        findings("[access]\nall = []\n") ==
        "f:6:1: warning: access.all: \"all\" is built in, and allows everybody: these clauses have no effect "
        "[built_in_name]\n    hint: give the rule another name\n");
    CHECK(findings("[access]\nnone = []\n") ==
          "f:6:1: warning: access.none: \"none\" is built in, and denies everybody: these clauses have no "
          "effect [built_in_name]\n    hint: give the rule another name\n");
}

TEST_CASE("a regular expression that is wrong matches nobody") {
    CHECK(
        findings("[acl]\nx = [{user_regexp = \"(\"}]\n") ==
        "f:6:21: warning: acl.x.user_regexp: this regular expression matches nobody, because it is wrong: "
        "missing ): ( [acl_regexp_match_failed]\n    hint: it is read as Perl's without back-references and "
        "look-around\n");
}

TEST_CASE("a rule that options name should allow or deny") {
    CHECK(findings(c2s + "access = \"c2s\"\n[access]\nc2s = [{acl = \"all\", value = \"maybe\"}]\n") ==
          "f:10:30: warning: access.c2s.value: found the string \"maybe\", expected \"allow\" or \"deny\": "
          "that "
          "is what this rule is asked for, which listen.c2s.access names; with anything else it denies "
          "[unexpected_rule_value]\n");
    CHECK(findings("[access]\nother = [{acl = \"all\", value = \"maybe\"}]\n").empty());
}

TEST_CASE("rules that are known by name should answer what they are asked") {
    CHECK(
        findings("[access]\nmax_user_sessions = [{acl = \"all\", value = \"many\"}]\n") ==
        "f:6:44: warning: access.max_user_sessions.value: found the string \"many\", expected an integer or "
        "\"infinity\": that is what this rule is asked for, by its name; with anything else a user may have "
        "100 sessions [unexpected_rule_value]\n");
    CHECK(
        findings("[access]\nmax_s2s_connections = [{acl = \"all\", value = \"infinity\"}]\n") ==
        "f:6:46: warning: access.max_s2s_connections.value: found the string \"infinity\", expected an "
        "integer: that is what this rule is asked for, by its name; with anything else there is 1 connection "
        "[unexpected_rule_value]\n");
    CHECK(findings("[access]\nmam_set_prefs = [{acl = \"all\", value = 5}]\n") ==
          "f:6:40: warning: access.mam_set_prefs.value: found the integer 5, expected \"allow\", \"deny\" or "
          "\"default\": that is what this rule is asked for, by its name; with anything else the action is "
          "denied [unexpected_rule_value]\n");
    CHECK(
        findings("[access]\nmam_set_prefs_shaper = [{acl = \"all\", value = \"slow\"}]\n") ==
        "f:6:47: warning: access.mam_set_prefs_shaper.value: found the string \"slow\", expected a name from "
        "[shaper] or \"none\": that is what this rule is asked for, by its name; with anything else nothing "
        "is bounded [unexpected_rule_value]\n");
    CHECK(findings("[access]\nmax_user_sessions = [{acl = \"all\", value = \"infinity\"}]\n"
                   "mam_set_prefs_shaper = [{acl = \"all\", value = \"none\"}]\n"
                   "mam_get_prefs = [{acl = \"all\", value = \"default\"}]\n")
              .empty());
}

TEST_CASE("a method that a listener admits should be switched on for some domain") {
    CHECK(
        findings(c2s + "allowed_auth_methods = [\"internal\", \"anonymous\"]\n") ==
        "f:8:37: warning: listen.c2s.allowed_auth_methods: \"anonymous\" is not switched on for any domain: "
        "nobody logs in here by it [auth_method_not_enabled]\n    hint: write [auth.anonymous], or remove it "
        "here\n");
    CHECK(findings(c2s + "allowed_auth_methods = [\"internal\", \"anonymous\"]\n[[host_config]]\nhost = "
                         "\"b.example\"\n[host_config.auth.anonymous]\n")
              .empty());
}

TEST_CASE("somebody should be able to log in") {
    const auto reading =
        read_configuration("[general]\nhosts = [\"h\"]\ndefault_server_domain = \"h\"\n", "f");
    REQUIRE(reading.findings.size() == 1);
    CHECK(config::render(reading.findings[0]) ==
          "f: warning: auth: no auth method is switched on: nobody can log in [no_auth_method]\n    hint: "
          "write "
          "[auth.internal]");
}

TEST_CASE("a JSON web token's key has one source") {
    const std::string jwt = "[auth.jwt]\nalgorithm = \"HS256\"\nusername_key = \"user\"\n[auth.jwt.secret]\n";
    CHECK(findings(jwt + "value = \"x\"\nenv = \"KEY\"\n") ==
          "f:8:11: error: auth.jwt.secret: found env and value, expected exactly one of file, env and value: "
          "the key has one source [exactly_one_required]\n");
    CHECK(findings(jwt).find("found none, expected exactly one of") != std::string::npos);
    CHECK(findings(jwt + "value = \"x\"\n").empty());
}

TEST_CASE("BOSH needs its service, Prometheus its measurements") {
    const std::string at = "host = \"_\"\npath = \"/x\"\n";
    CHECK(
        findings(http + "[[listen.http.handlers.mongoose_bosh_handler]]\n" + at) ==
        "f:8:24: warning: listen.http.handlers.mongoose_bosh_handler: BOSH sessions are kept by a service "
        "that "
        "is not switched on: every request is answered with host-unknown [missing_service]\n    hint: write "
        "[services.service_bosh]\n");
    CHECK(
        findings(http + "[[listen.http.handlers.mongoose_prometheus_handler]]\n" + at) ==
        "f:8:24: warning: listen.http.handlers.mongoose_prometheus_handler: measurements for Prometheus are "
        "not switched on: this handler has none to show [missing_instrumentation]\n    hint: write "
        "[instrumentation.prometheus]\n");
}

TEST_CASE("a bound on queues is for one strategy of pools") {
    CHECK(
        findings("[outgoing_pools.redis.default]\nstrategy = \"next_worker\"\nmax_worker_queue_len = 5\n") ==
        "f:7:24: error: outgoing_pools.redis.default.max_worker_queue_len: max_worker_queue_len is for "
        "strategy "
        "= \"best_worker\", and strategy is the string \"next_worker\" "
        "[invalid_worker_pool_strategy_option]\n"
        "    hint: remove one of the two\n");
    CHECK(findings("[outgoing_pools.redis.default]\nmax_worker_queue_len = 5\n").empty());
}

TEST_CASE("a connection to a relational database has all its driver needs, and nothing else") {
    const std::string connection =
        "[outgoing_pools.rdbms.default.connection]\ndriver = \"pgsql\"\nhost = "
        "\"x\"\ndatabase = \"x\"\n";
    CHECK(findings(connection) ==
          "f:5:31: error: outgoing_pools.rdbms.default.connection: driver \"pgsql\" also needs username, "
          "password [invalid_rdbms_connection_options]\n");
    const std::string whole =
        "[outgoing_pools.rdbms.default.connection]\nhost = \"x\"\ndatabase = "
        "\"x\"\nusername = \"x\"\npassword = \"x\"\n";
    CHECK(findings(whole + "driver = \"mysql\"\ntls.required = true\n") ==
          "f:11:16: error: outgoing_pools.rdbms.default.connection.tls.required: only drivers \"pgsql\" and "
          "\"cockroachdb\" have this option, and this is driver \"mysql\" [invalid_rdbms_tls_options]\n    "
          "hint: "
          "remove it: with a tls table this driver uses TLS\n");
    CHECK(findings(whole + "driver = \"pgsql\"\ntls.required = true\n").empty());
}

TEST_CASE("some modules are of no use without another") {
    CHECK(findings("[modules.mod_fast_auth_token]\n") ==
          "f:5:10: warning: modules.mod_fast_auth_token: without mod_sasl2 this module has nothing to do "
          "[missing_module]\n    hint: write [modules.mod_sasl2]\n");
    CHECK(findings("[modules.mod_offline_chatmarkers]\n").find("without mod_smart_markers") !=
          std::string::npos);
    CHECK(findings("[modules.mod_fast_auth_token]\n[modules.mod_bind2]\n").empty());
}

TEST_CASE("another server has one policy and one address") {
    CHECK(
        findings("[s2s]\nhost_policy = [{host = \"x.org\", policy = \"allow\"}, {host = \"X.org\", policy = "
                 "\"deny\"}]\n") ==
        "f:6:60: error: s2s.host_policy.host: \"x.org\" has another policy already, at line 6: keep one of "
        "them "
        "[duplicate_values]\n");
    CHECK(findings("[[s2s.outgoing.address]]\nhost = \"x\"\nip_address = \"127.0.0.1\"\n"
                   "[[s2s.outgoing.address]]\nhost = \"x\"\nip_address = \"127.0.0.2\"\n")
              .find("\"x\" has another address already, at line 6") != std::string::npos);
}

TEST_CASE("a backend whose database is switched off keeps its data all the same") {
    CHECK(findings("[internal_databases]\n").empty());
    CHECK(
        findings("[internal_databases.cets]\n[modules.mod_roster]\nbackend = \"mnesia\"\n") ==
        "f:7:11: warning: modules.mod_roster.backend: [internal_databases] does not name \"mnesia\"; the "
        "data "
        "is kept in the embedded database all the same [backend_requires_internal_database]\n    hint: write "
        "[internal_databases.mnesia], or remove [internal_databases]\n");
}

TEST_CASE("no two listeners are on one address and port") {
    CHECK(findings(c2s + c2s) ==
          "f:8:1: error: listen.c2s: port 5222 of 127.0.0.1 has another listener already, at line 5 "
          "[duplicate_listeners]\n");
}
