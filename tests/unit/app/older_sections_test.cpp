// What becomes of the sections of older files: authentication, pools, other servers, services, [general].

#include "gateway/configuration.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace meerkat;
using config::severity;

namespace {

const std::string general = "[general]\nhosts = [\"h\"]\ndefault_server_domain = \"h\"\n";

// What the first releases with TOML knew.
const std::string oldest = "[general]\nhosts = [\"h\"]\n[auth]\nmethods = [\"internal\"]\n";

struct outcome {
    configuration_reading reading;

    // What stands at a path of the modern tree; positions in arrays are numbers.
    const config::node* find(std::string_view path) const {
        const config::node* at = &*reading.modern;
        while (at && !path.empty()) {
            const std::string_view key = path.substr(0, path.find('.'));
            path.remove_prefix(std::min(path.size(), key.size() + 1));
            const bool position = key.find_first_not_of("0123456789") == std::string_view::npos;
            if (!position) {
                at = at->find(key);
            } else {
                const std::size_t index = std::stoul(std::string(key));
                at = at->array() && index < at->array()->size() ? &(*at->array())[index] : nullptr;
            }
        }
        return at;
    }
    std::string text(std::string_view path) const {
        const config::node* const found = find(path);
        return found && found->text() ? *found->text() : "(nothing)";
    }
    std::optional<std::int64_t> integer(std::string_view path) const {
        const config::node* const found = find(path);
        return found && found->integer() ? std::optional(*found->integer()) : std::nullopt;
    }
    bool says(std::string_view path, std::string_view reason, severity level = severity::warning) const {
        const auto& all = reading.findings;
        return std::any_of(all.begin(), all.end(), [&](const config::diagnostic& d) {
            return d.path == path && d.reason == reason && d.level == level;
        });
    }
};

outcome read(const std::string& text, std::optional<config::release> as = {}) {
    outcome o{read_configuration(text, "f", as)};
    std::string all;
    for (const auto& d : o.reading.findings) all += config::render(d) + '\n';
    INFO(all);
    REQUIRE(o.reading.accepted());
    REQUIRE(o.reading.modern);
    return o;
}

outcome with(const std::string& more, std::optional<config::release> as = {}) {
    return read(general + "[auth.internal]\n" + more, as);
}

const std::string listener = "[[listen.s2s]]\nport = 5269\n";

}  // namespace

TEST_CASE("the first host becomes default_server_domain where none is written") {
    const auto o = read("[general]\nhosts = [\"A.example\", \"b\"]\n[auth.internal]\n");
    CHECK(o.text("general.default_server_domain") == "a.example");
    CHECK(o.says("general", "missing_default_server_domain"));
    CHECK(o.reading.value->general.default_server_domain == "a.example");
}

TEST_CASE("methods without sections get empty ones") {
    const auto o = read(general + "[auth]\nmethods = [\"internal\", \"anonymous\"]\n[auth.anonymous]\n");
    CHECK(o.find("auth.internal"));
    CHECK(o.says("auth.methods", "missing_section_for_auth_method"));
    CHECK(o.reading.servable());
}

TEST_CASE("a method that is not there yet blocks only where it is used") {
    CHECK_FALSE(read(general + "[auth.ldap]\n").reading.servable());
    CHECK_FALSE(read(general + "[auth]\nmethods = [\"rdbms\"]\n").reading.servable());
    CHECK(read(general + "[auth]\nmethods = [\"internal\"]\n[auth.internal]\n[auth.ldap]\n")
              .reading.servable());
}

TEST_CASE("Riak's accounts are gone, and the file is not served without them") {
    const auto o = read(general + "[auth]\nmethods = [\"riak\", \"internal\"]\n");
    CHECK(o.says("auth.riak", "not_supported", severity::blocking));
    CHECK(o.find("auth.methods")->array()->size() == 1);
    const auto table = read(general + "[auth.riak]\nbucket_type = \"x\"\n");
    CHECK(table.reading.generation.read_as == config::parse_release("6.1.0"));
    CHECK(table.says("auth.riak", "not_supported", severity::blocking));
}

TEST_CASE("scram_iterations belong to passwords") {
    const auto o = with("[auth]\nscram_iterations = 4096\n");
    CHECK(o.integer("auth.password.scram_iterations") == 4096);
    CHECK(o.reading.value->auth.password.scram_iterations == 4096);
    CHECK(o.says("auth.scram_iterations", "old_place"));
}

TEST_CASE("mechanisms to come are left out with a warning each") {
    const auto o = with("[auth]\nsasl_mechanisms = [\"ht_sha256_none\", \"plain\"]\n");
    CHECK(o.reading.value->auth.sasl_mechanisms == std::vector{sasl_mechanism::plain});
    CHECK(o.says("auth.sasl_mechanisms", "not_supported_yet"));
}

TEST_CASE("patterns of classes that implied no domain say so") {
    const std::string acl =
        "[acl]\nx = [{user = \"a\"}, {server = \"b\"}, {user = \"a\", server = \"b\"}, "
        "{resource = \"r\"}, {match = \"none\"}]\n";
    const auto old = with(acl, config::parse_release("5.0.1"));
    CHECK(old.text("acl.x.0.match") == "(nothing)");
    CHECK(old.text("acl.x.1.match") == "all");
    CHECK(old.text("acl.x.2.match") == "all");
    CHECK(old.text("acl.x.3.match") == "all");
    CHECK(old.text("acl.x.4.match") == "none");
    CHECK(old.says("acl", "old_default"));
    CHECK(with(acl).text("acl.x.1.match") == "(nothing)");
}

TEST_CASE("one switch for connections between servers becomes a tls table for each direction") {
    struct row {
        const char* value;
        const char* mode;
        const char* verify;
    };
    for (const row& each : {row{"optional", "starttls", "none"}, row{"required", "starttls_required", "none"},
                            row{"required_trusted", "starttls_required", "peer"}}) {
        const auto o = with(listener + "[listen.s2s.tls]\nciphers = \"HIGH\"\n[s2s]\nuse_starttls = \"" +
                            each.value + "\"\ncertfile = \"/dev/null\"\nciphers = \"TLSv1.2:TLSv1.3\"\n");
        INFO(each.value);
        for (const std::string table : {"s2s.outgoing.tls", "listen.s2s.0.tls"}) {
            CHECK(o.text(table + ".mode") == each.mode);
            CHECK(o.text(table + ".verify_mode") == each.verify);
            CHECK(o.text(table + ".certfile") == "/dev/null");
            CHECK(o.text(table + ".keyfile") == "/dev/null");
        }
        CHECK(o.text("s2s.outgoing.tls.versions.1") == "tlsv1.3");
        CHECK(o.text("listen.s2s.0.tls.ciphers") == "HIGH");
        CHECK_FALSE(o.find("s2s.use_starttls"));
        CHECK(o.says("s2s.use_starttls", "old_name"));
    }
}

TEST_CASE("without the switch there is no TLS between servers") {
    for (const char* s2s : {"use_starttls = \"false\"\n", "max_retry_delay = 5\n"}) {
        const auto o =
            with(listener + "[listen.s2s.tls]\nciphers = \"HIGH\"\n[s2s]\ncertfile = \"x\"\n" + s2s);
        CHECK_FALSE(o.find("listen.s2s.0.tls"));
        CHECK_FALSE(o.find("s2s.outgoing.tls"));
        CHECK(o.says("listen.s2s.tls", "old_default"));
        CHECK(o.says("s2s.certfile", "no_effect"));
    }
    CHECK(with(listener + "[listen.s2s.tls]\ncertfile = \"/dev/null\"\nkeyfile = \"/dev/null\"\n")
              .find("listen.s2s.0.tls"));
}

TEST_CASE("an unknown word for the switch is refused") {
    const auto reading =
        read_configuration(general + "[auth.internal]\n[s2s]\nuse_starttls = \"maybe\"\n", "f");
    CHECK_FALSE(reading.accepted());
}

TEST_CASE("what [s2s] said of connections that go out stands in s2s.outgoing") {
    const auto o = with(
        "[s2s]\nmax_retry_delay = 7\ndns.timeout = 3\naddress = [{host = \"a\", ip_address = "
        "\"127.0.0.1\"}]\n");
    CHECK(o.integer("s2s.outgoing.max_retry_delay") == 7);
    CHECK(o.integer("s2s.outgoing.dns.timeout") == 3);
    CHECK(o.text("s2s.outgoing.address.0.host") == "a");
    CHECK(o.reading.generation.read_as == config::parse_release("6.3.3"));
}

TEST_CASE("certificates by domain move to the listeners that have TLS") {
    const std::string c2s =
        "[[listen.c2s]]\nport = 5222\ntls.mode = \"starttls\"\ntls.verify_mode = \"none\"\n"
        "tls.certfile = \"/dev/null\"\ntls.keyfile = \"/dev/null\"\n";
    const std::string entry = "domain_certfile = [{domain = \"h\", certfile = \"/dev/null\"}]\n";
    for (const std::string& text : {general + entry + "[auth.internal]\n" + c2s,
                                    general + "[auth.internal]\n" + c2s + "[s2s]\n" + entry}) {
        const auto o = read(text);
        CHECK(o.text("listen.c2s.0.tls.certificates.0.domains.0") == "h");
        CHECK(o.text("listen.c2s.0.tls.certificates.0.keyfile") == "/dev/null");
    }
    CHECK(read(general + entry + "[auth.internal]\n").says("general.domain_certfile", "no_effect"));
}

TEST_CASE("older names in pools become today's") {
    const auto o = read(oldest + R"(
[outgoing_pools.rabbit.event_pusher.connection]
amqp_host = "rabbit"
amqp_password = "secret"
max_worker_queue_len = 50
[outgoing_pools.ldap.default.connection]
rootdn = "cn=admin"
encrypt = "tls"
[outgoing_pools.cassandra.default.connection]
servers = [{ip_address = "10.0.0.1"}]
tls.verify_peer = true
tls.server_name_indication = false
[outgoing_pools.http.auth]
scope = "host"
connection.host = "https://h"
connection.tls.versions = ["tlsv1.2"]
[outgoing_pools.riak.default.connection]
address = "127.0.0.1"
port = 8087
)");
    CHECK(o.text("outgoing_pools.rabbit.event_pusher.connection.host") == "rabbit");
    CHECK(o.text("outgoing_pools.rabbit.event_pusher.connection.password") == "secret");
    CHECK(o.integer("outgoing_pools.rabbit.event_pusher.max_worker_queue_len") == 50);
    CHECK(o.text("outgoing_pools.ldap.default.connection.root_dn") == "cn=admin");
    CHECK(o.text("outgoing_pools.ldap.default.connection.tls.verify_mode") == "none");
    CHECK(o.text("outgoing_pools.cassandra.default.connection.servers.0.host") == "10.0.0.1");
    CHECK(o.text("outgoing_pools.cassandra.default.connection.tls.verify_mode") == "peer");
    CHECK(
        o.find("outgoing_pools.cassandra.default.connection.tls.server_name_indication.enabled")->boolean());
    CHECK(o.text("outgoing_pools.http.auth.scope") == "host_type");
    CHECK(o.text("outgoing_pools.http.auth.connection.tls.verify_mode") == "none");
    CHECK_FALSE(o.find("outgoing_pools.riak"));
}

TEST_CASE("an LDAP connection that was not encrypted stays so") {
    const std::string pool =
        "[outgoing_pools.ldap.default.connection]\nservers = [\"a\"]\n[outgoing_pools.ldap."
        "default.connection.tls]\nversions = [\"tlsv1.2\"]\n";
    CHECK_FALSE(
        with(pool, config::parse_release("5.0.1")).find("outgoing_pools.ldap.default.connection.tls"));
    CHECK(with(pool).find("outgoing_pools.ldap.default.connection.tls"));
}

TEST_CASE("a pool of one domain moves to the options of that domain") {
    const auto o = with(
        "[outgoing_pools.http.\"a.b\"]\nscope = \"single_host\"\nhost = \"h\"\n"
        "connection.host = \"https://h\"\n");
    CHECK(o.text("host_config.0.host") == "h");
    const config::node* const pools = o.find("host_config.0.outgoing_pools.http");
    REQUIRE(pools);
    REQUIRE(pools->find("a.b"));
    CHECK_FALSE(pools->find("a.b")->find("scope"));
    CHECK_FALSE(o.find("outgoing_pools"));
}

TEST_CASE("the oldest place of a database's driver is understood") {
    const auto o = read(oldest +
                        "[outgoing_pools.rdbms.default]\ndriver = \"pgsql\"\n[outgoing_pools.rdbms.default."
                        "connection]\nhost = \"h\"\ndatabase = \"d\"\nusername = \"u\"\npassword = \"p\"\n");
    CHECK(o.text("outgoing_pools.rdbms.default.connection.driver") == "pgsql");
    CHECK(o.reading.generation.read_as == config::parse_release("4.0.0"));
}

TEST_CASE("options of [general] that are gone say why or where they went") {
    const std::string gone =
        "max_fsm_queue = 1\nrdbms_server_type = \"pgsql\"\noverride = [\"local\"]\n"
        "pgsql_users_number_estimate = true\nall_metrics_are_global = true\n"
        "[general.mongooseimctl_access_commands.local]\ncommands = [\"status\"]\n"
        "argument_restrictions.host = \"h\"\n";
    const auto o = read(general + gone + "[auth]\nmethods = [\"rdbms\"]\n");
    CHECK(o.find("auth.rdbms.users_number_estimate"));
    CHECK(o.find("instrumentation.exometer.all_metrics_are_global"));
    for (const char* key :
         {"max_fsm_queue", "rdbms_server_type", "override", "mongooseimctl_access_commands"}) {
        CHECK_FALSE(o.find(std::string("general.") + key));
        CHECK(o.says(std::string("general.") + key, "no_effect"));
    }
}

TEST_CASE("until 6.1.0 the bound of all queues was that of clients too, where a listener said nothing else") {
    const std::string bounded =
        "[general]\nhosts = [\"h\"]\ndefault_server_domain = \"h\"\nmax_fsm_queue = 300\n[auth.internal]\n"
        "[[listen.c2s]]\nport = 1\n[[listen.c2s]]\nport = 2\nmax_fsm_queue = 7\n";
    const auto older = read(bounded, config::parse_release("6.0.0"));
    CHECK(older.integer("listen.c2s.0.max_fsm_queue") == 300);
    CHECK(older.integer("listen.c2s.1.max_fsm_queue") == 7);
    CHECK(older.says("general.max_fsm_queue", "old_default"));
    const auto later = read(bounded, config::parse_release("6.1.0"));
    CHECK_FALSE(later.find("listen.c2s.0.max_fsm_queue"));
    CHECK(later.integer("listen.c2s.1.max_fsm_queue") == 7);
    CHECK(later.says("general.max_fsm_queue", "no_effect"));
}

TEST_CASE("an older flag does not switch anything on") {
    const auto o = read(
        general + "all_metrics_are_global = false\npgsql_users_number_estimate = true\n[auth.internal]\n");
    CHECK_FALSE(o.find("instrumentation"));
    CHECK_FALSE(o.find("auth.rdbms"));
}

TEST_CASE("services that are gone are left out") {
    const auto o = with(
        "[services.service_translations]\n[services.service_mongoose_system_metrics]\n"
        "report = true\ntracking_id = \"UA-1\"\n");
    CHECK_FALSE(o.find("services.service_translations"));
    CHECK_FALSE(o.find("services.service_mongoose_system_metrics.tracking_id"));
    CHECK(o.says("services.service_mongoose_system_metrics", "no_effect"));
    CHECK_FALSE(
        with("[services.service_admin_extra]\nsubmods = [\"node\"]\n").find("services.service_admin_extra"));
}
