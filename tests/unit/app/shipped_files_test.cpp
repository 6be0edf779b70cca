// The files that releases of MongooseIM came with, and files that use every option of a release's listen
// section: all are accepted, and a migration means the same as its original.

#include "gateway/config_commands/migrate.hpp"
#include "gateway/configuration.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

using namespace meerkat;

namespace {

class certificate_folder {
public:
    certificate_folder() {
        write("cert.pem", "-----BEGIN CERTIFICATE-----\n");
        write("key.pem", "-----BEGIN PRIVATE KEY-----\n");
        write("both.pem", "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n");
    }

    // The text of one of the files, with certificates that exist.
    std::string text_of(const std::filesystem::path& file) const {
        std::ifstream in(file, std::ios::binary);
        REQUIRE(in);
        std::ostringstream content;
        content << in.rdbuf();
        std::string text = content.str();
        replace(text, "@CERT@", "cert.pem");
        replace(text, "@KEY@", "key.pem");
        replace(text, "@PEM@", "both.pem");
        replace(text, "priv/ssl/fake_cert.pem", "cert.pem");
        replace(text, "priv/ssl/fake_key.pem", "key.pem");
        replace(text, "priv/ssl/fake_server.pem", "both.pem");
        return text;
    }

private:
    void write(const std::string& name, const std::string& content) const {
        std::ofstream(folder_ / name) << content;
    }
    void replace(std::string& text, const std::string& mark, const std::string& name) const {
        const std::string path = (folder_ / name).string();
        for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
            text.replace(at, mark.size(), path);
    }

    testing::temporary_directory folder_;
};

std::string listing(const configuration_reading& reading) {
    std::string all;
    for (const auto& d : reading.findings) all += config::render(d) + '\n';
    return all;
}

// What is said of how the file is written, rather than of what it asks for.
bool about_spelling(const config::diagnostic& d) {
    return d.reason.starts_with("old_") || d.reason == "older_file_form" ||
           d.reason == "missing_section_for_auth_method" || d.reason == "missing_default_server_domain";
}

std::string shown(const configuration_reading& reading) {
    std::string all;
    for (const auto& each : reading.effective) all += config::show(each) + '\n';
    return all;
}

void check_migration(const configuration_reading& reading) {
    const auto text = migrated_text(reading);
    REQUIRE(text);
    const auto again = read_configuration(*text, "migrated.toml");
    INFO(listing(again) << *text);
    REQUIRE(again.accepted());
    for (const auto& d : again.findings) {
        INFO(config::render(d));
        CHECK_FALSE(about_spelling(d));
    }
    CHECK(shown(again) == shown(reading));
}

}  // namespace

TEST_CASE("the files that releases came with are accepted, and mean the same once migrated") {
    const certificate_folder certificates;
    const std::map<std::string, std::string> read_as = {{"default-6.8.0.toml", "6.8.0"},
                                                        {"default-6.5.0.toml", "6.5.0"},
                                                        {"default-6.2.1.toml", "6.2.1"},
                                                        {"default-4.0.1.toml", "4.0.1"}};
    for (const auto& [name, release] : read_as) {
        INFO(name);
        const auto text = certificates.text_of(std::filesystem::path(MEERKAT_CONFIGURATIONS) / name);
        const auto reading = read_configuration(text, name);
        INFO(listing(reading));
        REQUIRE(reading.accepted());
        CHECK(reading.generation.read_as <= config::parse_release(release == "6.2.1"   ? "6.3.3"
                                                                  : release == "4.0.1" ? "5.0.1"
                                                                                       : release));
        check_migration(reading);
    }
}

TEST_CASE(
    "the oldest form, Erlang terms, migrates to a file that is accepted without remarks on its spelling") {
    const certificate_folder certificates;
    const auto file = std::filesystem::path(MEERKAT_CONFIGURATIONS) / "default-3.7.1.cfg";
    const testing::temporary_directory folder;
    std::ofstream(folder / "old.cfg") << certificates.text_of(file);
    const auto reading = load_configuration(folder / "old.cfg");
    INFO(listing(reading));
    REQUIRE(reading.accepted());
    CHECK(reading.generation.because == "its form, Erlang terms");
    check_migration(reading);
}

TEST_CASE(
    "files with every option of a release's listen section are accepted, and mean the same once migrated") {
    const certificate_folder certificates;
    std::size_t files = 0;
    for (const auto& each : std::filesystem::directory_iterator(MEERKAT_CONFIGURATIONS)) {
        const std::string name = each.path().filename().string();
        if (!name.starts_with("listen-") || each.path().extension() != ".toml") continue;
        ++files;
        INFO(name);
        const auto reading = read_configuration(certificates.text_of(each.path()), name);
        INFO(listing(reading));
        REQUIRE(reading.accepted());
        check_migration(reading);
    }
    CHECK(files == 4);
}
