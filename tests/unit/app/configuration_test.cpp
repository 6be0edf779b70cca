#include "gateway/configuration.hpp"

#include "tests/unit/app/configuration_findings.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>
#include <string>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

std::string source_file(const std::string& name) {
    std::ifstream in(std::string(MEERKAT_SOURCE_DIR) + '/' + name, std::ios::binary);
    REQUIRE(in);
    std::ostringstream content;
    content << in.rdbuf();
    return content.str();
}

}  // namespace

TEST_CASE("the shipped file is accepted and can be served as it is") {
    const auto reading = read_configuration(source_file("config/meerkat.toml"), "meerkat.toml");
    INFO(listing(reading));
    REQUIRE(reading.servable());
    CHECK(reading.findings.empty());
    CHECK(reading.value->listen.c2s.size() == 1);
    REQUIRE(reading.value->listen.http.size() == 1);
    CHECK(reading.value->listen.http[0].handlers.size() == 5);
}

TEST_CASE("the shipped file is accepted too when its commented parts are switched on") {
    const pem_files pem;
    std::istringstream lines(source_file("config/meerkat.toml"));
    std::string text;
    bool in_example = false;
    for (std::string line; std::getline(lines, line);) {
        const std::size_t mark = line.find("# ");
        const std::string bare = mark == std::string::npos ? std::string() : line.substr(mark + 2);
        const bool whole_comment = mark != std::string::npos && line.find_first_not_of(' ') == mark;
        in_example =
            whole_comment && (in_example || bare.find("[listen.") == 0 || bare.find("[[listen.") == 0);
        line = in_example ? bare : line;
        for (const auto& [from, to] : {std::pair("/etc/meerkat/fullchain.pem", pem.cert),
                                       std::pair("/etc/meerkat/privkey.pem", pem.key)}) {
            if (const auto at = line.find(from); at != std::string::npos)
                line.replace(at, std::string(from).size(), to);
        }
        text += line + '\n';
    }
    const auto reading = read_configuration(text, "meerkat.toml");
    INFO(text);
    INFO(listing(reading));
    REQUIRE(reading.servable());
    CHECK(reading.findings.empty());
    REQUIRE(reading.value->listen.c2s.size() == 2);
    CHECK(reading.value->listen.c2s[0].tls->mode == tls_mode::starttls_required);
    CHECK(reading.value->listen.c2s[1].tls->mode == tls_mode::tls);
    REQUIRE(reading.value->listen.http.size() == 2);
    CHECK(reading.value->listen.http[1].tls);
}

TEST_CASE("the smallest file is accepted with every default") {
    const auto c = accepted("");
    CHECK(c.general.hosts == std::vector<std::string>{"h"});
    CHECK(c.general.registration_timeout.bound() == std::chrono::seconds(600));
    CHECK(c.process.loglevel == log::level::warning);
    CHECK(c.auth.methods == std::vector{auth_method::internal});
    CHECK(c.listen.c2s.empty());
    CHECK_FALSE(c.modules.mod_roster);
}

TEST_CASE("an empty file is told what it lacks") {
    const auto reading = read_configuration("", "f");
    REQUIRE(reading.findings.size() == 1);
    CHECK(reading.findings[0].reason == "missing_mandatory_keys");
    CHECK(reading.findings[0].path.empty());
}

TEST_CASE("a missing default_server_domain is the first host, with a warning") {
    const auto reading =
        read_configuration("[general]\nhosts = [\"A.example\", \"b\"]\n[auth.internal]\n", "f");
    REQUIRE(reading.accepted());
    CHECK(reading.value->general.default_server_domain == "a.example");
    REQUIRE(reading.findings.size() == 1);
    CHECK(reading.findings[0].reason == "missing_default_server_domain");
}

TEST_CASE("hosts are checked one by one and together") {
    const auto reason = [](const std::string& general) {
        const auto reading = read_configuration("[general]\n" + general + "\n[auth.internal]\n", "f");
        REQUIRE(reading.findings.size() == 1);
        return reading.findings[0].reason;
    };
    CHECK(reason("default_server_domain = \"h\"") == "no_hosts");
    CHECK(reason("hosts = [\"h\", \"H\"]\ndefault_server_domain = \"h\"") == "duplicate_values");
    CHECK(reason("hosts = [\"a b\"]\ndefault_server_domain = \"h\"") == "invalid_host");
    CHECK(reason("hosts = [\"\"]\ndefault_server_domain = \"h\"") == "invalid_host");
    CHECK(reason("hosts = [\"h\"]\nhost_types = [\"h\"]\ndefault_server_domain = \"h\"") ==
          "duplicate_hosts");
}

TEST_CASE("a c2s listener has the defaults of its type") {
    const auto c = accepted("[[listen.c2s]]\nport = 5222\nip_address = \"127.1\"\n");
    const auto& l = c.listen.c2s.at(0);
    CHECK(l.socket.port == 5222);
    CHECK(l.socket.ip_address == "127.0.0.1");
    CHECK(l.socket.where == config::place{5, 1});
    CHECK(l.backlog == 1024);
    CHECK(l.max_connections.is_infinite());
    CHECK(l.client.max_stanza_size.bound() == 262'144U);
    CHECK(l.client.state_timeout.bound() == std::chrono::milliseconds(5000));
    CHECK(l.client.access == "all");
    CHECK_FALSE(l.client.allowed_auth_methods);
    CHECK_FALSE(l.tls);
}

TEST_CASE("an address is settled from address and version") {
    const auto address = [](const std::string& more) {
        const auto reading = with("[[listen.c2s]]\nport = 1\ntls.mode = 'x'\n" + more);
        return reading.findings.at(0).reason;
    };
    CHECK(address("") == "validate_enum_failed");
    CHECK(with("[[listen.c2s]]\nport = 1\nip_version = 6\n").value->listen.c2s.at(0).socket.ip_address ==
          "::");
    CHECK(with("[[listen.c2s]]\nport = 1\n").value->listen.c2s.at(0).socket.ip_address == "0.0.0.0");
    CHECK(with("[[listen.http]]\nport = 1\nip_version = 6\n").value->listen.http.at(0).socket.ip_address ==
          "::");
    CHECK(with("[[listen.http]]\nport = 1\n").value->listen.http.at(0).socket.ip_address == "0.0.0.0");
    CHECK(finding("[[listen.c2s]]\nport = 1\nip_address = \"::1\"\nip_version = 4\n").reason ==
          "ip_version_mismatch");
    CHECK(finding("[[listen.c2s]]\nport = 1\nip_address = \"::1\"\nip_version = 5\n").reason ==
          "validate_enum_failed");
}

TEST_CASE("a UNIX socket has a path and access rights, and no port") {
    const std::string local = "[[listen.c2s]]\nip_address = \"unix:/run/x\"\n";
    const auto socket = accepted(local + "unix_mode = \"0660\"\n").listen.c2s.at(0).socket;
    CHECK(socket.unix_path == "/run/x");
    CHECK(socket.unix_mode == 0660U);
    CHECK(socket.ip_address.empty());
    CHECK_FALSE(accepted(local).listen.c2s.at(0).socket.unix_mode);
    CHECK(finding(local + "port = 5\n").reason == "no_effect");
    CHECK(finding(local + local).reason == "duplicate_listeners");
    CHECK(finding(local + "[[listen.http]]\nip_address = \"unix:/run/x\"\n").reason == "duplicate_listeners");
    CHECK(finding("[[listen.c2s]]\nip_address = \"unix:\"\n").reason == "invalid_socket_path");
    CHECK(finding("[[listen.c2s]]\nip_address = \"::1\"\n").reason == "missing_mandatory_keys");
    for (const char* const mode : {"", "0888", "01000", "rw", "0660 "})
        CHECK(finding(local + "unix_mode = \"" + mode + "\"\n").reason == "invalid_mode");
    CHECK(finding(local + "unix_mode = 660\n").reason == "wrong_type");
    CHECK(finding("[[listen.http]]\nport = 5\nip_address = \"::1\"\nunix_mode = \"0660\"\n").reason ==
          "no_effect");
}

TEST_CASE("handlers stand in the order of the file, whatever their types") {
    const auto c = accepted(R"(
[[listen.http]]
port = 5280
ip_address = "127.0.0.1"
[[listen.http.handlers.meerkat_static]]
host = "_"
path = "/a"
bundle = "chat"
[[listen.http.handlers.mongoose_websocket_handler]]
host = "_"
path = "/b"
allowed_origins = ["https://x"]
[[listen.http.handlers.meerkat_static]]
host = "_"
path = "/c"
directory = "/"
[[listen.http.handlers.meerkat_discovery]]
host = "_"
[[listen.http.handlers.meerkat_health]]
host = "_"
)");
    const auto& handlers = c.listen.http.at(0).handlers;
    std::string order;
    for (const auto& h : handlers)
        for (const auto& path : routed_paths(h)) order += path + ' ';
    CHECK(order == "/a /b /c /.well-known/host-meta /.well-known/host-meta.json /healthz /readyz ");
    const auto& ws = std::get<websocket_options>(handlers.at(1).handler);
    CHECK(ws.timeout.bound() == std::chrono::milliseconds(60'000));
    CHECK(ws.allowed_origins == std::vector<std::string>{"https://x"});
}

TEST_CASE("the older name of the WebSocket handler works with a warning") {
    const auto d = finding(
        "[[listen.http]]\nport = 1\nip_address = \"::1\"\n[[listen.http.handlers.mod_websockets]]\n"
        "host = \"_\"\npath = \"/ws\"\n");
    CHECK(d.reason == "old_name");
}

TEST_CASE("a listener's address may be taken once over all types") {
    const auto d = finding(
        "[[listen.http]]\nport = 5\nip_address = \"::1\"\n[[listen.c2s]]\nport = 5\nip_address = \"::1\"\n");
    CHECK(d.reason == "duplicate_listeners");
    CHECK(d.where.line == 8);
    accepted(
        "[[listen.c2s]]\nport = 5\nip_address = \"::1\"\n[[listen.c2s]]\nport = 5\nip_address = "
        "\"127.0.0.1\"\n");
}

TEST_CASE("a shaper that is named must be there; an access rule that is not there is a warning") {
    const std::string listener = "[[listen.c2s]]\nport = 5\nip_address = \"::1\"\n";
    CHECK(finding(listener + "shaper = \"x\"\n").reason == "undefined_shapers");
    CHECK(finding(listener + "access = \"x\"\n").reason == "undefined_access_rule");
    accepted(listener + "shaper = \"x\"\naccess = \"y\"\n[shaper.x]\nmax_rate = 1\n[access]\ny = []\n");
}

TEST_CASE("what guards or listens and is not there yet is not served; the rest warns") {
    using config::severity;
    const std::string c2s = "[[listen.c2s]]\nport = 5\nip_address = \"::1\"\n";
    for (const std::string& more :
         {std::string("[[listen.s2s]]\nport = 5\n"),
          std::string("[[listen.component]]\nport = 5\npassword = \"x\"\n"), std::string("[auth.ldap]\n"),
          std::string("[auth.jwt]\nsecret.value = \"x\"\nalgorithm = \"HS256\"\nusername_key = \"user\"\n"),
          std::string("[[listen.http]]\nport = 5\nip_address = \"::1\"\n"
                      "[[listen.http.handlers.mongoose_graphql_handler]]\nhost = \"_\"\npath = \"/x\"\n"
                      "schema_endpoint = \"user\"\n")}) {
        INFO(more);
        CHECK(finding(more).level == severity::blocking);
    }
    for (const std::string& more :
         {std::string("[modules.mod_mam]\nbackend = \"rdbms\"\n"),
          std::string("[services.service_domain_db]\n"), std::string("[instrumentation.prometheus]\n"),
          std::string("[s2s]\ndefault_policy = \"deny\"\n"),
          std::string("[outgoing_pools.redis.default]\nworkers = 5\n")}) {
        INFO(more);
        CHECK(finding(more).level == severity::warning);
        CHECK(with(more).servable());
    }
    accepted("[internal_databases.mnesia]\n");
    accepted(c2s + "num_acceptors = 10\nproto = \"tcp\"\n");
}

TEST_CASE("auth methods are those listed, or every one with a section") {
    CHECK(accepted("[auth.dummy]\n[auth.anonymous]\n").auth.methods ==
          std::vector{auth_method::anonymous, auth_method::dummy, auth_method::internal});
    const auto listed = read_configuration(smallest + "[auth]\nmethods = [\"internal\"]\n", "f");
    REQUIRE(listed.servable());
    CHECK(listed.value->auth.internal);
    CHECK(listed.findings.at(0).reason == "missing_section_for_auth_method");
    CHECK_FALSE(read_configuration(smallest + "[auth]\nmethods = [\"ldap\"]\n", "f").servable());
    const auto wrong = read_configuration(smallest + "[auth]\nmethods = [\"internl\"]\n", "f");
    REQUIRE(wrong.findings.size() == 1);
    CHECK(wrong.findings[0].reason == "module_not_found");
    CHECK(wrong.findings[0].hint == "did you mean \"internal\"?");
}

TEST_CASE("passwords that may cross a network readable draw a warning") {
    CHECK(finding("[[listen.c2s]]\nport = 5\n").reason == "readable_passwords");
    CHECK(finding("[[listen.http]]\nport = 5\n[[listen.http.handlers.mongoose_websocket_handler]]\n"
                  "host = \"_\"\npath = \"/x\"\n")
              .reason == "readable_passwords");
    accepted("[[listen.http]]\nport = 5\n");
}

TEST_CASE("a handler that no request can reach draws a warning") {
    const std::string http = "[[listen.http]]\nport = 5\nip_address = \"::1\"\n";
    const std::string chat =
        "[[listen.http.handlers.meerkat_static]]\nhost = \"_\"\npath = \"/[...]\"\nbundle = \"chat\"\n";
    CHECK(finding(http + chat + "[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\n").reason ==
          "unreachable_handler");
    CHECK(finding(http + chat + chat).reason == "unreachable_handler");
}

TEST_CASE("acl values are prepared, and access values are numbers or words") {
    const auto c = accepted(
        "[acl]\nx = [{user = \"ALICE\"}]\n[access]\ny = [{acl = \"x\", value = 5}, {acl = \"all\", value = "
        "\"deny\"}]\n");
    CHECK(c.access.acl.at("x").at(0).user == "alice");
    CHECK(c.access.access.at("y").at(0).value == rule_value(std::int64_t{5}));
    CHECK(finding("[acl]\nx = [{user = \"a b\"}]\n").reason == "incorrect_acl_condition_value");
    CHECK(finding("[acl]\nx = [{match = \"any\"}]\n").reason == "validate_enum_failed");
    CHECK(finding("[access]\ny = [{acl = \"x\", value = true}]\n").reason == "wrong_type");
    CHECK(finding("[access]\ny = [{acl = \"x\"}]\n").reason == "missing_mandatory_keys");
}

TEST_CASE("a file that cannot be read says why") {
    const testing::temporary_directory folder;
    CHECK(listing(load_configuration(folder / "none.toml")).find("No such file") != std::string::npos);
    CHECK(listing(load_configuration(folder.path())).find("this is a directory") != std::string::npos);
}

TEST_CASE("docs/configuration holds what the tables say") {
    const auto compare = [](const std::string& name, const std::string& generated) {
        if (std::getenv("MEERKAT_WRITE_REFERENCE"))
            std::ofstream(std::string(MEERKAT_SOURCE_DIR) + '/' + name, std::ios::binary) << generated;
        const bool same = source_file(name) == generated;
        INFO(name << ": run this test with MEERKAT_WRITE_REFERENCE=1 to write the file anew");
        CHECK(same);
    };
    compare("docs/configuration/reference.md", reference_markdown());
    compare("docs/configuration/meerkat.schema.json", reference_json_schema());
}
