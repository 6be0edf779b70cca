#include "xmpp/modules/register/registration_limit.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace std::chrono_literals;

TEST_CASE("another time between registrations also counts from those before it") {
    registration_limit limit(std::chrono::seconds(600));
    const registration_limit::clock::time_point start{};
    CHECK(limit.admit("192.0.2.1", start));
    CHECK_FALSE(limit.admit("192.0.2.1", start + 10s));
    limit.set_time(std::chrono::seconds(5));
    CHECK(limit.admit("192.0.2.1", start + 10s));
    limit.set_time(meerkat::limit<std::chrono::seconds>::infinity());
    CHECK(limit.admit("192.0.2.1", start + 11s));
    limit.set_time(std::chrono::seconds(600));
    CHECK_FALSE(limit.admit("192.0.2.1", start + 12s));
}
