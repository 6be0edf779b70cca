#include "xmpp/auth/authenticator.hpp"

#include "tests/support/fake_accounts.hpp"
#include "tests/support/running_shards.hpp"
#include "tests/support/shard_runner.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::auth;
using namespace std::chrono_literals;
using meerkat::storage::creation;
using meerkat::testing::fake_accounts;
using meerkat::testing::running_shards;

namespace {

auth_settings settings_with(std::vector<auth_method> methods) {
    auth_settings settings;
    settings.general.methods = std::move(methods);
    settings.general.password.scram_iterations = 16;
    settings.general.password.hash = {hash_function::sha1, hash_function::sha256};
    return settings;
}

struct fixture {
    fake_accounts accounts;
    running_shards shards;  // outlives the pool, which answers to it
    worker_pool passwords{"password", 1, 100};
    authenticator auth;

    explicit fixture(auth_settings settings) : auth(std::move(settings), accounts, passwords, "secret") {}

    std::optional<auth_method> check(std::string local, std::string password, method_set allowed = {}) {
        return *shards.run(auth.check_password(std::move(local), "localhost", std::move(password), allowed));
    }
    creation create(std::string local, std::string password) {
        return *shards.run(auth.create_account(std::move(local), "localhost", std::move(password)));
    }
};

method_set only(auth_method method) { return method_set(std::vector{method}); }

task<> ask(authenticator* auth, bool* answered) {
    const method_set any;
    const auto by = co_await auth->check_password("juliet", "localhost", "x", any);
    *answered = by.has_value() && *by == auth_method::dummy;
}

// An answer takes longer than the one, and is there after the other.
task<> takes(shard& home, dummy_auth_options how, milliseconds longer_than, milliseconds at_most) {
    auth_settings settings = settings_with({auth_method::dummy});
    settings.general.dummy = how;
    fake_accounts accounts;
    worker_pool passwords{"password", 1, 100};
    authenticator auth(std::move(settings), accounts, passwords, "secret");
    task_group asking(home);
    bool answered = false;
    asking.spawn(ask(&auth, &answered));
    co_await testing::turns(3);
    testing::pass(longer_than);
    co_await testing::turns(3);
    CHECK_FALSE(answered);
    testing::pass(at_most - longer_than);
    co_await asking.join();
    CHECK(answered);
}

}  // namespace

TEST_CASE("an account logs in with its password and no other") {
    fixture f(settings_with({auth_method::internal}));
    CHECK(f.create("juliet", "p\xc3\xa4ss") == creation::created);
    CHECK(f.create("juliet", "other") == creation::exists);
    CHECK(f.check("juliet", "p\xc3\xa4ss") == auth_method::internal);
    CHECK(f.check("juliet", "pa\xcc\x88ss") == auth_method::internal);  // the same after SASLprep
    CHECK_FALSE(f.check("juliet", "other"));
    CHECK_FALSE(f.check("nobody", "p\xc3\xa4ss"));
    CHECK_FALSE(f.check("juliet", ""));
    CHECK_FALSE(f.check("juliet", "\x07"));
}

TEST_CASE("an account has keys of each configured hash, with salts of their own") {
    fixture f(settings_with({auth_method::internal}));
    f.create("juliet", "secret");
    const auto stored = f.shards.run(f.accounts.find("juliet", "localhost"));
    REQUIRE(stored->keys.size() == 2);
    CHECK(stored->keys[0].hash == hash_function::sha1);
    CHECK(stored->keys[1].hash == hash_function::sha256);
    CHECK(stored->keys[0].salt.size() == 16);
    CHECK(stored->keys[0].salt != stored->keys[1].salt);
    CHECK(stored->keys[0].iterations == 16);
}

TEST_CASE("a check costs a key derivation whether or not there is such an account") {
    fixture f(settings_with({auth_method::internal}));
    f.create("juliet", "secret");
    // A pool without room refuses whoever asks it for anything.
    worker_pool no_room("password", 1, 0);
    authenticator busy(settings_with({auth_method::internal}), f.accounts, no_room, "secret");
    for (const char* const local : {"juliet", "nobody"}) {
        const auto refused = f.shards.run(busy.check_password(local, "localhost", "x", {}));
        REQUIRE(refused.has_error());
        CHECK(refused.error().code == errc::overloaded);
    }
}

TEST_CASE("a password is changed for an account that exists") {
    fixture f(settings_with({auth_method::internal}));
    f.create("juliet", "old");
    CHECK(f.shards.run(f.auth.set_password("juliet", "localhost", "new")).has_value());
    CHECK_FALSE(f.check("juliet", "old"));
    CHECK(f.check("juliet", "new"));
    CHECK(f.shards.run(f.auth.set_password("nobody", "localhost", "new")).error().code == errc::not_found);
    CHECK(f.shards.run(f.auth.set_password("juliet", "localhost", "")).error().code == errc::invalid);
}

TEST_CASE("a removed account cannot log in") {
    fixture f(settings_with({auth_method::internal}));
    f.create("juliet", "secret");
    CHECK(*f.shards.run(f.auth.user_exists("juliet", "localhost")));
    CHECK(f.shards.run(f.auth.remove_account("juliet", "localhost")).has_value());
    CHECK_FALSE(*f.shards.run(f.auth.user_exists("juliet", "localhost")));
    CHECK_FALSE(f.check("juliet", "secret"));
}

TEST_CASE("registration keeps to the domain's limit and refuses bad passwords") {
    auth_settings settings = settings_with({auth_method::internal});
    settings.by_domain["small"] = settings.general;
    settings.by_domain["small"].max_users_per_domain = 1;
    settings.by_domain["closed"] = settings_with({auth_method::anonymous}).general;
    fixture f(std::move(settings));
    CHECK(*f.shards.run(f.auth.create_account("a", "small", "x")) == creation::created);
    CHECK(*f.shards.run(f.auth.create_account("b", "small", "x")) == creation::limit_reached);
    CHECK(f.create("b", "x") == creation::created);
    CHECK(f.shards.run(f.auth.create_account("c", "localhost", "")).error().code == errc::invalid);
    CHECK(f.shards.run(f.auth.create_account("c", "closed", "x")).error().code == errc::not_found);
}

TEST_CASE("methods are tried in their order, and only those the listener admits") {
    auth_settings settings = settings_with({auth_method::internal, auth_method::dummy});
    settings.general.dummy = dummy_auth_options{.base_time = milliseconds(0), .variance = milliseconds(1)};
    fixture f(std::move(settings));
    f.create("juliet", "secret");
    CHECK(f.check("juliet", "secret") == auth_method::internal);
    CHECK(f.check("juliet", "anything") == auth_method::dummy);
    CHECK(f.check("juliet", "secret", only(auth_method::dummy)) == auth_method::dummy);
    CHECK_FALSE(f.check("juliet", "anything", only(auth_method::internal)));
    CHECK(f.shards.run(f.auth.keys("juliet", "localhost", hash_function::sha256, {}))->has_value());
    CHECK_FALSE(
        f.shards.run(f.auth.keys("juliet", "localhost", hash_function::sha256, only(auth_method::dummy)))
            ->has_value());
}

TEST_CASE("dummy answers after its base time, and at most its variance later") {
    {
        testing::shard_runner runner;
        runner.run(takes(runner.home(), {.base_time = 10s, .variance = 1ms}, 9s, 11s));
    }
    // Days: that chance takes one of their first milliseconds need not be feared.
    testing::shard_runner runner;
    constexpr milliseconds days{1'000'000'000};
    runner.run(takes(runner.home(), {.base_time = 0ms, .variance = days}, 100ms, days + 100ms));
}

TEST_CASE("login_anon takes any password for a name that nobody owns") {
    auth_settings settings = settings_with({auth_method::anonymous, auth_method::internal});
    settings.general.anonymous = anonymous_auth_options{.protocol = anonymous_protocol::login_anon};
    fixture f(std::move(settings));
    f.create("juliet", "secret");
    CHECK(f.check("guest", "anything") == auth_method::anonymous);
    CHECK_FALSE(f.check("juliet", "anything"));
    CHECK(f.check("juliet", "secret") == auth_method::internal);
}

TEST_CASE("sasl_anon takes no passwords") {
    fixture f(settings_with({auth_method::anonymous}));
    CHECK_FALSE(f.check("guest", "anything"));
    CHECK(f.auth.anonymous_name() != f.auth.anonymous_name());
}

TEST_CASE("accounts that cannot be reached are an error and not a refusal") {
    fixture f(settings_with({auth_method::internal}));
    f.accounts.fails = true;
    CHECK(f.shards.run(f.auth.check_password("juliet", "localhost", "x", {})).error().code ==
          errc::unavailable);
    CHECK(f.shards.run(f.auth.keys("juliet", "localhost", hash_function::sha1, {})).error().code ==
          errc::unavailable);
    CHECK(f.shards.run(f.auth.create_account("juliet", "localhost", "x")).has_error());
    CHECK(f.shards.run(f.auth.user_exists("juliet", "localhost")).has_error());
}
