#include "gateway/db/database.hpp"

#include "tests/support/running_shards.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <fstream>
#include <latch>
#include <thread>
#include <vector>

using meerkat::errc;
using meerkat::error;
using meerkat::result;
using meerkat::shard;
using meerkat::task;
using meerkat::db::connection;
using meerkat::db::database;
using meerkat::db::database_options;
using meerkat::db::schema;
using meerkat::testing::running_shards;
using meerkat::testing::temporary_directory;

namespace {

constexpr std::array<std::string_view, 1> steps{"CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER)"};
constexpr std::array schemas{schema{"test", steps}};

std::unique_ptr<database> open_database(database_options options) {
    auto opened = database::open(options, schemas);
    if (opened.has_error()) FAIL(opened.error().detail);
    return std::move(*opened);
}

task<result<void>> insert(database& db, int key, bool refuse = false) {
    auto work = [key, refuse](connection& c) -> result<void> {
        c.run("INSERT INTO t (a, b) VALUES (?1, ?2)", key, key * 2);
        if (refuse) return error(errc::invalid, "refused by the work itself");
        return {};
    };
    co_return co_await db.write(std::move(work));
}

task<result<std::int64_t>> count(database& db) {
    auto work = [](connection& c) {
        auto rows = c.prepare("SELECT count(*) FROM t");
        return rows.step() ? rows.integer(0) : -1;
    };
    co_return co_await db.read(work);
}

// Keeps the thread it runs on until told to go on.
class gate {
public:
    void open() { latch_.count_down(); }
    auto work() {
        return [this](connection&) {
            entered_.count_down();
            latch_.wait();
        };
    }
    void await_entered() { entered_.wait(); }

private:
    std::latch latch_{1}, entered_{1};
};

task<result<void>> block_writer(database& db, gate& g) { co_return co_await db.write(g.work()); }
task<result<void>> block_reader(database& db, gate& g) { co_return co_await db.read(g.work()); }

}  // namespace

TEST_CASE("what was written is read back, and on the shard that asked") {
    const temporary_directory place;
    running_shards shards(2);
    const auto db = open_database({.file = place / "test.db"});
    auto both = [](database& d) -> task<std::pair<std::int64_t, unsigned>> {
        const auto written = co_await insert(d, 1);
        const auto counted = co_await count(d);
        const bool good = written.has_value() && counted.has_value();
        co_return std::pair(good ? *counted : -1, shard::current().index());
    };
    for (unsigned s : {0U, 1U}) {
        const auto seen = shards.run(both(*db), s);
        CHECK(seen.second == s);
        CHECK(seen.first == (s == 0 ? 1 : -1));  // the second insert conflicts
    }
}

TEST_CASE("many writes at once take few commits, and a failing one takes back only itself") {
    const temporary_directory place;
    running_shards shards(2);
    const auto db = open_database({.file = place / "test.db"});
    gate g;
    auto blocked = shards.start(block_writer(*db, g));
    g.await_entered();
    std::vector<std::future<result<void>>> writes;
    for (int i = 0; i < 300; ++i)
        writes.push_back(shards.start(insert(*db, i, i % 10 == 3), i % 2 == 0 ? 0U : 1U));
    writes.push_back(shards.start(insert(*db, 0)));
    while (db->figures().waiting_writes < 301) std::this_thread::yield();
    g.open();
    for (int i = 0; i < 300; ++i)
        CHECK(running_shards::get(std::move(writes[static_cast<std::size_t>(i)])).has_value() ==
              (i % 10 != 3));
    const auto duplicate = running_shards::get(std::move(writes[300]));
    CHECK(running_shards::get(std::move(blocked)).has_value());
    const auto counted = shards.run(count(*db));
    CHECK(*counted == 270);
    CHECK(duplicate.has_error());
    CHECK(db->figures().writes == 302);
    CHECK(db->figures().commits == 2);
}

TEST_CASE("a full queue refuses at once") {
    const temporary_directory place;
    running_shards shards;
    const auto db = open_database({.file = place / "test.db", .readers = 1, .queue_limit = 2});
    gate g;
    auto blocked = shards.start(block_reader(*db, g));
    g.await_entered();
    auto first = shards.start(count(*db));
    auto second = shards.start(count(*db));
    while (db->figures().waiting_reads < 2) std::this_thread::yield();
    const auto refused = shards.run(count(*db));
    g.open();
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == errc::overloaded);
    CHECK(running_shards::get(std::move(first)).has_value());
    CHECK(running_shards::get(std::move(second)).has_value());
    CHECK(running_shards::get(std::move(blocked)).has_value());
}

TEST_CASE("work that waited too long is not done") {
    const temporary_directory place;
    running_shards shards;
    const auto db = open_database({.file = place / "test.db", .patience = std::chrono::milliseconds(0)});
    gate g;
    auto blocked = shards.start(block_writer(*db, g));
    const auto late = running_shards::get(std::move(blocked));
    REQUIRE(late.has_error());
    CHECK(late.error().code == errc::timed_out);
}

TEST_CASE("a read that runs too long is stopped, and the reader goes on") {
    const temporary_directory place;
    running_shards shards;
    const auto db =
        open_database({.file = place / "test.db", .readers = 1, .patience = std::chrono::milliseconds(300)});
    auto endless = [](database& d) -> task<result<std::int64_t>> {
        auto work = [](connection& c) {
            auto rows = c.prepare(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
            return rows.step() ? rows.integer(0) : -1;
        };
        co_return co_await d.read(work);
    };
    const auto stopped = shards.run(endless(*db));
    REQUIRE(stopped.has_error());
    CHECK(stopped.error().code == errc::timed_out);
    CHECK(shards.run(count(*db)).has_value());
}

TEST_CASE("an exception in the work is its failure and nobody else's") {
    const temporary_directory place;
    running_shards shards;
    const auto db = open_database({.file = place / "test.db"});
    auto throwing = [](database& d) -> task<result<void>> {
        auto work = [](connection& c) {
            c.run("INSERT INTO t VALUES (7, 7)");
            throw std::runtime_error("broken");
        };
        co_return co_await d.write(work);
    };
    CHECK(shards.run(throwing(*db)).has_error());
    CHECK(*shards.run(count(*db)) == 0);
    CHECK(shards.run(insert(*db, 7)).has_value());
}

TEST_CASE("closing refuses what is queued and finishes what runs") {
    const temporary_directory place;
    running_shards shards;
    auto db = open_database({.file = place / "test.db"});
    gate g;
    auto blocked = shards.start(block_writer(*db, g));
    g.await_entered();
    auto queued = shards.start(insert(*db, 1));
    while (db->figures().waiting_writes < 1) std::this_thread::yield();
    std::thread closing([&db] { db.reset(); });
    const auto refused = running_shards::get(std::move(queued));
    g.open();
    closing.join();
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == errc::cancelled);
    CHECK(running_shards::get(std::move(blocked)).has_value());
}

TEST_CASE("a full disk fails writes with an error, and reads go on") {
    const temporary_directory place;
    running_shards shards;
    const auto db = open_database({.file = place / "test.db"});
    REQUIRE(shards.run(insert(*db, 1)).has_value());
    auto shrink = [](database& d) -> task<result<void>> {
        auto work = [](connection& c) { c.prepare("PRAGMA max_page_count = 1").run(); };
        co_return co_await d.write(work);
    };
    auto grow = [](database& d) -> task<result<void>> {
        auto work = [](connection& c) {
            c.run(
                "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT "
                "INTO "
                "t SELECT i, i FROM n");
        };
        co_return co_await d.write(work);
    };
    REQUIRE(shards.run(shrink(*db)).has_value());
    gate g;
    auto blocked = shards.start(block_writer(*db, g));
    g.await_entered();
    auto beside = shards.start(insert(*db, 2));
    auto failing = shards.start(grow(*db));
    while (db->figures().waiting_writes < 2) std::this_thread::yield();
    g.open();
    CHECK(running_shards::get(std::move(blocked)).has_value());
    const auto full = running_shards::get(std::move(failing));
    REQUIRE(full.has_error());
    CHECK(full.error().code == errc::unavailable);
    // Whatever became of the write in the same group, what it was told is what the file holds.
    const bool promised = running_shards::get(std::move(beside)).has_value();
    CHECK(*shards.run(count(*db)) == (promised ? 2 : 1));
}

TEST_CASE("another process that holds the lock makes writes fail and not hang") {
    const temporary_directory place;
    running_shards shards;
    const auto db = open_database({.file = place / "test.db"});
    auto other = connection::open((place / "test.db").string(), connection::access::read_write);
    REQUIRE(other.has_value());
    REQUIRE((*other)->run("BEGIN IMMEDIATE"));
    const auto locked = shards.run(insert(*db, 1));
    REQUIRE(locked.has_error());
    CHECK(locked.error().code == errc::overloaded);
    REQUIRE((*other)->run("ROLLBACK"));
    CHECK(shards.run(insert(*db, 1)).has_value());
}

TEST_CASE("a damaged file fails reads with an error and not with a crash") {
    const temporary_directory place;
    running_shards shards;
    auto db = open_database({.file = place / "test.db"});
    auto fill = [](database& d) -> task<result<void>> {
        auto work = [](connection& c) {
            c.run(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
                " INSERT INTO t SELECT i, i FROM n");
        };
        auto done = co_await d.write(work);
        co_return done;
    };
    REQUIRE(shards.run(fill(*db)).has_value());
    db.reset();
    std::fstream file(place / "test.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(16 * 4096);
    const std::string rubbish(8 * 4096, '\xa5');
    file.write(rubbish.data(), static_cast<std::streamsize>(rubbish.size()));
    file.close();
    db = open_database({.file = place / "test.db"});
    const auto damaged = shards.run(count(*db));
    REQUIRE(damaged.has_error());
    CHECK(damaged.error().code == errc::unavailable);
}
