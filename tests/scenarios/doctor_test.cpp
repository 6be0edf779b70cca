// `meerkat doctor` as people and programs run it.

#include "tests/support/temporary_directory.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <cstdio>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>

using namespace meerkat;

namespace {

struct run_result {
    int exit_code = -1;
    std::string output;
};

run_result run(const std::string& arguments) {
    run_result result;
    std::FILE* const out =
        ::popen((std::string("'" MEERKAT_PROGRAM "' doctor ") + arguments + " 2>&1").c_str(), "r");
    REQUIRE(out != nullptr);
    for (int c = std::fgetc(out); c != EOF; c = std::fgetc(out)) result.output += static_cast<char>(c);
    const int status = ::pclose(out);
    if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
    return result;
}

struct site {
    testing::temporary_directory folder;
    std::string file = (folder / "meerkat.toml").string();

    explicit site(const std::string& more) {
        std::ofstream(file)
            << "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\ndata_dir = \""
            << folder.path().string()
            << "\"\n[auth.internal]\n[[listen.c2s]]\nport = 0\nip_address = \"127.0.0.1\"\n"
            << more;
    }
};

}  // namespace

TEST_CASE("the doctor has no problem with a healthy site") {
    const site healthy("");
    const run_result said = run("--json '" + healthy.file + "'");
    INFO(said.output);
    const auto report = boost::json::parse(said.output).as_object();
    CHECK(report.at("file").as_string() == healthy.file);
    CHECK(report.at("problems").as_int64() == 0);
    // How many files may be opened and how full the disk is are the machine's own affairs.
    CHECK(said.exit_code == (report.at("advice").as_int64() == 0 ? 0 : 2));
    CHECK(run("'" + healthy.file + "'").output.find("fine: the name localhost: not looked up") !=
          std::string::npos);
}

TEST_CASE("the doctor names a site's problems and never its passwords") {
    const site careless("[[listen.component]]\nport = 8888\npassword = \"Changeme\"\n");
    REQUIRE(::chmod(careless.file.c_str(), 0644) == 0);
    const run_result said = run("'" + careless.file + "'");
    INFO(said.output);
    CHECK(said.exit_code == 1);
    CHECK(said.output.starts_with("problem: the configuration file "));
    CHECK(said.output.find("[known_password]") != std::string::npos);
    CHECK(said.output.find("Changeme") == std::string::npos);
}

TEST_CASE("the doctor answers a file that is not accepted with its errors") {
    const site broken("port = \"x\"\n");
    const run_result said = run("'" + broken.file + "'");
    CHECK(said.exit_code == 1);
    CHECK(said.output.find(broken.file + ": not examined, because of the errors above\n") !=
          std::string::npos);
    const run_result json = run("--json '" + broken.file + "'");
    CHECK(json.exit_code == 1);
    CHECK(boost::json::parse(json.output).as_object().at("problems").as_int64() == 1);
    CHECK(run("/nowhere/meerkat.toml").exit_code == 1);
}
