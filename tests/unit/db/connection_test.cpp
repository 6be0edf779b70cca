#include "gateway/db/connection.hpp"

#include "gateway/db/schema.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <fstream>
#include <sys/stat.h>
#include <vector>

using meerkat::errc;
using meerkat::db::blob;
using meerkat::db::connection;
using meerkat::db::schema;
using meerkat::testing::temporary_directory;
using namespace std::string_literals;

namespace {

std::unique_ptr<connection> open_writer(const temporary_directory& place) {
    auto opened = connection::open((place / "test.db").string(), connection::access::read_write);
    REQUIRE(opened.has_value());
    return std::move(*opened);
}

}  // namespace

TEST_CASE("values come back as they were bound, the empty ones included") {
    const temporary_directory place;
    const auto c = open_writer(place);
    REQUIRE(c->execute_script("CREATE TABLE t (a TEXT, b BLOB, c INTEGER, d TEXT, e BLOB)"));
    const std::string bytes = "\0\xff\0x"s;
    REQUIRE(c->run("INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5)", "h\xc3\xa9", blob{bytes}, -5,
                   std::optional<std::string>(), blob{{}}));
    auto row = c->prepare("SELECT a, b, c, d, e FROM t");
    REQUIRE(row.step());
    CHECK(row.text(0) == "h\xc3\xa9");
    CHECK(row.bytes(1) == bytes);
    CHECK(row.integer(2) == -5);
    CHECK(row.is_null(3));
    CHECK_FALSE(row.is_null(4));
    CHECK(row.bytes(4).empty());
    CHECK_FALSE(row.step());
    CHECK_FALSE(row.step());  // beyond the end the statement does not start anew
}

TEST_CASE("a statement that is in use does not disturb a second one with the same text") {
    const temporary_directory place;
    const auto c = open_writer(place);
    REQUIRE(c->execute_script("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1), (2), (3)"));
    int pairs = 0;
    auto outer = c->prepare("SELECT a FROM t WHERE a > ?1", 0);
    while (outer.step()) {
        auto inner = c->prepare("SELECT a FROM t WHERE a > ?1", outer.integer(0));
        while (inner.step()) ++pairs;
    }
    CHECK(pairs == 3);
}

TEST_CASE("a parameter left unbound is NULL, whatever an earlier use of the statement bound") {
    const temporary_directory place;
    const auto c = open_writer(place);
    {
        auto first = c->prepare("SELECT ?1", "secret");
        REQUIRE(first.step());
    }
    auto second = c->prepare("SELECT ?1");
    REQUIRE(second.step());
    CHECK(second.is_null(0));
}

TEST_CASE("after a failure nothing runs until it is cleared") {
    const temporary_directory place;
    const auto c = open_writer(place);
    REQUIRE(c->execute_script("CREATE TABLE t (a INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)"));
    CHECK_FALSE(c->run("INSERT INTO t VALUES (?1)", 1));
    REQUIRE(c->failure());
    CHECK(c->failure()->code == errc::conflict);
    CHECK_FALSE(c->run("INSERT INTO t VALUES (?1)", 2));
    auto rows = c->prepare("SELECT a FROM t");
    CHECK_FALSE(rows.step());
    c->clear_failure();
    CHECK(c->run("INSERT INTO t VALUES (?1)", 2));
}

TEST_CASE("a wrong statement is a failure and not a crash") {
    const temporary_directory place;
    const auto c = open_writer(place);
    CHECK_FALSE(c->run("SELEC 1"));
    REQUIRE(c->failure());
    CHECK(c->failure()->code == errc::invalid);
}

TEST_CASE("a statement is stopped at its deadline") {
    const temporary_directory place;
    const auto c = open_writer(place);
    c->stop_after(std::chrono::steady_clock::now());
    auto endless =
        c->prepare("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
    CHECK_FALSE(endless.step());
    REQUIRE(c->failure());
    CHECK(c->failure()->code == errc::timed_out);
}

TEST_CASE("a reader cannot write") {
    const temporary_directory place;
    const auto writer = open_writer(place);
    REQUIRE(writer->execute_script("CREATE TABLE t (a INTEGER)"));
    auto reader = connection::open((place / "test.db").string(), connection::access::read_only);
    REQUIRE(reader.has_value());
    CHECK_FALSE((*reader)->run("INSERT INTO t VALUES (1)"));
}

TEST_CASE("the database file is readable for its owner only") {
    const temporary_directory place;
    const auto c = open_writer(place);
    REQUIRE(c->execute_script("CREATE TABLE t (a INTEGER)"));
    for (const char* const name : {"test.db", "test.db-wal"}) {
        struct stat facts{};
        REQUIRE(::stat((place / name).c_str(), &facts) == 0);
        CHECK((facts.st_mode & 0077) == 0);
    }
}

TEST_CASE("a file that is no database is refused") {
    const temporary_directory place;
    std::ofstream(place / "test.db") << std::string(4096, 'x');
    CHECK(connection::open((place / "test.db").string(), connection::access::read_write).has_error());
}

TEST_CASE("a place that cannot be written is refused") {
    CHECK(connection::open("/proc/no/such/place.db", connection::access::read_write).has_error());
}

TEST_CASE("schema steps run once, in order, and only the missing ones") {
    const temporary_directory place;
    const auto c = open_writer(place);
    constexpr std::array<std::string_view, 2> steps{
        "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)",
        "ALTER TABLE t ADD COLUMN b INTEGER; UPDATE t SET b = a + 1"};
    const std::array first{schema{"things", std::span(steps).first(1)}};
    const std::array second{schema{"things", steps}};
    REQUIRE(bring_up_to_date(*c, first).has_value());
    REQUIRE(bring_up_to_date(*c, second).has_value());
    REQUIRE(bring_up_to_date(*c, second).has_value());
    auto rows = c->prepare("SELECT count(*), max(b) FROM t");
    REQUIRE(rows.step());
    CHECK(rows.integer(0) == 1);
    CHECK(rows.integer(1) == 2);
}

TEST_CASE("a file of a newer release is refused with a sentence, and left as it is") {
    const temporary_directory place;
    const auto c = open_writer(place);
    constexpr std::array<std::string_view, 2> steps{"CREATE TABLE t (a INTEGER)",
                                                    "CREATE TABLE u (a INTEGER)"};
    constexpr std::array<std::string_view, 1> other{"CREATE TABLE v (a INTEGER)"};
    const std::array newer{schema{"things", steps}};
    const std::array older{schema{"others", other}, schema{"things", std::span(steps).first(1)}};
    REQUIRE(bring_up_to_date(*c, newer).has_value());
    const auto refused = bring_up_to_date(*c, older);
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == errc::invalid);
    CHECK_THAT(refused.error().detail, Catch::Contains("newer release"));
    auto rows = c->prepare("SELECT count(*) FROM sqlite_master WHERE name = 'v'");
    REQUIRE(rows.step());
    CHECK(rows.integer(0) == 0);
}

TEST_CASE("a schema step that fails leaves nothing of the update") {
    const temporary_directory place;
    const auto c = open_writer(place);
    constexpr std::array<std::string_view, 2> steps{"CREATE TABLE t (a INTEGER)",
                                                    "CREATE TABLE t (a INTEGER)"};
    const std::array broken{schema{"things", steps}};
    REQUIRE(bring_up_to_date(*c, broken).has_error());
    auto rows = c->prepare("SELECT count(*) FROM sqlite_master");
    REQUIRE(rows.step());
    CHECK(rows.integer(0) == 0);
}
