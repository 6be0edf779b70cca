#include "gateway/doctor/files.hpp"
#include "gateway/doctor/this_machine.hpp"
#include "tests/unit/app/doctor_fixture.hpp"

#include <sys/stat.h>

using namespace meerkat;
using namespace meerkat::doctor;

namespace {

const std::string component = "[[listen.component]]\nport = 8888\npassword = \"long-enough-and-random\"\n";

file_facts file(unsigned mode, bool readable = true) { return {false, mode, readable, readable}; }
file_facts folder(unsigned mode, bool writable = true) { return {true, mode, true, writable}; }

fake_world healthy() {
    fake_world around;
    around.files["data"] = folder(0700);
    return around;
}

const lines healthy_findings{
    "fine: the configuration file meerkat.toml: holds no secrets [configuration_protected]",
    "fine: data_dir data: writable, and closed to strangers [data_dir_protected]",
    "fine: the disk of data_dir data: 4096 MiB are free [enough_space]",
    "fine: the limit of open files (RLIMIT_NOFILE, hard): 1048576 [enough_descriptors]"};

// What differs from the findings of a healthy machine.
lines unusual(fake_world& around, const std::string& more = {}) {
    lines found;
    for (const std::string& line : examined(examine_files, around, more)) {
        if (std::ranges::find(healthy_findings, line) == healthy_findings.end()) found.push_back(line);
    }
    return found;
}

}  // namespace

TEST_CASE("the doctor says what is well with the files of a healthy machine") {
    fake_world around = healthy();
    CHECK(examined(examine_files, around, "") == healthy_findings);
    around.descriptors = std::nullopt;
    CHECK(unusual(around) ==
          lines{"fine: the limit of open files (RLIMIT_NOFILE, hard): unlimited [enough_descriptors]"});
}

TEST_CASE("a configuration with secrets must be closed to other users") {
    fake_world around = healthy();
    around.files["meerkat.toml"] = file(0640);
    CHECK(unusual(around, component) ==
          lines{"fine: the configuration file meerkat.toml: holds secrets, and strangers "
                "may not read it [configuration_protected]"});
    around.files["meerkat.toml"] = file(0644);
    CHECK(unusual(around, component) ==
          lines{"problem: the configuration file meerkat.toml: every user of this machine may read it, and "
                "it holds "
                "secrets: line 6, listen.component.password [configuration_readable]",
                "    chmod o-r meerkat.toml, and make sure that the server's user still may: chgrp to its "
                "group"});
    CHECK(unusual(around).empty());
}

TEST_CASE("a configuration that everybody may change is a problem also without secrets") {
    fake_world around = healthy();
    around.files["meerkat.toml"] = file(0666);
    CHECK(unusual(around) ==
          lines{"problem: the configuration file meerkat.toml: every user of this machine may change it "
                "[configuration_writable]",
                "    chmod o-w meerkat.toml"});
}

TEST_CASE("keys and certificates must be readable to the server, keys to nobody else") {
    const testing::temporary_directory pem;
    const std::string cert = (pem / "cert.pem").string(), key = (pem / "key.pem").string();
    std::ofstream(cert) << "-----BEGIN CERTIFICATE-----\n";
    std::ofstream(key) << "-----BEGIN PRIVATE KEY-----\n";
    const std::string listener =
        "[[listen.c2s]]\nport = 5222\n[listen.c2s.tls]\nverify_mode = \"none\"\ncertfile = \"" + cert +
        "\"\nkeyfile = \"" + key + "\"\n";
    const std::string another =
        "[[listen.c2s]]\nport = 5223\n[listen.c2s.tls]\nmode = \"tls\"\nverify_mode = "
        "\"none\"\ncertfile = \"" +
        cert + "\"\nkeyfile = \"" + key + "\"\n";
    fake_world around = healthy();
    CHECK(unusual(around, listener + another) ==
          lines{"fine: the key " + key + ": only its owner may read it [key_protected]"});
    around.files[key] = file(0640);
    CHECK(unusual(around, listener) ==
          lines{"advice: the key " + key + ": its whole group may read or change it [key_open_to_group]",
                "    chmod 600 " + key +
                    " if the server's user owns it; else make sure that nobody else is in the group"});
    around.files[key] = file(0644);
    CHECK(unusual(around, listener) ==
          lines{"problem: the key " + key +
                    ": every user of this machine may read or change it, and so pass for this server "
                    "[key_open_to_all]",
                "    chmod o= " + key +
                    "; if somebody may have read it, get a new certificate with a new key"});
    around.files[key] = file(0600, false);
    around.files[cert] = file(0600, false);
    const std::string to_do =
        "    run the doctor as the user of the server, and let that user read it: chgrp and chmod "
        "g+r give a group the right";
    CHECK(unusual(around, listener) ==
          lines{"problem: the key " + key + ": this user may not read it [key_not_readable]", to_do,
                "problem: the certificate " + cert + ": this user may not read it [certificate_not_readable]",
                to_do});
}

TEST_CASE("data_dir is the server's alone") {
    fake_world around = healthy();
    around.files["data"] = folder(0755);
    CHECK(unusual(around) == lines{"advice: data_dir data: every user of this machine may look into it; it "
                                   "holds the accounts and what "
                                   "users store [data_dir_readable]",
                                   "    chmod 700 data; under systemd, StateDirectoryMode=0700"});
    around.files["data"] = folder(0777);
    CHECK(unusual(around) ==
          lines{"problem: data_dir data: every user of this machine may put files there or remove them "
                "[data_dir_open_to_all]",
                "    chmod 700 data"});
    around.files["data"] = folder(0700, false);
    CHECK(unusual(around) ==
          lines{"problem: data_dir data: this user may not write there [data_dir_not_writable]",
                "    run the doctor as the user of the server, and give that user the folder: chown -R"});
    around.files["data"] = file(0600);
    CHECK(unusual(around) == lines{"problem: data_dir data: is not a folder [data_dir_is_file]",
                                   "    remove it, or write another data_dir"});
}

TEST_CASE("a data_dir that is not there can be made, or not") {
    fake_world around = healthy();
    around.missing = {"/srv/chat/data", "/srv/chat"};
    around.files["/srv"] = folder(0755);
    const auto about = [&around] {
        return examined(examine_files, around, "", "\"localhost\"", "/srv/chat/data");
    };
    CHECK(about().at(1) ==
          "fine: data_dir /srv/chat/data: does not exist yet; the server makes it [data_dir_missing]");
    CHECK(about().at(2) == "fine: the disk of data_dir /srv: 4096 MiB are free [enough_space]");
    around.files["/srv"] = folder(0755, false);
    CHECK(about().at(1) ==
          "problem: data_dir /srv/chat/data: does not exist, and this user may not make it in /srv "
          "[data_dir_missing]");
    CHECK(about().at(2) == "    make it and give it to the server's user: mkdir -p, chown, chmod 700");
}

TEST_CASE("little space and few descriptors are worth an advice") {
    fake_world around = healthy();
    around.space = 700 * 1024 * 1024;
    around.descriptors = 1024;
    CHECK(unusual(around) ==
          lines{"advice: the disk of data_dir data: 700 MiB are free [little_space]",
                "    make room, at least 1024 MiB: without any, nothing that users store is accepted",
                "advice: the limit of open files (RLIMIT_NOFILE, hard): 1024 here: every connection takes "
                "one of them "
                "[few_descriptors]",
                "    set LimitNOFILE=65536 in the systemd unit, or raise it in /etc/security/limits.conf"});
}

TEST_CASE("the machine tells files from folders, their modes, and what is not there") {
    const testing::temporary_directory folder_of_test;
    const auto path = folder_of_test / "secret.toml";
    std::ofstream(path) << "x";
    REQUIRE(::chmod(path.c_str(), 0640) == 0);
    const this_machine here(nullptr);
    const auto facts = here.look_at(path);
    REQUIRE(facts);
    CHECK_FALSE(facts->directory);
    CHECK(facts->mode == 0640);
    CHECK(facts->readable);
    CHECK(facts->group_may(4));
    CHECK_FALSE(facts->others_may(7));
    CHECK(here.look_at(folder_of_test.path())->directory);
    CHECK_FALSE(here.look_at(folder_of_test / "nothing"));
    CHECK(here.free_space(folder_of_test.path()).value_or(0) > 0);
    CHECK_FALSE(here.free_space(folder_of_test / "nothing"));
    CHECK(here.descriptor_limit().value_or(1) > 0);
}
