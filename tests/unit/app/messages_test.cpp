// What an administrator reads about a file with one mistake of every kind. The sentences are for somebody who
// has never seen the file: what was found, what is allowed, what to write.

#include "gateway/configuration.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace meerkat;

namespace {

constexpr std::string_view wrong_file = R"toml([general]
hosts = "example.org"
language = ""
hide_service_name = "true"
shards = 1000
registration_timeout = "never"
replaced_wait_timeout = 0
default_server_domain = "a b"
loglevl = "info"
loglevel = "inf"
trusted_proxies = ["10.0.0.0/99"]

[auth]
methods = ["internal", "sql"]
password.hash = []
sasl_mechanisms = ["plain", "plain"]

[[listen.c2s]]
port = "5222"
ip_address = "localhost"
max_stanza_size = 0
access = 5
[listen.c2s.tls]
certfile = "/nowhere.pem"
ciphers = "NO-SUCH"
versions = "tlsv1.3"

[listen.http]
port = 5280

[[listen.http2]]
port = 1

[[listen.s2s]]
ip_version = 5
backlog = 1.0

[modules.mod_disco]
extra_domains = ["x", 5]
[[modules.mod_disco.server_info]]
name = "abuse-addresses"
[[modules.mod_register]]
access = "all"
[modules.mod_registr]

[acl]
x = [{user = "a b"}, {match = "current"}]

[access]
y = [{acl = "all", value = true}]

[shaper]
z = 5
)toml";

constexpr std::string_view what_is_said =
    R"txt(f:2:9: error: general.hosts: found the string "example.org", expected an array, each item a host name [wrong_type]
    hint: write it in square brackets
f:3:12: error: general.language: found the string "", expected a non-empty string [empty_value]
f:4:21: error: general.hide_service_name: found the string "true", expected true or false [wrong_type]
    hint: write it without quotes
f:5:10: error: general.shards: found the integer 1000, expected an integer from 1 to 256 [out_of_range]
f:6:24: error: general.registration_timeout: found the string "never", expected an integer of at least 1 (seconds) or "infinity" [wrong_type]
f:7:25: error: general.replaced_wait_timeout: found the integer 0, expected an integer of at least 1 (milliseconds) [out_of_range]
f:8:25: error: general.default_server_domain: found the string "a b", expected a host name [invalid_host]
f:9:1: error: general: unknown key "loglevl" [unexpected_key]
    hint: did you mean "loglevel"?
f:10:12: error: general.loglevel: found the string "inf", expected one of "none", "emergency", "alert", "critical", "error", "warning", "notice", "info", "debug", "all" [validate_enum_failed]
    hint: did you mean "info"?
f:11:20: error: general.trusted_proxies: found the string "10.0.0.0/99", expected an IP address, or a network such as "10.0.0.0/8" [invalid_ip_mask]
f:14:12: warning: auth.methods: methods names "internal", which has no section: its defaults apply [missing_section_for_auth_method]
    hint: write [auth.internal]
f:14:24: error: auth.methods: found the string "sql", expected one of "anonymous", "dummy", "external", "http", "internal", "jwt", "ldap", "pki", "rdbms" [module_not_found]
f:15:17: error: auth.password.hash: found an empty array, expected a non-empty array, each item one of "sha", "sha224", "sha256", "sha384", "sha512" [empty_value]
f:19:8: error: listen.c2s.port: found the string "5222", expected an integer from 0 to 65535 [wrong_type]
    hint: write it without quotes
f:20:14: error: listen.c2s.ip_address: found the string "localhost", expected an IPv4 or IPv6 address in numbers [invalid_ip_address]
    hint: host names are not looked up here
f:21:19: error: listen.c2s.max_stanza_size: found the integer 0, expected an integer of at least 1 [out_of_range]
f:22:10: error: listen.c2s.access: found the integer 5, expected a non-empty string [wrong_type]
f:24:12: error: listen.c2s.tls.certfile: found the string "/nowhere.pem", expected the path of an existing file [invalid_filename]
    hint: there is no such file
f:25:11: error: listen.c2s.tls.ciphers: found the string "NO-SUCH", expected a cipher list as OpenSSL writes them [invalid_ciphers]
f:26:12: error: listen.c2s.tls.versions: found the string "tlsv1.3", expected an array, each item one of "tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3" [wrong_type]
    hint: write it in square brackets
f:28:1: error: listen.http: found a table, expected an array of tables [wrong_type]
    hint: write the header with double brackets: [[listen.http]]
f:31:10: error: listen: unknown key "http2" [unexpected_key]
    hint: did you mean "http"?
f:34:1: error: listen.s2s: missing mandatory key "port" [missing_mandatory_keys]
f:35:14: error: listen.s2s.ip_version: found the integer 5, expected 4 or 6 [validate_enum_failed]
f:36:11: error: listen.s2s.backlog: found a floating point number, expected an integer from 0 to 2147483647 [wrong_type]
f:39:23: error: modules.mod_disco.extra_domains: found the integer 5, expected a domain [wrong_type]
f:40:1: error: modules.mod_disco.server_info: missing mandatory key "urls" [missing_mandatory_keys]
f:42:1: error: modules.mod_register: found an array, expected a table [wrong_type]
    hint: write [modules.mod_register] with single brackets
f:44:10: error: modules: unknown key "mod_registr" [module_not_found]
    hint: did you mean "mod_register"?
f:47:14: error: acl.x.user: found the string "a b", expected a string without spaces and without any of " & ' / : < > @ [incorrect_acl_condition_value]
f:47:31: error: acl.x.match: found the string "current", expected one of "current_domain", "any_hosted_domain", "all", "none" [validate_enum_failed]
f:50:28: error: access.y.value: found the boolean true, expected an integer or a string [wrong_type]
f:53:5: error: shaper.z: found the integer 5, expected a table [wrong_type]
)txt";

std::string said_of(std::string_view text) {
    std::string all;
    for (const auto& d : read_configuration(text, "f").findings) all += config::render(d) + '\n';
    return all;
}

}  // namespace

TEST_CASE("each kind of mistake is told in a sentence with its place, what is allowed and what to write") {
    CHECK(said_of(wrong_file) == what_is_said);
}

TEST_CASE("a file that is no TOML is told the place where reading stopped") {
    CHECK(said_of("[general]\nhosts = [example.org]\n").starts_with("f:2:10: error: this is not TOML: "));
    CHECK(said_of("[general]\nhosts = [\"a\"]\nhosts = [\"b\"]\n")
              .starts_with("f:3:9: error: this is not TOML: "));
    CHECK(said_of("[general]\nsince = 2020-01-01\n") ==
          "f:2:9: error: found a date or time; no option takes one [wrong_type]\n");
}

TEST_CASE("a key below the header of another table is told where it belongs") {
    CHECK(said_of(
              "[general]\nhosts = [\"h\"]\ndefault_server_domain = \"h\"\n[auth.internal]\n[[listen.http]]\n"
              "[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\nport = 5280\n") ==
          "f:5:1: error: listen.http: missing mandatory key \"port\" [missing_mandatory_keys]\n"
          "f:8:1: error: listen.http.handlers.meerkat_health: unknown key \"port\" [unexpected_key]\n"
          "    hint: \"port\" belongs to listen.http, but a key belongs to the nearest [header] above it: "
          "move it "
          "up\n");
}
