#include "gateway/config_commands/migrate.hpp"

#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>
#include <string>

using namespace meerkat;

namespace {

struct outcome {
    int exit = 0;
    std::string out, findings;
};

outcome migrate(const std::filesystem::path& file) {
    std::ostringstream out;
    std::ostringstream findings;
    const int exit = migrate_configuration(file, std::nullopt, out, findings);
    return {exit, out.str(), findings.str()};
}

outcome migrate_text(const std::string& text) {
    const testing::temporary_directory folder;
    const auto file = folder.path() / "mongooseim.toml";
    std::ofstream(file) << text;
    return migrate(file);
}

}  // namespace

TEST_CASE("migrating the shipped configuration changes nothing in it") {
    const std::filesystem::path shipped = std::filesystem::path(MEERKAT_SOURCE_DIR) / "config/meerkat.toml";
    std::ifstream file(shipped);
    std::stringstream text;
    text << file.rdbuf();
    const outcome migrated = migrate(shipped);
    CHECK(migrated.exit == 0);
    CHECK(migrated.findings.empty());
    CHECK(migrated.out == text.str());
}

TEST_CASE("migrating writes older names as today's, with their comments, and says so") {
    const outcome migrated = migrate_text(R"([general]
  hosts = ["localhost"]
  default_server_domain = "localhost"

# For browsers.
[[listen.http]]
  port = 5280

  # The old name.
  [[listen.http.handlers.mod_websockets]]
    host = "_"
    path = "/ws"  # the usual place
)");
    CHECK(migrated.exit == 0);
    CHECK(migrated.findings.find("old_name") != std::string::npos);
    CHECK(migrated.out == R"([general]
  hosts = ["localhost"]
  default_server_domain = "localhost"

# For browsers.
[[listen.http]]
  port = 5280

  # The old name.
  [[listen.http.handlers.mongoose_websocket_handler]]
    host = "_"
    path = "/ws"  # the usual place
)");
}

TEST_CASE("a file that is said to be of an older release is migrated with that release's defaults") {
    const testing::temporary_directory folder;
    const auto file = folder / "mongooseim.toml";
    std::ofstream(file) << "[general]\n  hosts = [\"a.example\"]\n\n[[listen.c2s]]\n  port = 5222\n";
    std::ostringstream out;
    std::ostringstream findings;
    CHECK(migrate_configuration(file, config::parse_release("4.0.1"), out, findings) == 0);
    CHECK(out.str().find("backlog = 100\n") != std::string::npos);
    CHECK(migrate(file).out.find("backlog") == std::string::npos);
}

TEST_CASE("what an older file says against its release's default stays written when it is today's default") {
    // The pool of a file up to 6.5 has a bound where none is written, and riak makes the new file one of
    // those.
    const outcome migrated = migrate_text(R"([general]
  hosts = ["localhost"]

[modules.mod_last.riak]

[outgoing_pools.rabbit.default]
  connection.max_worker_queue_len = "infinity"
)");
    CHECK(migrated.exit == 0);
    CHECK(migrated.out.find("  max_worker_queue_len = \"infinity\"\n") != std::string::npos);
}

TEST_CASE("migrating says when the new file will be read as of another release") {
    // No release had both xml_socket and a backend of mod_stream_management, so this is read as a new file;
    // without xml_socket it is one of 6.0, of which other defaults hold.
    const outcome migrated = migrate_text(R"([general]
  hosts = ["localhost"]

[[listen.c2s]]
  port = 5222
  xml_socket = true
  zlib = 10000

[modules.mod_stream_management]
  backend = "mnesia"
)");
    CHECK(migrated.exit == 0);
    CHECK(migrated.findings.find("will be read as of 6.0.0") != std::string::npos);
    CHECK(migrated.findings.find("listen.c2s[5222].backlog") != std::string::npos);
}

TEST_CASE("a file with errors is not migrated") {
    const outcome migrated = migrate_text("[general]\nhosts = 5\n");
    CHECK(migrated.exit == 1);
    CHECK(migrated.out.empty());
    CHECK(migrated.findings.find("general.hosts") != std::string::npos);
    CHECK(migrate_text("[general").exit == 1);
    CHECK(migrate("/no/such/file").exit == 1);
}
