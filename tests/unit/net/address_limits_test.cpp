#include "gateway/net/address_limits.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace meerkat::net;

namespace {
const endpoint somebody{"192.0.2.1", 1000};
const endpoint somebody_else{"192.0.2.2", 1000};
}  // namespace

TEST_CASE("an address gets as many unauthenticated connections as the limit says") {
    address_limits limits(2, 0);
    auto first = limits.enter(somebody);
    auto second = limits.enter(somebody);
    REQUIRE(first != nullptr);
    REQUIRE(second != nullptr);
    REQUIRE(limits.enter(somebody) == nullptr);
    REQUIRE(limits.enter(somebody_else) != nullptr);
    first.reset();
    REQUIRE(limits.enter(somebody) != nullptr);
}

TEST_CASE("loopback and limits of zero are not counted") {
    address_limits limits(1, 1);
    address_limits none(0, 0);
    std::vector<std::shared_ptr<void>> held;
    for (int i = 0; i < 10; ++i) {
        held.push_back(limits.enter({"127.0.0.1", 1}));
        held.push_back(none.enter(somebody));
        REQUIRE(limits.login_failed({"::1", 1}));
        REQUIRE(none.login_failed(somebody));
    }
    for (const auto& token : held) REQUIRE(token != nullptr);
}

TEST_CASE("failed logins are counted for a minute") {
    auto now = std::chrono::steady_clock::time_point(std::chrono::hours(1));
    address_limits limits(0, 3, [&now] { return now; });
    for (int i = 0; i < 3; ++i) {
        REQUIRE(limits.may_log_in(somebody));
        REQUIRE(limits.login_failed(somebody));
    }
    REQUIRE_FALSE(limits.may_log_in(somebody));
    REQUIRE_FALSE(limits.login_failed(somebody));
    REQUIRE(limits.may_log_in(somebody_else));
    now += std::chrono::minutes(1);
    REQUIRE(limits.may_log_in(somebody));
    REQUIRE(limits.login_failed(somebody));
}

TEST_CASE("other limits hold for whatever comes after them") {
    address_limits limits(0, 0);
    const auto uncounted = limits.enter(somebody);
    limits.set_limits(1, 1);
    const auto first = limits.enter(somebody);
    REQUIRE(first != nullptr);
    CHECK(limits.enter(somebody) == nullptr);
    CHECK(limits.login_failed(somebody));
    CHECK_FALSE(limits.may_log_in(somebody));
    limits.set_limits(2, 3);
    CHECK(limits.may_log_in(somebody));
    const auto second = limits.enter(somebody);
    CHECK(second != nullptr);
    CHECK(limits.enter(somebody) == nullptr);
    limits.set_limits(0, 0);
    CHECK(limits.enter(somebody) != nullptr);
    CHECK(limits.may_log_in(somebody));
}

TEST_CASE("a token may outlive the limits it counts in") {
    auto limits = std::make_unique<address_limits>(1, 0);
    const auto token = limits->enter(somebody);
    limits.reset();
    REQUIRE(token != nullptr);
}
