// [[host_config]]: what one domain has otherwise than the rest of the server.

#include "config/table.hpp"
#include "gateway/configuration.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace meerkat;
using namespace std::chrono_literals;

namespace {

const std::string two_hosts =
    "[general]\nhosts = [\"a.example\", \"b.example\"]\ndefault_server_domain = \"a.example\"\n"
    "replaced_wait_timeout = 3000\n"
    "[auth.internal]\n[auth.password]\nscram_iterations = 5\n"
    "[modules.mod_roster]\n[modules.mod_version]\nos_info = true\n";

std::string listing(const config::diagnostics& findings) {
    std::string all;
    for (const auto& d : findings) all += config::render(d) + '\n';
    return all;
}

configuration accepted(const std::string& more) {
    auto reading = read_configuration(two_hosts + more, "f");
    INFO(listing(reading.findings));
    REQUIRE(reading.accepted());
    CHECK(reading.findings.empty());
    return std::move(*reading.value);
}

// The only finding, as an administrator sees it, without the file's name.
std::string finding(const std::string& more) {
    const auto reading = read_configuration(two_hosts + more, "f");
    if (reading.findings.size() != 1) return listing(reading.findings);
    const std::string shown = config::render(reading.findings[0]);
    return shown.substr(shown.find(':') + 1);
}

const std::string entry = "[[host_config]]\nhost = \"b.example\"\n";

}  // namespace

TEST_CASE("a host without an entry has what the server has") {
    const auto c = accepted("");
    const auto a = c.for_host("a.example");
    CHECK(a.auth == &c.auth);
    CHECK(a.modules == &c.modules);
    CHECK(a.replaced_wait_timeout == 3000ms);
    CHECK(access_by_host(c).empty());
    CHECK(auth_by_host(c).empty());
}

TEST_CASE("a host's own auth section replaces the general one completely") {
    const auto c = accepted(entry + "[host_config.auth.anonymous]\nprotocol = \"both\"\n");
    const auto b = c.for_host("b.example");
    CHECK(b.auth->methods == std::vector{auth_method::anonymous});
    CHECK_FALSE(b.auth->internal);
    CHECK(b.auth->password.scram_iterations == password_options{}.scram_iterations);
    CHECK(c.for_host("a.example").auth == &c.auth);
    REQUIRE(auth_by_host(c).size() == 1);
    CHECK(auth_by_host(c).at("b.example").anonymous->protocol == anonymous_protocol::both);
}

TEST_CASE("a host's own modules replace the general ones completely") {
    const auto c = accepted(entry + "[host_config.modules.mod_version]\n");
    const auto b = c.for_host("b.example");
    CHECK_FALSE(b.modules->mod_roster);
    REQUIRE(b.modules->mod_version);
    CHECK_FALSE(b.modules->mod_version->os_info);
    CHECK(c.for_host("a.example").modules->mod_roster);
}

TEST_CASE("a host's classes and rules are put together with the general ones") {
    const auto c = accepted(
        "[acl]\nadmins = [{user = \"alice\"}]\n"
        "[access]\nc2s = [{acl = \"admins\", value = \"allow\"}, {acl = \"all\", value = \"allow\"}]\n" +
        entry +
        "[[host_config.acl.admins]]\nuser = \"bob\"\n"
        "[host_config.access]\nc2s = [{acl = \"none\", value = \"deny\"}]\n");
    const auto access = access_by_host(c);
    REQUIRE(access.size() == 1);
    const auto& b = access.at("b.example");
    CHECK(b.acl.at("admins") == std::vector<acl_pattern>{{.user = "alice"}, {.user = "bob"}});
    REQUIRE(b.access.at("c2s").size() == 3);
    CHECK(b.access.at("c2s")[1].acl == "none");
    CHECK(b.access.at("c2s")[2].acl == "all");
    CHECK(c.for_host("a.example").access.access.at("c2s").size() == 2);
}

TEST_CASE("two general options may differ by host, one by one") {
    const auto c = accepted(entry + "[host_config.general]\nreplaced_wait_timeout = 7\n");
    CHECK(c.for_host("b.example").replaced_wait_timeout == 7ms);
    CHECK(c.general.replaced_wait_timeout_of("b.example") == 7ms);
    CHECK(c.general.replaced_wait_timeout_of("a.example") == 3000ms);
    CHECK(c.for_host("b.example").auth == &c.auth);
}

TEST_CASE("of several entries for one host the last holds, section by section") {
    const auto c = accepted(entry +
                            "[host_config.general]\nreplaced_wait_timeout = 7\n"
                            "[host_config.modules.mod_time]\n"
                            "[host_config.access]\nr = [{acl = \"all\", value = 1}]\n" +
                            entry +
                            "[host_config.modules.mod_ping]\n"
                            "[host_config.access]\ns = [{acl = \"all\", value = 2}]\n");
    const auto b = c.for_host("b.example");
    CHECK(b.replaced_wait_timeout == 7ms);
    CHECK(b.modules->mod_ping);
    CHECK_FALSE(b.modules->mod_time);
    CHECK_FALSE(b.access.access.contains("r"));
    CHECK(b.access.access.contains("s"));
}

TEST_CASE("host and host_type are one, host_type wins, and names are prepared") {
    const auto c = accepted("[[host_config]]\nhost_type = \"B.Example\"\n[host_config.modules.mod_ping]\n");
    CHECK(c.for_host("b.example").modules->mod_ping);
    CHECK(
        finding("[[host_config]]\nhost = \"a.example\"\nhost_type = \"b.example\"\n") ==
        "11:1: warning: host_config: this entry names host \"a.example\" and host_type \"b.example\": it is "
        "for \"b.example\" [two_hosts]\n    hint: remove host; an entry is for one host");
}

TEST_CASE("an entry has to say what it is for") {
    CHECK(
        finding("[[host_config]]\n[host_config.modules.mod_ping]\n") ==
        "11:1: error: host_config: this entry has neither host nor host_type: it does not say what it is for "
        "[missing_mandatory_keys]\n    hint: write host = \"example.org\", one of the domains in "
        "general.hosts");
}

TEST_CASE("an entry for a host that is not served is ignored, with a warning") {
    CHECK(
        finding("[[host_config]]\nhost = \"c.example\"\n") ==
        "12:8: warning: host_config.host: \"c.example\" is neither in general.hosts nor in "
        "general.host_types: this entry has no effect [unknown_host]\n    hint: did you mean \"a.example\"?");
    CHECK(
        finding("[[host_config]]\nhost_type = \"elsewhere.org\"\n") ==
        "12:13: warning: host_config.host_type: \"elsewhere.org\" is neither in general.hosts nor in "
        "general.host_types: this entry has no effect [unknown_host]\n    hint: add it to general.hosts, or "
        "remove the entry");
}

TEST_CASE("what holds for the whole server is refused in an entry") {
    CHECK(finding(entry + "[host_config.general]\nloglevel = \"debug\"\n") ==
          "14:1: error: host_config.general.loglevel: this can only be set for the whole server "
          "[not_per_host]\n    hint: move it to [general]");
    CHECK(finding(entry + "[host_config.general]\nhosts = []\n") ==
          "14:1: error: host_config.general.hosts: this can only be set for the whole server "
          "[not_per_host]\n    hint: move it to [general]");
    CHECK(finding(entry + "[host_config.general]\nfoo = 1\n") ==
          "14:1: error: host_config.general: unknown key \"foo\" [unexpected_key]\n    hint: allowed here: "
          "\"replaced_wait_timeout\", \"route_subdomains\"");
    for (const std::string section :
         {"listen", "shaper", "services", "internal_databases", "instrumentation"}) {
        INFO(section);
        CHECK(finding(entry + "[host_config." + section + "]\n") ==
              "13:14: error: host_config." + section +
                  ": this can only be set for the whole server [unexpected_key]\n    hint: move it out of "
                  "[[host_config]]");
    }
}

TEST_CASE("sections of an entry are checked like those of the whole server") {
    CHECK(
        finding(entry + "[host_config.auth.password]\nhash = []\n") ==
        "14:8: error: host_config.auth.password.hash: found an empty array, expected a non-empty array, each "
        "item one of \"sha\", \"sha224\", \"sha256\", \"sha384\", \"sha512\" [empty_value]");
    CHECK(finding(entry + "[host_config.modules.mod_foo]\n").find("module_not_found") != std::string::npos);
    CHECK(finding(entry + "[host_config.auth]\n[host_config.modules.mod_ping]\n") ==
          "13:1: warning: host_config.auth: no auth method is switched on: nobody can log in at b.example "
          "[no_auth_method]\n    hint: write [host_config.auth.internal]");
}

TEST_CASE("modules that cannot serve domains added at run time are refused where such domains may be") {
    const std::string types =
        "[general]\nhosts = [\"h\"]\ndefault_server_domain = \"h\"\nhost_types = "
        "[\"kind\"]\n[auth.internal]\n";
    const auto errors = [&](const std::string& more) {
        std::string all;
        for (const auto& d : read_configuration(types + more, "f").findings)
            if (d.level == config::severity::error) all += config::render(d) + '\n';
        return all;
    };
    CHECK(
        errors("[modules.mod_pubsub_old]\n") ==
        "f:6:10: error: modules.mod_pubsub_old: mod_pubsub_old cannot serve domains that are added while the "
        "server runs, which general.host_types is for [dynamic_domains_not_supported]\n    hint: write it in "
        "a [[host_config]] of a domain in general.hosts, or remove it\n");
    CHECK(errors("[[host_config]]\nhost_type = \"kind\"\n[host_config.modules.mod_pubsub_old]\n") ==
          "f:8:22: error: host_config.modules.mod_pubsub_old: mod_pubsub_old cannot serve domains that are "
          "added while the server runs, which general.host_types is for [dynamic_domains_not_supported]\n    "
          "hint: remove it\n");
    CHECK(errors("[[host_config]]\nhost = \"h\"\n[host_config.modules.mod_pubsub_old]\n").empty());
    CHECK(errors("[modules.mod_ping]\n").empty());
}
