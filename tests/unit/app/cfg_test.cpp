#include "tests/support/cfg_reading.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <string>

using namespace meerkat;
using namespace meerkat::test;

namespace {

// What a file without anything wrong becomes.
std::string document(const std::string& text) {
    const cfg_reading r = read(text);
    INFO(text);
    INFO(all(r.findings));
    CHECK(r.findings.empty());
    return shown(r.root);
}

std::string pool(const std::string& term) {
    const std::string whole = document("{outgoing_pools, [" + term + "]}.");
    const std::string start = "{outgoing_pools = ";
    REQUIRE(whole.starts_with(start));
    return whole.substr(start.size(), whole.size() - start.size() - 1);
}

void check_refused(const std::string& text, const std::string& reason, const std::string& said) {
    const auto d = finding_of(text);
    INFO(render(d));
    CHECK(d.level == config::severity::error);
    CHECK(d.reason == reason);
    CHECK(d.text.find(said) != std::string::npos);
}

std::string file_text(const std::string& name) {
    std::ifstream in(std::string(MEERKAT_SOURCE_DIR) + "/tests/support/configurations/" + name,
                     std::ios::binary);
    REQUIRE(in);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("the file that 3.7.1 was shipped with is read; the one option that did nothing is named") {
    const cfg_reading r = read(file_text("default-3.7.1.cfg"));
    INFO(all(r.findings));
    REQUIRE(r.findings.size() == 1);
    CHECK(r.findings.front().level == config::severity::warning);
    CHECK(r.findings.front().where == config::place{23, 22});
    const config::node& listen = *r.root.find("listen");
    CHECK(listen.find("http")->array()->size() == 5);
    CHECK(shown(listen.find("c2s")->array()->front()) ==
          "{port = 5222, tls = {certfile = \"priv/ssl/fake_server.pem\", mode = \"starttls\", verify_mode = "
          "\"none\"}, access = \"c2s\", shaper = \"c2s_shaper\", max_stanza_size = 65536}");
    CHECK(shown(*listen.find("service")) ==
          "[{port = 8888, access = \"all\", shaper_rule = \"fast\", ip_address = \"127.0.0.1\", password = "
          "\"secret\"}]");
    CHECK(shown(*r.root.find("s2s")) ==
          "{use_starttls = \"optional\", certfile = \"priv/ssl/fake_server.pem\", default_policy = \"deny\", "
          "outgoing = {port = 5269}}");
    CHECK(shown(*r.root.find("modules")->find("mod_register")) ==
          "{ip_access = [{policy = \"allow\", address = \"127.0.0.0/8\"}, {policy = \"deny\", address = "
          "\"0.0.0.0/0\"}], access = \"register\"}");
    CHECK(r.root.find("modules")->table()->size() == 17);
    CHECK(r.root.find("access")->table()->size() == 19);
}

TEST_CASE("what is wrong with the grammar is one finding and no document") {
    config::diagnostics findings;
    CHECK_FALSE(read_cfg("{hosts, [\"a\"}.\n", "m.cfg", findings));
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().reason == "terms_parsing_failed");
    CHECK(findings.front().where == config::place{1, 13});
}

TEST_CASE("general terms keep their places") {
    const cfg_reading r = read("{loglevel, 3}.\n{hosts, [\"a\",\n \"b\"]}.");
    const config::node& general = *r.root.find("general");
    CHECK(shown(general) == "{loglevel = \"warning\", hosts = [\"a\", \"b\"]}");
    CHECK(general.find("loglevel")->where() == config::place{1, 12});
    CHECK(general.table()->at(1).where == config::place{2, 1});
    CHECK(general.find("hosts")->array()->at(1).where() == config::place{3, 2});
}

TEST_CASE("general terms become options of [general]") {
    CHECK(document("{loglevel, 0}.") == "{general = {loglevel = \"none\"}}");
    CHECK(document("{loglevel, 5}.") == "{general = {loglevel = \"debug\"}}");
    CHECK(document("{loglevel, info}.") == "{general = {loglevel = \"info\"}}");
    CHECK(
        document(
            "{registration_timeout, infinity}. {replaced_wait_timeout, 2000}. {hide_service_name, true}.") ==
        "{general = {registration_timeout = \"infinity\", replaced_wait_timeout = 2000, hide_service_name = "
        "true}}");
    CHECK(document("{route_subdomain, s2s}.") == document("{route_subdomains, s2s}."));
    CHECK(document("{route_subdomain, s2s}.") == "{general = {route_subdomains = \"s2s\"}}");
    CHECK(document("{sm_backend, {redis, []}}.") == "{general = {sm_backend = \"redis\"}}");
    CHECK(document("{cowboy_server_name, \"x\"}.") == "{general = {http_server_name = \"x\"}}");
    CHECK(document("{routing_modules, [a, b]}.") == "{general = {routing_modules = [\"a\", \"b\"]}}");
    CHECK(document("override_global. override_acls.") == "{general = {override = [\"global\", \"acls\"]}}");
    CHECK(
        document("{max_fsm_queue, 1000}. {all_metrics_are_global, false}. {rdbms_server_type, pgsql}.") ==
        "{general = {max_fsm_queue = 1000, all_metrics_are_global = false, rdbms_server_type = \"pgsql\"}}");
    CHECK(document(
              "{mongooseimctl_access_commands, [{local, [\"join\"], [{node, \"a@b\"}]}, {ops, all, []}]}.") ==
          "{general = {mongooseimctl_access_commands = {local = {commands = [\"join\"], "
          "argument_restrictions = "
          "{node = \"a@b\"}}, ops = {commands = \"all\", argument_restrictions = {}}}}}");
    check_refused("{loglevel, 6}.", "wrong_type", "from 0 (none) to 5 (debug)");
    check_refused("{sm_backend, {redis, [{pool_size, 5}]}}.", "no_modern_form", "session backend");
}

TEST_CASE("authentication terms become options of [auth]") {
    CHECK(document("{auth_method, internal}.") == "{auth = {methods = [\"internal\"]}}");
    CHECK(document("{auth_method, [rdbms, anonymous]}.") ==
          "{auth = {methods = [\"rdbms\", \"anonymous\"]}}");
    CHECK(document("{sasl_mechanisms, [cyrsasl_plain, cyrsasl_scram_sh384_plus, cyrsasl_scram]}.") ==
          "{auth = {sasl_mechanisms = [\"plain\", \"scram_sha384_plus\", \"scram_sha1\"]}}");
    CHECK(
        document(
            "{auth_opts, [{auth_password_format, {scram, [sha, sha256]}}, {auth_scram_iterations, 64}]}.") ==
        "{auth = {password = {format = \"scram\", hash = [\"sha\", \"sha256\"]}, scram_iterations = 64}}");
    CHECK(document("{auth_opts, [{password_format, plain}, {cyrsasl_external, [standard, {mod, m}]}]}.") ==
          "{auth = {password = {format = \"plain\"}, sasl_external = [\"standard\", \"m\"]}}");
    CHECK(document("{auth_opts, [{cyrsasl_external, common_name}]}.") ==
          "{auth = {sasl_external = [\"common_name\"]}}");
    CHECK(document("{auth_opts, [{extauth_program, \"/p\"}]}. {extauth_instances, 2}.") ==
          "{auth = {external = {program = \"/p\", instances = 2}}}");
    CHECK(document("{auth_opts, [{jwt_secret_source, {env, \"S\"}}, {jwt_algorithm, \"RS256\"}, "
                   "{jwt_username_key, user}]}.") ==
          "{auth = {jwt = {secret = {env = \"S\"}, algorithm = \"RS256\", username_key = \"user\"}}}");
    CHECK(document("{auth_opts, [{jwt_secret_source, \"/f\"}]}.") ==
          "{auth = {jwt = {secret = {file = \"/f\"}}}}");
    CHECK(
        document(
            "{auth_opts, [{ldap_base, \"b\"}, {ldap_uids, [\"uid\", {\"mail\", \"%u@x\"}]}, {ldap_dn_filter, "
            "{\"(f)\", [\"a\"]}}, {ldap_local_filter, {equal, {\"acc\", [\"on\"]}}}]}.") ==
        "{auth = {ldap = {base = \"b\", uids = [{attr = \"uid\"}, {attr = \"mail\", format = \"%u@x\"}], "
        "dn_filter = {filter = \"(f)\", attributes = [\"a\"]}, local_filter = {operation = \"equal\", "
        "attribute = "
        "\"acc\", values = [\"on\"]}}}}");
    check_refused("{auth_opts, [{password_fromat, plain}]}.", "unexpected_key", "password_fromat");
}

TEST_CASE("classes of users gather their patterns") {
    CHECK(document("{acl, admin, {user, \"a\"}}. {acl, admin, {user, <<\"b\">>, \"h\"}}. {acl, local, "
                   "{user_regexp, \"\"}}.") ==
          "{acl = {admin = [{user = \"a\"}, {user = \"b\", server = \"h\", match = \"all\"}], local = "
          "[{user_regexp = \"\"}]}}");
    const auto pattern = [](const std::string& p) { return document("{acl, x, " + p + "}."); };
    const auto as = [](const std::string& p) { return "{acl = {x = [{" + p + "}]}}"; };
    CHECK(pattern("all") == as("match = \"all\""));
    CHECK(pattern("none") == as("match = \"none\""));
    CHECK(pattern("{server, \"s\"}") == as("server = \"s\", match = \"all\""));
    CHECK(pattern("{resource, \"r\"}") == as("resource = \"r\", match = \"all\""));
    CHECK(pattern("{user_regexp, \"u\", \"s\"}") ==
          as("user_regexp = \"u\", server = \"s\", match = \"all\""));
    CHECK(pattern("{server_regexp, \"s\"}") == as("server_regexp = \"s\", match = \"all\""));
    CHECK(pattern("{resource_regexp, \"r\"}") == as("resource_regexp = \"r\", match = \"all\""));
    CHECK(pattern("{node_regexp, \"u\", \"s\"}") ==
          as("user_regexp = \"u\", server_regexp = \"s\", match = \"all\""));
    CHECK(pattern("{user_glob, \"u*\"}") == as("user_glob = \"u*\""));
    CHECK(pattern("{server_glob, \"s\"}") == as("server_glob = \"s\", match = \"all\""));
    CHECK(pattern("{resource_glob, \"r\"}") == as("resource_glob = \"r\", match = \"all\""));
    CHECK(pattern("{node_glob, \"u\", \"s\"}") ==
          as("user_glob = \"u\", server_glob = \"s\", match = \"all\""));
    check_refused("{acl, x, {usr, \"a\"}}.", "wrong_type", "a condition such as");
}

TEST_CASE("access rules turn value and class round, shapers keep their rate") {
    CHECK(document("{access, max, [{5000, admin}, {infinity, all}]}.") ==
          "{access = {max = [{acl = \"admin\", value = 5000}, {acl = \"all\", value = \"infinity\"}]}}");
    CHECK(document("{access, 'a.b', []}.") == "{access = {a.b = []}}");
    CHECK(document("{shaper, normal, {maxrate, 1000}}.") == "{shaper = {normal = {max_rate = 1000}}}");
    check_refused("{access, c2s, [allow]}.", "wrong_type", "{Value, Class}");
    check_refused("{shaper, normal, {rate, 1000}}.", "wrong_type", "{maxrate, BytesPerSecond}");
}

TEST_CASE("terms about other servers become options of [s2s]") {
    CHECK(document("{s2s_use_starttls, false}.") == "{s2s = {use_starttls = \"false\"}}");
    CHECK(document("{s2s_use_starttls, required_trusted}.") ==
          "{s2s = {use_starttls = \"required_trusted\"}}");
    CHECK(document("{s2s_certfile, \"c\"}. {s2s_ciphers, \"A\"}. {s2s_shared, <<\"x\">>}. "
                   "{s2s_max_retry_delay, 30}.") ==
          "{s2s = {certfile = \"c\", ciphers = \"A\", shared = \"x\", max_retry_delay = 30}}");
    CHECK(document("{s2s_default_policy, deny}. {{s2s_host, \"g\"}, allow}. {{s2s_host, \"b\"}, deny}.") ==
          "{s2s = {default_policy = \"deny\", host_policy = [{host = \"g\", policy = \"allow\"}, {host = "
          "\"b\", policy = \"deny\"}]}}");
    CHECK(document("{outgoing_s2s_port, 5269}. {outgoing_s2s_options, [ipv4, ipv6], 10000}.") ==
          "{s2s = {outgoing = {port = 5269, ip_versions = [4, 6], connection_timeout = 10000}}}");
    CHECK(document("{{s2s_addr, \"h\"}, {127,0,0,1}}. {{s2s_addr, \"i\"}, {{127,0,0,1}, 5269}}. {{s2s_addr, "
                   "\"j\"}, {\"::1\", 1}}.") ==
          "{s2s = {address = [{host = \"h\", ip_address = \"127.0.0.1\"}, {host = \"i\", ip_address = "
          "\"127.0.0.1\", port = 5269}, "
          "{host = \"j\", ip_address = \"::1\", port = 1}]}}");
    CHECK(document("{s2s_dns_options, [{timeout, 30}, {retries, 1}]}.") ==
          "{s2s = {dns = {timeout = 30, retries = 1}}}");
    CHECK(document("{domain_certfile, \"d\", \"f\"}.") ==
          "{s2s = {domain_certfile = [{domain = \"d\", certfile = \"f\"}]}}");
    check_refused("{s2s_host, allow}.", "wrong_type", "{{s2s_host, Host}, Value}");
}

TEST_CASE("pools keep type, tag, scope and connection") {
    CHECK(pool("{redis, <<\"h\">>, t, [{workers, 10}], [{host, \"r\"}, {database, \"2\"}]}") ==
          "{redis = {t = {scope = \"single_host\", host = \"h\", workers = 10, connection = {host = \"r\", "
          "database = 2}}}}");
    CHECK(pool("{rdbms, global, default, [{strategy, next_worker}], [{server, {pgsql, \"h\", \"d\", \"u\", "
               "\"p\", [{ssl, required}, "
               "{ssl_opts, [{verify, verify_peer}, {cacertfile, \"ca\"}, {server_name_indication, "
               "disable}]}]}}, {keepalive_interval, 30}]}") ==
          "{rdbms = {default = {scope = \"global\", strategy = \"next_worker\", connection = {driver = "
          "\"pgsql\", host = \"h\", "
          "database = \"d\", username = \"u\", password = \"p\", tls = {required = true, verify_peer = true, "
          "cacertfile = \"ca\", "
          "server_name_indication = {enabled = false}}, keepalive_interval = 30}}}}");
    CHECK(pool("{rdbms, host, m, [], [{server, {mysql, \"h\", 3306, \"d\", \"u\", \"p\", [{verify, "
               "verify_none}]}}]}") ==
          "{rdbms = {m = {scope = \"host\", connection = {driver = \"mysql\", host = \"h\", port = 3306, "
          "database = \"d\", "
          "username = \"u\", password = \"p\", tls = {verify_peer = false}}}}}");
    CHECK(pool("{rdbms, global, o, [], [{server, \"DSN=x\"}]}") ==
          "{rdbms = {o = {scope = \"global\", connection = {driver = \"odbc\", settings = \"DSN=x\"}}}}");
    CHECK(pool("{http, global, a, [], [{server, \"https://h\"}, {path_prefix, \"/\"}]}") ==
          "{http = {a = {scope = \"global\", connection = {host = \"https://h\", path_prefix = \"/\"}}}}");
    CHECK(pool("{cassandra, global, d, [], [{servers, [{\"a\", 9042}, \"b\"]}, {auth, "
               "{cqerl_auth_plain_handler, [{<<\"u\">>, <<\"p\">>}]}}]}") ==
          "{cassandra = {d = {scope = \"global\", connection = {servers = [{ip_address = \"a\", port = "
          "9042}, {ip_address = \"b\"}], "
          "auth = {plain = {username = \"u\", password = \"p\"}}}}}}");
    CHECK(
        pool("{riak, global, d, [], [{address, \"a\"}, {credentials, \"u\", \"p\"}, {cacertfile, \"c\"}]}") ==
        "{riak = {d = {scope = \"global\", connection = {address = \"a\", credentials = {user = \"u\", "
        "password = \"p\"}, "
        "tls = {cacertfile = \"c\"}}}}}");
    CHECK(pool("{ldap, global, d, [], [{servers, [\"s\"]}, {rootdn, \"r\"}, {tls_options, [{verify, "
               "verify_peer}]}]}") ==
          "{ldap = {d = {scope = \"global\", connection = {servers = [\"s\"], rootdn = \"r\", tls = "
          "{verify_peer = true}}}}}");
    check_refused("{outgoing_pools, [{redis, global, d, [], []}, {redis, host, d, [], []}]}.",
                  "duplicate_pool", "another pool");
    check_refused("{outgoing_pools, [{redis, global, d}]}.", "wrong_type", "{Type, Scope, Tag");
    check_refused("{outgoing_pools, [{rdbms, global, d, [], [{server, {pgsql, \"h\"}}]}]}.", "wrong_type",
                  "{Driver, Host, Port");
    check_refused("{outgoing_pools, [{ldap, global, d, [], [{tls_options, [{depth, 2}]}]}]}.",
                  "no_modern_form", "TLS option depth");
}

TEST_CASE("the options of a host stand in its entry") {
    CHECK(document("{host_config, \"h\", [{auth_method, anonymous}, {allow_multiple_connections, true}, "
                   "{anonymous_protocol, both}, "
                   "{modules, [{mod_roster, []}]}, {acl, x, all}, {{s2s_host, \"b\"}, deny}]}.") ==
          "{host_config = [{host = \"h\", auth = {methods = [\"anonymous\"], anonymous = "
          "{allow_multiple_connections = true, "
          "protocol = \"both\"}}, modules = {mod_roster = {}}, acl = {x = [{match = \"all\"}]}, s2s = "
          "{host_policy = "
          "[{host = \"b\", policy = \"deny\"}]}}]}");
    check_refused("{host_config, \"h\", [{listen, []}]}.", "unexpected_key",
                  "listen cannot stand in the options of one host");
    check_refused("{host_config, \"h\", [{host_config, \"i\", []}]}.", "unexpected_key", "host_config");
    CHECK(shown(read("{host_config, \"a\", []}. {host_config, \"a\", []}.").root) ==
          "{host_config = [{host = \"a\"}, {host = \"a\"}]}");
}

TEST_CASE("a term that is given again replaces the one before, and that is said") {
    const cfg_reading r = read(
        "{language, \"en\"}.\n{language, \"de\"}.\n{access, a, []}. {access, b, []}. {access, a, [{x, "
        "all}]}.");
    REQUIRE(r.findings.size() == 2);
    CHECK(r.findings[0].where == config::place{1, 1});
    CHECK(r.findings[0].reason == "duplicate_option");
    CHECK(r.findings[1].where == config::place{3, 1});
    CHECK(shown(r.root) ==
          "{general = {language = \"de\"}, access = {b = [], a = [{acl = \"all\", value = \"x\"}]}}");
}

TEST_CASE("terms that cannot be used are refused by name, with what to do") {
    check_refused("{define_macro, 'PORT', 5222}.", "macros_not_supported", "define_macro");
    check_refused("{include_config_file, \"x.cfg\"}.", "include_not_supported", "include_config_file");
    check_refused("{odbc_server, {mysql, \"h\"}}.", "unexpected_key", "release before 3.2.0");
    check_refused("{hostss, [\"a\"]}.", "unexpected_key", "hostss");
    CHECK(finding_of("\n {hostss, [\"a\"]}.").where == config::place{2, 2});
    CHECK(finding_of("{hostss, [\"a\"]}.").hint == "did you mean \"hosts\"?");
    check_refused("42.", "wrong_type", "an option");
    check_refused("{}.", "wrong_type", "an option");
    check_refused("{hosts}.", "wrong_type", "{hosts, Value}");
    check_refused("hosts.", "wrong_type", "{hosts, Value}");
    check_refused("{override_global, true}.", "wrong_type", "the bare name override_global");
}

TEST_CASE("services are tables of their options") {
    CHECK(document("{services, [{service_admin_extra, [{submods, [node, stats]}]}, "
                   "{service_mongoose_system_metrics, "
                   "[report, {intial_report, 1}, {periodic_report, 2}]}]}.") ==
          "{services = {service_admin_extra = {submods = [\"node\", \"stats\"]}, "
          "service_mongoose_system_metrics = "
          "{report = true, initial_report = 1, periodic_report = 2}}}");
    CHECK(document("{services, [{service_mongoose_system_metrics, [no_report]}]}.") ==
          "{services = {service_mongoose_system_metrics = {report = false}}}");
}
