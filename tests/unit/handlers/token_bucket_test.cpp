#include "handlers/stream/token_bucket.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace std::chrono_literals;

namespace {
constexpr token_bucket::clock::time_point start{};
}

TEST_CASE("a bucket starts full, and what goes beyond it is waited for") {
    token_bucket bucket(1000, start);
    CHECK(bucket.take(1000, start) == 0ms);
    CHECK(bucket.take(500, start) == 500ms);
    CHECK(bucket.take(0, start + 500ms) == 0ms);
    CHECK(bucket.take(1000, start + 10s) == 0ms);
    CHECK(bucket.take(1, start + 10s) == 1ms);
}

TEST_CASE("another rate pays an old debt at its own speed") {
    token_bucket bucket(1000, start);
    CHECK(bucket.take(3000, start) == 2000ms);
    bucket.set_rate(10'000, start);
    CHECK(bucket.rate() == 10'000);
    CHECK(bucket.take(0, start) == 200ms);
    bucket.set_rate(100, start);
    CHECK(bucket.take(0, start) == 20s);
}

TEST_CASE("what was saved up at a high rate is cut to the capacity of a lower one") {
    token_bucket bucket(1'000'000, start);
    bucket.set_rate(100, start);
    CHECK(bucket.take(100, start) == 0ms);
    CHECK(bucket.take(10, start) == 100ms);
}

TEST_CASE("time before another rate counts at the old one") {
    token_bucket bucket(1000, start);
    CHECK(bucket.take(2000, start) == 1000ms);
    bucket.set_rate(1, start + 1s);
    CHECK(bucket.take(0, start + 1s) == 0ms);
}
