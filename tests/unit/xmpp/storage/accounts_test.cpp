#include "tests/support/running_shards.hpp"
#include "tests/support/temporary_directory.hpp"
#include "xmpp/storage/sqlite_storage.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::storage;
using meerkat::sasl::scram_keys;
using meerkat::testing::running_shards;
using meerkat::testing::temporary_directory;
using namespace std::string_literals;

namespace {

struct fixture {
    temporary_directory place;
    running_shards shards;
    std::unique_ptr<sqlite_storage> storage = open();

    std::unique_ptr<sqlite_storage> open() {
        auto opened = sqlite_storage::open({.file = place / "meerkat.db"});
        if (opened.has_error()) FAIL(opened.error().detail);
        return std::move(*opened);
    }
    void reopen() {
        storage.reset();
        storage = open();
    }
    account_store& accounts() { return storage->accounts(); }
};

std::vector<scram_keys> keys_of(std::string_view password) {
    return {sasl::derive_keys(hash_function::sha1, password, "salt\0one--------"s, 3),
            sasl::derive_keys(hash_function::sha256, password, std::string(16, '\xff'), 7)};
}

}  // namespace

TEST_CASE("an account is found again with all its keys, also after a restart") {
    fixture f;
    const auto made =
        f.shards.run(f.accounts().create("juliet", "localhost", keys_of("secret"), std::nullopt));
    REQUIRE(made.has_value());
    CHECK(*made == creation::created);
    f.reopen();
    const auto found = f.shards.run(f.accounts().find("juliet", "localhost"));
    REQUIRE(found.has_value());
    CHECK(found->keys == keys_of("secret"));
    CHECK(found->created_at.time_since_epoch() > std::chrono::years(50));
}

TEST_CASE("one hash's keys are found by themselves") {
    fixture f;
    REQUIRE(f.shards.run(f.accounts().create("juliet", "localhost", keys_of("secret"), std::nullopt))
                .has_value());
    const auto sha256 = f.shards.run(f.accounts().find_keys("juliet", "localhost", hash_function::sha256));
    REQUIRE(sha256.has_value());
    CHECK(**sha256 == keys_of("secret")[1]);
    const auto sha512 = f.shards.run(f.accounts().find_keys("juliet", "localhost", hash_function::sha512));
    REQUIRE(sha512.has_value());
    CHECK_FALSE(sha512->has_value());
    const auto nobody = f.shards.run(f.accounts().find_keys("nobody", "localhost", hash_function::sha256));
    REQUIRE(nobody.has_value());
    CHECK_FALSE(nobody->has_value());
}

TEST_CASE("a name is taken once in each domain") {
    fixture f;
    const auto create = [&f](const char* local, const char* domain) {
        return *f.shards.run(f.accounts().create(local, domain, keys_of("secret"), std::nullopt));
    };
    CHECK(create("juliet", "localhost") == creation::created);
    CHECK(create("juliet", "localhost") == creation::exists);
    CHECK(create("juliet", "elsewhere") == creation::created);
    CHECK(*f.shards.run(f.accounts().exists("juliet", "localhost")));
    CHECK_FALSE(*f.shards.run(f.accounts().exists("romeo", "localhost")));
    CHECK_FALSE(*f.shards.run(f.accounts().exists("Juliet", "localhost")));
}

TEST_CASE("of two registrations of one name at the same moment one wins") {
    fixture f;
    std::vector<std::future<result<creation>>> attempts;
    for (int i = 0; i < 20; ++i)
        attempts.push_back(
            f.shards.start(f.accounts().create("juliet", "localhost", keys_of("x"), std::nullopt)));
    int made = 0;
    for (auto& attempt : attempts)
        made += *running_shards::get(std::move(attempt)) == creation::created ? 1 : 0;
    CHECK(made == 1);
}

TEST_CASE("a domain takes no more accounts than it may") {
    fixture f;
    const auto create = [&f](const char* local, const char* domain) {
        return *f.shards.run(f.accounts().create(local, domain, {}, 2));
    };
    CHECK(create("a", "localhost") == creation::created);
    CHECK(create("b", "localhost") == creation::created);
    CHECK(create("c", "localhost") == creation::limit_reached);
    CHECK(create("a", "localhost") == creation::exists);
    CHECK(create("c", "elsewhere") == creation::created);
}

TEST_CASE("new keys replace all old ones") {
    fixture f;
    REQUIRE(
        f.shards.run(f.accounts().create("juliet", "localhost", keys_of("old"), std::nullopt)).has_value());
    const std::vector<scram_keys> one{
        sasl::derive_keys(hash_function::sha512, "new", std::string(16, 'n'), 3)};
    REQUIRE(f.shards.run(f.accounts().set_keys("juliet", "localhost", one)).has_value());
    CHECK(f.shards.run(f.accounts().find("juliet", "localhost"))->keys == one);
    const auto nobody = f.shards.run(f.accounts().set_keys("nobody", "localhost", one));
    REQUIRE(nobody.has_error());
    CHECK(nobody.error().code == errc::not_found);
}

TEST_CASE("a removed account is gone with its keys") {
    fixture f;
    REQUIRE(
        f.shards.run(f.accounts().create("juliet", "localhost", keys_of("old"), std::nullopt)).has_value());
    REQUIRE(f.shards.run(f.accounts().remove("juliet", "localhost")).has_value());
    CHECK(f.shards.run(f.accounts().find("juliet", "localhost")).error().code == errc::not_found);
    CHECK(f.shards.run(f.accounts().remove("juliet", "localhost")).error().code == errc::not_found);
    REQUIRE(f.shards.run(f.accounts().create("juliet", "localhost", {}, std::nullopt)).has_value());
    CHECK(f.shards.run(f.accounts().find("juliet", "localhost"))->keys.empty());
}

TEST_CASE("accounts are counted and listed page by page") {
    fixture f;
    for (const char* const local : {"d", "b", "a", "c"})
        REQUIRE(f.shards.run(f.accounts().create(local, "localhost", {}, std::nullopt)).has_value());
    REQUIRE(f.shards.run(f.accounts().create("z", "elsewhere", {}, std::nullopt)).has_value());
    CHECK(*f.shards.run(f.accounts().count("localhost")) == 4);
    CHECK(*f.shards.run(f.accounts().list("localhost", "", 3)) == std::vector<std::string>{"a", "b", "c"});
    CHECK(*f.shards.run(f.accounts().list("localhost", "c", 3)) == std::vector<std::string>{"d"});
    CHECK(f.shards.run(f.accounts().list("localhost", "d", 3))->empty());
}

TEST_CASE("the server's secret is made once and kept") {
    fixture f;
    const std::string secret = f.storage->secret();
    CHECK(secret.size() == 32);
    f.reopen();
    CHECK(f.storage->secret() == secret);
}
