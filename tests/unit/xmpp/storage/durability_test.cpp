#include "tests/support/running_shards.hpp"
#include "tests/support/temporary_directory.hpp"
#include "xmpp/storage/sqlite_storage.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <map>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace meerkat;
using meerkat::testing::running_shards;
using meerkat::testing::temporary_directory;

namespace {

// Starts the writer, lets it acknowledge `lines` lines, kills it, and returns all it said.
std::string acknowledged_before_kill(const std::string& file, const std::string& run, int lines) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::close(ends[0]);
        ::close(ends[1]);
        ::execl(MEERKAT_DURABILITY_WRITER, MEERKAT_DURABILITY_WRITER, file.c_str(), run.c_str(), nullptr);
        ::_exit(127);
    }
    ::close(ends[1]);
    std::string said;
    char buffer[4096];
    bool killed = false;
    for (;;) {
        if (!killed && std::count(said.begin(), said.end(), '\n') >= lines) {
            ::kill(child, SIGKILL);
            killed = true;
        }
        const ssize_t got = ::read(ends[0], buffer, sizeof buffer);
        if (got <= 0) break;
        said.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    return said.substr(0, said.rfind('\n') + 1);
}

// What each account has been acknowledged to have become.
struct promise {
    bool account = false, roster = false, removed = false;
};

std::map<std::string, promise> promises_of(const std::string& said) {
    std::map<std::string, promise> promises;
    std::istringstream lines(said);
    for (std::string what, name; lines >> what >> name;) {
        promise& p = promises[name];
        (what == "account" ? p.account : what == "roster" ? p.roster : p.removed) = true;
    }
    return promises;
}

}  // namespace

TEST_CASE("what was acknowledged before a kill is there afterwards, whole and in order") {
    const temporary_directory place;
    const std::string file = (place / "meerkat.db").string();
    running_shards shards;
    // Killed at its first acknowledgement, and at ever later ones, on top of what earlier runs left behind.
    int run = 0;
    for (const int lines : {1, 2, 3, 5, 8, 13, 21, 100, 400}) {
        const auto promises = promises_of(acknowledged_before_kill(file, std::to_string(run++), lines));
        CHECK_FALSE(promises.empty());
        auto opened = storage::sqlite_storage::open({.file = file});
        REQUIRE(opened.has_value());
        for (const auto& [name, p] : promises) {
            INFO(name << " after " << lines << " lines");
            const auto found = shards.run((*opened)->accounts().find(name, "localhost"));
            if (p.removed) {
                CHECK(found.has_error());
            } else if (found.has_value()) {
                CHECK(found->keys.size() == 1);
            } else {
                // Gone only if the removal came after the last acknowledgement read.
                CHECK(p.roster);
            }
            const auto items = shards.run((*opened)->rosters().items(*jid::make(name, "localhost")));
            REQUIRE(items.has_value());
            if (p.roster) REQUIRE(items->items.size() == 1);
            if (!items->items.empty())
                CHECK(items->items[0].groups == std::vector<std::string>{"one", "two"});
        }
    }
}
