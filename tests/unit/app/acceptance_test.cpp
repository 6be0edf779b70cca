// What is accepted and what is refused, fragment by fragment: each stands behind the smallest file.

#include "gateway/configuration.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <string>
#include <vector>

using namespace meerkat;

namespace {

enum class verdict {
    accepted,  // nothing to say
    warned,    // accepted, with a warning of this path and reason
    refused,   // an error of this path and reason
};

struct expectation {
    std::string fragment;
    verdict outcome;
    std::string path, reason;
};

const std::string smallest = "[general]\nhosts = [\"h\"]\ndefault_server_domain = \"h\"\n";
const std::string internal = "[auth.internal]\n";
const std::string c2s = "[[listen.c2s]]\nport = 5222\nip_address = \"127.0.0.1\"\n";
const std::string http = "[[listen.http]]\nport = 5280\nip_address = \"127.0.0.1\"\n";
const std::string component = "[[listen.component]]\nport = 8888\n";

std::string listing(const configuration_reading& reading) {
    std::string all;
    for (const auto& d : reading.findings) all += config::render(d) + '\n';
    return all;
}

bool holds(const configuration_reading& reading, config::severity level, const expectation& e) {
    for (const auto& d : reading.findings) {
        const bool there = d.where.line > 0 || d.path.empty();
        if (d.level == level && d.path == e.path && d.reason == e.reason && there) return true;
    }
    return false;
}

struct certificates {
    testing::temporary_directory folder;
    std::string cert = write("cert.pem", "-----BEGIN CERTIFICATE-----\n");
    std::string key = write("key.pem", "-----BEGIN PRIVATE KEY-----\n");
    std::string both = write("both.pem", "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n");

    std::string write(const std::string& name, const std::string& content) {
        std::ofstream(folder / name) << content;
        return '"' + (folder / name).string() + '"';
    }
};

void check_all(const std::vector<expectation>& expectations,
               const std::string& before = smallest + internal) {
    for (const expectation& each : expectations) {
        const auto reading = read_configuration(before + each.fragment, "f");
        INFO(each.fragment << '\n' << listing(reading));
        switch (each.outcome) {
            case verdict::accepted:
                CHECK(reading.accepted());
                CHECK_FALSE(holds(reading, config::severity::warning, each));
                break;
            case verdict::warned:
                CHECK(reading.accepted());
                CHECK(holds(reading, config::severity::warning, each));
                break;
            case verdict::refused:
                CHECK_FALSE(reading.accepted());
                CHECK(holds(reading, config::severity::error, each));
                break;
        }
    }
}

using enum verdict;

}  // namespace

TEST_CASE("acceptance: the smallest file, the empty one, and who is served") {
    CHECK(read_configuration(smallest, "f").accepted());                                   // 1
    CHECK(read_configuration("", "f").findings.at(0).reason == "missing_mandatory_keys");  // 2
    const auto without_default = read_configuration("[general]\nhosts = [\"h\"]\n", "f");  // 3
    REQUIRE(without_default.accepted());
    CHECK(without_default.value->general.default_server_domain == "h");
    check_all(
        {
            {"[general]\ndefault_server_domain = \"h\"\n", refused, "general", "no_hosts"},  // 4
            {"[general]\ndefault_server_domain = \"h\"\nhosts = [\"h\", \"h\"]\n", refused, "general.hosts",
             "duplicate_values"},  // 5
            {"[general]\ndefault_server_domain = \"h\"\nhosts = [\"h\"]\nhost_types = [\"h\"]\n", refused,
             "general", "duplicate_hosts"},  // 6
            {"[general]\ndefault_server_domain = \"h\"\nhosts = [\"a b\"]\n", refused, "general.hosts",
             "invalid_host"},  // 7
        },
        internal);
    const auto lower = read_configuration(
        "[general]\nhosts = [\"EXAMPLE.org\"]\ndefault_server_domain = \"h\"\n", "f");  // 8
    REQUIRE(lower.accepted());
    CHECK(lower.value->general.hosts == std::vector<std::string>{"example.org"});
}

TEST_CASE("acceptance: sockets") {
    check_all({
        {"[[listen.c2s]]\n", refused, "listen.c2s", "missing_mandatory_keys"},                       // 9
        {"[[listen.c2s]]\nport = \"5222\"\n", refused, "listen.c2s.port", "wrong_type"},             // 10
        {"[[listen.c2s]]\nport = 65536\n", refused, "listen.c2s.port", "out_of_range"},              // 11
        {"[[listen.c2s]]\nport = -1\n", refused, "listen.c2s.port", "out_of_range"},                 // 11
        {"[[listen.c2s]]\nport = 0\n", accepted, "listen.c2s.port", "out_of_range"},                 // 12
        {"[listen.c2s]\nport = 5222\n", refused, "listen.c2s", "wrong_type"},                        // 13
        {"[[listen.tcp]]\nport = 5\n", refused, "listen", "unexpected_key"},                         // 14
        {"[[listen.service]]\nport = 5\npassword = \"x\"\n", warned, "listen.service", "old_name"},  // 15
        {c2s + "foo = 1\n", refused, "listen.c2s", "unexpected_key"},                                // 16
        {"[[listen.c2s]]\nfoo = 1\n", refused, "listen.c2s", "missing_mandatory_keys"},              // 17
        {c2s + "foo = 1\nbacklog = \"x\"\n", refused, "listen.c2s", "unexpected_key"},               // 18
        {c2s + "backlog = \"x\"\nshaper = \"\"\n", refused, "listen.c2s.backlog", "wrong_type"},     // 19
        {c2s + "backlog = \"x\"\nshaper = \"\"\n", refused, "listen.c2s.shaper", "empty_value"},     // 19
        {"[[listen.c2s]]\nport = 5\nip_address = \"localhost\"\n", refused, "listen.c2s.ip_address",
         "invalid_ip_address"},  // 20
        {"[[listen.c2s]]\nport = 5\nip_address = \"::1\"\nip_version = 4\n", refused, "listen.c2s",
         "ip_version_mismatch"},                                                                        // 21
        {"[[listen.c2s]]\nport = 5\nip_version = 6\n", accepted, "listen.c2s", "ip_version_mismatch"},  // 22
        {"[[listen.c2s]]\nport = 5\nip_version = 5\n", refused, "listen.c2s.ip_version",
         "validate_enum_failed"},                                                          // 23
        {c2s + "proto = \"udp\"\n", refused, "listen.c2s.proto", "validate_enum_failed"},  // 24
        {c2s + c2s, refused, "listen.c2s", "duplicate_listeners"},                         // 25
        {c2s + "[[listen.http]]\nport = 5222\nip_address = \"127.0.0.1\"\n", refused, "listen.http",
         "duplicate_listeners"},  // 26
        {c2s + "[[listen.c2s]]\nport = 5222\nip_address = \"127.0.0.2\"\n", accepted, "listen.c2s",
         "duplicate_listeners"},                                                                 // 27
        {c2s + "max_stanza_size = 0\n", refused, "listen.c2s.max_stanza_size", "out_of_range"},  // 28
        {c2s + "max_stanza_size = \"infinity\"\n", accepted, "", ""},                            // 28
        {c2s + "max_stanza_size = \"unlimited\"\n", refused, "listen.c2s.max_stanza_size",
         "wrong_type"},                                                                            // 28
        {c2s + "max_connections = 0\n", refused, "listen.c2s.max_connections", "out_of_range"},    // 29
        {http + "transport.max_connections = 0\n", accepted, "", ""},                              // 30
        {c2s + "shaper = \"x\"\n", refused, "listen.c2s.shaper", "undefined_shapers"},             // 31
        {c2s + "shaper = \"x\"\nbacklog = \"x\"\n", refused, "listen.c2s.backlog", "wrong_type"},  // 32
        {c2s + "shaper = \"none\"\n", accepted, "listen.c2s.shaper", "undefined_shapers"},         // 33
        {c2s + "access = \"nobody\"\n", warned, "listen.c2s.access", "undefined_access_rule"},     // 34
        {c2s + "allowed_auth_methods = [\"internal\", \"internal\"]\n", refused,
         "listen.c2s.allowed_auth_methods", "duplicate_values"},  // 35
        {c2s + "allowed_auth_methods = [\"foo\"]\n", refused, "listen.c2s.allowed_auth_methods",
         "module_not_found"},                                                                       // 36
        {"[[listen.s2s]]\nport = 5\naccess = \"all\"\n", refused, "listen.s2s", "unexpected_key"},  // 46
        {component, refused, "listen.component", "missing_mandatory_keys"},                         // 47
        {component + "password = \"\"\n", refused, "listen.component.password", "empty_value"},     // 48
        {"[[listen.component]]\n", refused, "listen.component", "missing_mandatory_keys"},          // 49
        {component + "password = \"x\"\nconflict_behaviour = \"kick\"\n", refused,
         "listen.component.conflict_behaviour", "validate_enum_failed"},  // 50
        {"[[listen.service]]\nport = 5\npassword = \"x\"\nshaper_rule = \"none\"\n", warned,
         "listen.service.shaper_rule", "old_name"},  // 51
        {"[[listen.service]]\nport = 5\npassword = \"x\"\nshaper = \"none\"\n", warned, "listen.service",
         "old_name"},
    });
    const auto both = read_configuration(smallest + "[[listen.component]]\n", "f");  // 49
    REQUIRE(both.findings.size() == 1);
    CHECK(both.findings[0].text == "missing mandatory keys \"port\", \"password\"");
    CHECK(read_configuration(smallest + "[[listen.c2s]]\nport = 5\nip_version = 6\n", "f")
              .value->listen.c2s[0]
              .socket.ip_address == "::");  // 22
}

TEST_CASE("acceptance: TLS") {
    const certificates files;
    const std::string tls = c2s + "[listen.c2s.tls]\nverify_mode = \"none\"\n";
    const std::string pair = "certfile = " + files.cert + "\nkeyfile = " + files.key + "\n";
    check_all({
        {c2s + "tls = {}\n", refused, "listen.c2s.tls", "missing_certificate"},  // 37
        {tls + "certfile = " + files.cert + "\n", refused, "listen.c2s.tls", "tls_certfile_without_keyfile"},
        {tls + "certfile = " + files.both + "\n", warned, "listen.c2s.tls", "old_form"},  // 38
        {tls + "certfile = \"/nowhere/c.pem\"\n", refused, "listen.c2s.tls.certfile",
         "invalid_filename"},                                                                       // 39
        {tls + pair + "mode = \"ssl\"\n", refused, "listen.c2s.tls.mode", "validate_enum_failed"},  // 40
        {tls + pair + "module = \"just_tls\"\n", warned, "listen.c2s.tls.module", "no_effect"},     // 41
        {c2s + "[listen.c2s.tls]\nmode = \"tls\"\nverify_peer = false\n" + pair, warned,
         "listen.c2s.tls.verify_peer", "old_name"},                                                   // 42
        {tls + pair + "versions = \"tlsv1.3\"\n", refused, "listen.c2s.tls.versions", "wrong_type"},  // 43
        {http + "[listen.http.tls]\nmode = \"tls\"\n" + pair, refused, "listen.http.tls",
         "unexpected_key"},  // 44
        {http + "[listen.http.tls]\nverify_mode = \"none\"\nearly_data = true\n" + pair, warned,
         "listen.http.tls.early_data", "no_effect"},  // 45
    });
}

TEST_CASE("acceptance: handlers") {
    const auto handler = [](const std::string& name, const std::string& own) {
        return http + "[[listen.http.handlers." + name + "]]\nhost = \"_\"\npath = \"/x\"\n" + own;
    };
    const std::string at = "listen.http.handlers.";
    check_all({
        {http + "shaper = \"none\"\n", refused, "listen.http", "unexpected_key"},               // 52
        {http + "protocol.compress = \"true\"\n", warned, "listen.http.protocol", "old_form"},  // 53
        {http + "protocol.compress = \"yes\"\n", refused, "listen.http.protocol.compress", "wrong_type"},
        {http + "[[listen.http.handlers.mongoose_bosh_handler]]\nhost = \"_\"\n", refused,
         at + "mongoose_bosh_handler", "missing_mandatory_keys"},  // 54
        {http + "[[listen.http.handlers.mongoose_bosh_handler]]\nhost = \"\"\npath = \"/\"\n", refused,
         at + "mongoose_bosh_handler.host", "empty_value"},                                   // 55
        {handler("mongoose_bosh_handler", ""), accepted, at + "mongoose_bosh_handler", "x"},  // 56
        {handler("mod_websockets", ""), warned, at + "mod_websockets", "old_name"},           // 57
        {handler("mod_foo", ""), refused, "listen.http.handlers", "module_not_found"},
        {http + "[listen.http.handlers.mongoose_websocket_handler]\nhost = \"_\"\npath = \"/x\"\n", refused,
         at + "mongoose_websocket_handler", "wrong_type"},  // 58
        {handler("mongoose_websocket_handler", "ping_rate = \"none\"\n"), warned,
         at + "mongoose_websocket_handler", "old_form"},  // 59
        {handler("mongoose_websocket_handler", "ping_rate = 0\n"), refused,
         at + "mongoose_websocket_handler.ping_rate", "out_of_range"},               // 59
        {handler("mongoose_websocket_handler", "timeout = 0\n"), accepted, "", ""},  // 60
        {handler("mongoose_graphql_handler", ""), refused, at + "mongoose_graphql_handler",
         "missing_mandatory_keys"},  // 61
        {handler("mongoose_graphql_handler", "schema_endpoint = \"admin\"\nusername = \"x\"\n"), refused,
         at + "mongoose_graphql_handler", "both_username_and_password_required"},  // 62
        {handler("mongoose_graphql_handler", "schema_endpoint = \"admin\"\nallowed_categories = []\n"),
         refused, at + "mongoose_graphql_handler.allowed_categories", "empty_value"},  // 63
        {handler("mongoose_client_api", "docs = \"false\"\n"), warned, at + "mongoose_client_api",
         "old_form"},
    });
}

TEST_CASE("acceptance: authentication, classes, rules, shapers") {
    check_all({{"[auth]\nmethods = [\"internal\"]\n", warned, "auth.methods",
                "missing_section_for_auth_method"},                                              // 64
               {"[auth.internal]\n", accepted, "", ""},                                          // 65
               {"[auth]\nmethods = [\"foo\"]\n", refused, "auth.methods", "module_not_found"},   // 66
               {"[auth]\npassword.hash = []\n", refused, "auth.password.hash", "empty_value"}},  // 67
              smallest);
    check_all({
        {"[acl]\nx = [{user = \"a b\"}]\n", refused, "acl.x.user", "incorrect_acl_condition_value"},   // 68
        {"[acl]\nx = [{match = \"any\"}]\n", refused, "acl.x.match", "validate_enum_failed"},          // 69
        {"[acl]\nx = []\n", accepted, "", ""},                                                         // 70
        {"[access]\nx = [{acl = \"all\"}]\n", refused, "access.x", "missing_mandatory_keys"},          // 71
        {"[access]\nx = [{acl = \"all\", value = true}]\n", refused, "access.x.value", "wrong_type"},  // 72
        {"[shaper.x]\n", refused, "shaper.x", "missing_mandatory_keys"},                               // 73
        {"[shaper.x]\nmax_rate = 0\n", refused, "shaper.x.max_rate", "out_of_range"},                  // 74
        {"[shaper.x]\nmaxrate = 1\n", refused, "shaper.x", "missing_mandatory_keys"},                  // 75
    });
}

TEST_CASE("acceptance: modules, databases, hosts of their own, servers, pools") {
    const std::string pool = "[outgoing_pools.rdbms.default]\n";
    check_all({
        {"[modules.mod_foo]\n", refused, "modules", "module_not_found"},                         // 76
        {"[modules.mod_presence]\nx = 1\n", refused, "modules.mod_presence", "unexpected_key"},  // 77
        {"[internal_databases]\n", accepted, "internal_databases", "x"},                         // 78
        {"[internal_databases.cets]\n", accepted, "internal_databases", "x"},                    // 79
        {"[[host_config]]\nhost = \"h\"\n[[host_config.listen.c2s]]\nport = 5\n", refused,
         "host_config.listen", "unexpected_key"},  // 80
        {"[[host_config]]\nhost = \"h\"\n[host_config.general]\nloglevel = \"info\"\n", refused,
         "host_config.general.loglevel", "not_per_host"},                                       // 81
        {"[[host_config]]\nhost = \"unknown\"\n", warned, "host_config.host", "unknown_host"},  // 82
        {"[modules.mod_disco]\n[modules.mod_ping]\n[[host_config]]\nhost = \"h\"\n"
         "[host_config.modules.mod_roster]\n",
         accepted, "", ""},  // 83
        {"[s2s]\nhost_policy = [{host = \"a\", policy = \"deny\"}, {host = \"a\", policy = \"allow\"}]\n",
         refused, "s2s.host_policy.host", "duplicate_values"},                          // 84
        {"[s2s]\nuse_starttls = \"false\"\n", warned, "s2s.use_starttls", "old_name"},  // 85
        {pool + "[outgoing_pools.rdbms.default.connection]\nhost = \"x\"\n", refused,
         "outgoing_pools.rdbms.default.connection", "missing_mandatory_keys"},  // 86
        {"[outgoing_pools.http.x]\nstrategy = \"next_worker\"\nmax_worker_queue_len = 5\n"
         "[outgoing_pools.http.x.connection]\nhost = \"http://localhost\"\n",
         refused, "outgoing_pools.http.x.max_worker_queue_len", "invalid_worker_pool_strategy_option"},  // 87
        {"[shaper.x]\nmax_rate = 0\n[modules.mod_foo]\n", refused, "shaper.x.max_rate",
         "out_of_range"},                                                                           // 88
        {"[shaper.x]\nmax_rate = 0\n[modules.mod_foo]\n", refused, "modules", "module_not_found"},  // 88
        {"[shaper.x]\nmax_rate = 1\nmax_rate = 2\n", refused, "", "toml_parsing_failed"},           // 89
    });
    CHECK(read_configuration(smallest + "[shaper.x]\nmax_rate = 1\nmax_rate = 2\nfoo = 1\n", "f")
              .findings.size() == 1);  // 89
}

TEST_CASE("acceptance: Erlang terms are read to be migrated, not served") {  // 90
    const testing::temporary_directory folder;
    std::ofstream(folder / "x.cfg") << "{hosts, [\"localhost\"]}.\n{auth_method, internal}.\n";
    const auto reading = load_configuration(folder / "x.cfg");
    INFO(listing(reading));
    CHECK(reading.accepted());
    CHECK_FALSE(reading.servable());
}
