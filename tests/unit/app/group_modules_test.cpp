#include "gateway/configuration.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace meerkat;

namespace {

const std::string smallest =
    "[general]\nhosts = [\"h\"]\ndefault_server_domain = \"h\"\n[auth.internal]\n[modules]\n";

// Nothing in it is younger than the first releases with TOML.
const std::string first_releases =
    "[general]\nhosts = [\"h\"]\n[auth]\nmethods = [\"internal\"]\n[modules]\n";

configuration_reading with(const std::string& more) { return read_configuration(smallest + more, "f"); }
configuration_reading with_oldest(const std::string& more) {
    return read_configuration(first_releases + more, "f");
}

std::string listing(const configuration_reading& reading) {
    std::string all;
    for (const auto& d : reading.findings) all += config::render(d) + '\n';
    return all;
}

// What is said, as `path reason`, in the order of the file.
std::vector<std::string> said(const configuration_reading& reading) {
    std::vector<std::string> all;
    for (const auto& d : reading.findings) all.push_back(d.path + ' ' + d.reason);
    return all;
}

const config::node* at(const configuration_reading& reading, std::string_view path) {
    const config::node* found = reading.modern ? &*reading.modern : nullptr;
    while (found && !path.empty()) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        found = found->find(path.substr(0, dot));
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return found;
}

std::string text_at(const configuration_reading& reading, std::string_view path) {
    const config::node* const found = at(reading, "modules." + std::string(path));
    return found && found->text() ? *found->text() : "(nothing)";
}

std::int64_t number_at(const configuration_reading& reading, std::string_view path) {
    const config::node* const found = at(reading, "modules." + std::string(path));
    return found && found->integer() ? *found->integer() : -1;
}

// The module draws its one remark and no other.
void only_remark(const configuration_reading& reading, const std::string& module) {
    INFO(listing(reading));
    CHECK(reading.accepted());
    CHECK(said(reading) == std::vector<std::string>{"modules." + module + " not_supported_yet"});
}

}  // namespace

TEST_CASE("a module that is to come is checked to its last option and draws one remark") {
    only_remark(with("[modules.mod_mam]\nbackend = \"rdbms\"\n[modules.mod_mam.pm]\n"
                     "async_writer.batch_size = 5\n[modules.mod_mam.muc]\nhost = \"muclight.@HOST@\"\n"),
                "mod_mam");
    only_remark(with("[modules.mod_muc]\nhost = \"rooms.example.org\"\nhibernate_timeout = \"infinity\"\n"
                     "[[modules.mod_muc.default_room.affiliations]]\nuser = \"a\"\nserver = \"h\"\n"
                     "resource = \"\"\naffiliation = \"owner\"\n"),
                "mod_muc");
    only_remark(with("[modules.mod_offline_stub]\n"), "mod_offline_stub");
    const auto wrong =
        with("[modules.mod_muc]\nhost = \"a.@HOST@.b\"\nmax_users = 0\nroom_shapper = \"x\"\n");
    CHECK(said(wrong) == std::vector<std::string>{"modules.mod_muc.host validate_domain_failed",
                                                  "modules.mod_muc.max_users out_of_range",
                                                  "modules.mod_muc unexpected_key"});
}

TEST_CASE("an archive of releases up to 5.1 gets today's name and a writer with a table") {
    const auto reading = with_oldest(
        "[modules.mod_mam_meta]\nasync_writer = false\nmax_batch_size = 7\n"
        "[modules.mod_mam_meta.pm]\nflush_interval = 10\n[modules.mod_mam_meta.muc]\n");
    INFO(listing(reading));
    REQUIRE(reading.accepted());
    CHECK(config::to_string(reading.generation.read_as) == "5.0.1");
    CHECK(at(reading, "modules.mod_mam_meta") == nullptr);
    const config::node* const enabled = at(reading, "modules.mod_mam.async_writer.enabled");
    REQUIRE((enabled && enabled->boolean()));
    CHECK_FALSE(*enabled->boolean());
    CHECK(number_at(reading, "mod_mam.async_writer.batch_size") == 7);
    CHECK(number_at(reading, "mod_mam.pm.async_writer.flush_interval") == 10);
    SECTION("and its parts still take over single settings of the module") {
        CHECK(number_at(reading, "mod_mam.pm.async_writer.batch_size") == 7);
        CHECK(at(reading, "modules.mod_mam.pm.async_writer.enabled"));
        CHECK(at(reading, "modules.mod_mam.muc.async_writer") == nullptr);
    }
    SECTION("and each older spelling is one warning") {
        CHECK(std::count_if(reading.findings.begin(), reading.findings.end(), [](const auto& d) {
                  return d.reason == "old_name" || d.reason == "old_form";
              }) == 4);
    }
}

TEST_CASE("an archive of 5.1 that has the table already keeps it") {
    const auto reading = with(
        "[modules.mod_mam_meta]\nasync_writer.batch_size = 7\n"
        "[modules.mod_mam_meta.pm]\nasync_writer.flush_interval = 10\n");
    INFO(listing(reading));
    REQUIRE(reading.accepted());
    CHECK(config::to_string(reading.generation.read_as) == "5.1.1");
    CHECK(number_at(reading, "mod_mam.async_writer.batch_size") == 7);
    CHECK(number_at(reading, "mod_mam.pm.async_writer.batch_size") == -1);
}

TEST_CASE("one older word of an archive's format becomes two formats") {
    const auto reading = with(
        "[modules.mod_mam_meta]\nrdbms_message_format = \"simple\"\nsimple = true\n"
        "[modules.mod_mam_meta.pm]\nrdbms_message_format = \"internal\"\n");
    INFO(listing(reading));
    REQUIRE(reading.accepted());
    CHECK(text_at(reading, "mod_mam.db_jid_format") == "mam_jid_rfc");
    CHECK(text_at(reading, "mod_mam.db_message_format") == "mam_message_xml");
    CHECK(text_at(reading, "mod_mam.pm.db_jid_format") == "mam_jid_mini");
    CHECK(text_at(reading, "mod_mam.pm.db_message_format") == "mam_message_compressed_eterm");
    CHECK(at(reading, "modules.mod_mam.simple") == nullptr);
    const auto wrong = with("[modules.mod_mam_meta]\nrdbms_message_format = 3\nasync_writer = \"yes\"\n");
    CHECK_FALSE(wrong.accepted());
}

TEST_CASE("preferences of an archive are not kept in a database the archive does not use") {
    const auto reading = with(
        "[modules.mod_mam]\nuser_prefs_store = \"rdbms\"\n[modules.mod_mam.pm]\n"
        "[modules.mod_mam.muc]\nbackend = \"elasticsearch\"\n");
    INFO(listing(reading));
    CHECK(said(reading) == std::vector<std::string>{"modules.mod_mam invalid_mam_user_prefs_store"});
    only_remark(with("[modules.mod_mam]\nuser_prefs_store = \"cassandra\"\nbackend = \"cassandra\"\n"
                     "[modules.mod_mam.pm]\n[modules.mod_mam.muc]\nuser_prefs_store = \"mnesia\"\n"),
                "mod_mam");
}

TEST_CASE("backends of events stand directly in their module") {
    const auto reading = with_oldest(
        "[modules.mod_event_pusher.backend.http]\npool_name = \"p\"\n"
        "[modules.mod_event_pusher.backend.rabbit.chat_msg_exchange]\nname = \"c\"\n"
        "[modules.mod_event_pusher.backend.push]\n");
    INFO(listing(reading));
    REQUIRE(reading.accepted());
    CHECK(config::to_string(reading.generation.read_as) == "5.0.1");
    CHECK(at(reading, "modules.mod_event_pusher.backend") == nullptr);
    const config::node* const handlers = at(reading, "modules.mod_event_pusher.http.handlers");
    REQUIRE((handlers && handlers->array()));
    REQUIRE(handlers->array()->size() == 1);
    CHECK(*handlers->array()->front().find("pool_name")->text() == "p");
    CHECK(text_at(reading, "mod_event_pusher.rabbit.chat_msg_exchange.name") == "c");
    // Up to 6.4 what had no table was told too.
    CHECK(at(reading, "modules.mod_event_pusher.rabbit.presence_exchange"));
    CHECK(at(reading, "modules.mod_event_pusher.push"));

    only_remark(with("[modules.mod_event_pusher.rabbit.chat_msg_exchange]\n"), "mod_event_pusher");
    const auto twice = with(
        "[[modules.mod_event_pusher.http.handlers]]\npath = \"/a\"\n"
        "[[modules.mod_event_pusher.http.handlers]]\npath = \"a\"\n");
    CHECK(said(twice) == std::vector<std::string>{"modules.mod_event_pusher.http duplicate_values"});
    CHECK_FALSE(with("[modules.mod_event_pusher]\nbackend = 3\n").accepted());
}

TEST_CASE("what an older file does not say about push and uploads keeps its meaning") {
    const std::string push = "[modules.mod_event_pusher.backend.push]\n";
    const auto oldest = read_configuration(smallest + push, "f", config::release{40001});
    const config::node* const hosts = at(oldest, "modules.mod_event_pusher.push.virtual_pubsub_hosts");
    REQUIRE((hosts && hosts->array()));
    CHECK(*hosts->array()->front().text() == "pubsub.@HOST@");
    CHECK_FALSE(at(with(push), "modules.mod_event_pusher.push.virtual_pubsub_hosts"));

    const std::string upload =
        "[modules.mod_http_upload.s3]\nbucket_url = \"https://b\"\nregion = \"r\"\n"
        "access_key_id = \"a\"\nsecret_access_key = \"s\"\n";
    const auto before = read_configuration(smallest + upload, "f", config::release{60303});
    INFO(listing(before));
    REQUIRE(before.accepted());
    CHECK(text_at(before, "mod_http_upload.max_file_size") == "infinity");
    only_remark(with(upload), "mod_http_upload");
    const auto bare = with("[modules.mod_http_upload]\n");
    CHECK(said(bare) == std::vector<std::string>{"modules.mod_http_upload missing_mandatory_keys"});
}

TEST_CASE("a field of a light room has one default, of the type its name asks for") {
    const std::string field = "[[modules.mod_muc_light.config_schema]]\nfield = ";
    only_remark(with(field + "\"lines\"\ninteger_value = 30\n"), "mod_muc_light");
    const auto reasons = [&](const std::string& entry) { return said(with(field + entry)); };
    const std::string path = "modules.mod_muc_light.config_schema ";
    CHECK(reasons("\"x\"\n") == std::vector<std::string>{path + "one_value_required"});
    CHECK(reasons("\"x\"\nstring_value = \"\"\nfloat_value = 1.0\n") ==
          std::vector<std::string>{path + "one_value_required"});
    CHECK(reasons("\"roomname\"\ninteger_value = 1\n") ==
          std::vector<std::string>{path + "invalid_reserved_field_type"});
    CHECK(reasons("\"all_can_invite\"\nstring_value = \"x\"\n") ==
          std::vector<std::string>{path + "invalid_reserved_field_type"});

    const auto older = with_oldest(field + "\"ratio\"\nvalue = 1\ntype = \"float\"\n");
    INFO(listing(older));
    REQUIRE(older.accepted());
    CHECK(config::to_string(older.generation.read_as) == "4.0.1");
    const config::node* const schema = at(older, "modules.mod_muc_light.config_schema");
    CHECK(schema->array()->front().find("float_value")->number());
    CHECK_FALSE(schema->array()->front().find("type"));
}

TEST_CASE("a service outside has credentials of its own or makes them from a secret") {
    const std::string service = "[[modules.mod_extdisco.service]]\ntype = \"turn\"\nhost = \"t\"\n";
    only_remark(with(service + "secret = \"s\"\n"), "mod_extdisco");
    const auto both = with(service + "secret = \"hidden\"\npassword = \"p\"\n");
    CHECK(said(both) == std::vector<std::string>{"modules.mod_extdisco.service secret_with_credentials"});
    CHECK(listing(both).find("hidden") == std::string::npos);
}
