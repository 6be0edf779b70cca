#include "handlers/static_files/static_files.hpp"

#include "tests/support/shard_runner.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace meerkat;

namespace {

std::vector<static_file> some_files() {
    return {{"index.html", "text/html; charset=utf-8", "\"1\"", "<p>start</p>", nullptr},
            {"assets/app-1f2e.js", "text/javascript; charset=utf-8", "\"2\"", "run()", nullptr},
            {"help/index.html", "text/html; charset=utf-8", "\"3\"", "<p>help</p>", nullptr}};
}

http::request asking(const std::string& target, const std::string& rest) {
    http::request asked;
    asked.method = "GET";
    asked.target = target;
    asked.path = target.substr(0, target.find('?'));
    asked.rest = rest;
    return asked;
}

task<> ask_into(static_files& files, http::request asked, http::response& given) {
    auto answer = co_await files.handle(asked);
    given = std::move(answer);
}

http::response ask(const http::request& asked) {
    static_files files(some_files());
    http::response given;
    testing::shard_runner runner;
    runner.run(ask_into(files, asked, given));
    return given;
}

}  // namespace

TEST_CASE("a page is served with headers that let nothing foreign in") {
    const auto given = ask(asking("/chat/", ""));
    REQUIRE(given.status == 200);
    REQUIRE(given.static_body == "<p>start</p>");
    REQUIRE(given.fields.get("Content-Type") == "text/html; charset=utf-8");
    REQUIRE(given.fields.get("Cache-Control") == "no-cache");
    REQUIRE(given.fields.get("ETag") == "\"1\"");
    REQUIRE(given.fields.get("X-Content-Type-Options") == "nosniff");
    REQUIRE(given.fields.get("Referrer-Policy") == "no-referrer");
    REQUIRE(given.fields.get("Content-Security-Policy") ==
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self' ws: wss:; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'");
}

TEST_CASE("files named by their contents are cached for ever") {
    const auto given = ask(asking("/chat/assets/app-1f2e.js", "assets/app-1f2e.js"));
    REQUIRE(given.static_body == "run()");
    REQUIRE(given.fields.get("Cache-Control") == "public, max-age=31536000, immutable");
    REQUIRE_FALSE(given.fields.get("Content-Security-Policy"));
}

TEST_CASE("what the client has already is not sent again") {
    for (const char* known : {"\"1\"", "W/\"1\"", "\"0\", \"1\"", "*"}) {
        auto asked = asking("/chat/", "");
        asked.fields.add("If-None-Match", known);
        const auto given = ask(asked);
        REQUIRE(given.status == 304);
        REQUIRE(given.static_body.empty());
        REQUIRE(given.fields.get("ETag") == "\"1\"");
    }
    auto asked = asking("/chat/", "");
    asked.fields.add("If-None-Match", "\"2\"");
    REQUIRE(ask(asked).status == 200);
}

TEST_CASE("a folder's address without its slash leads to the one with it, never to another host") {
    auto given = ask(asking("/chat?a=b", ""));
    REQUIRE(given.status == 308);
    REQUIRE(given.fields.get("Location") == "./chat/?a=b");
    given = ask(asking("//elsewhere", ""));
    REQUIRE(given.fields.get("Location") == "./elsewhere/");
    given = ask(asking("/chat/help", "help"));
    REQUIRE(given.fields.get("Location") == "./help/");
    REQUIRE(ask(asking("/chat/help/", "help")).static_body == "<p>help</p>");
}

TEST_CASE("what is not there is not found, and nothing is written") {
    for (const auto& [target, rest] : {std::pair<std::string, std::string>{"/chat/x", "x"},
                                       {"/chat/index.html/", "index.html"},
                                       {"/chat/../index", "../index.html"},
                                       {"/chat/assets/", "assets"}})
        REQUIRE(ask(asking(target, rest)).status == 404);
    auto asked = asking("/chat/", "");
    asked.method = "POST";
    const auto refused = ask(asked);
    REQUIRE(refused.status == 405);
    REQUIRE(refused.fields.get("Allow") == "GET, HEAD");
}

TEST_CASE("a folder is read without what is hidden or leads out of it") {
    const testing::temporary_directory folder;
    const std::filesystem::path root = folder.path();
    std::filesystem::create_directories(root / "site/deep");
    std::filesystem::create_directories(root / "site/.git");
    const auto write = [&](const char* name) { std::ofstream(root / name) << name; };
    for (const char* name : {"secret", "site/index.html", "site/deep/a.js", "site/.env", "site/.git/config"})
        write(name);
    std::filesystem::create_symlink(root / "secret", root / "site/link");
    std::filesystem::create_directory_symlink(root, root / "site/up");
    auto read = read_folder((root / "site").string());
    REQUIRE(read.has_value());
    std::vector<std::string> names;
    for (const static_file& file : *read) names.push_back(file.path + " " + file.content_type);
    std::ranges::sort(names);
    REQUIRE(names == std::vector<std::string>{"deep/a.js text/javascript; charset=utf-8",
                                              "index.html text/html; charset=utf-8"});
    REQUIRE(read->front().etag.size() == 34);
    REQUIRE(read_folder((root / "site").string(), 10).error().code == errc::overloaded);
    REQUIRE(read_folder((root / "nothing").string()).error().code == errc::not_found);
}
