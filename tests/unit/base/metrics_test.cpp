#include "gateway/base/metrics.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;

TEST_CASE("a gauge says what its owner says now, as long as it has one") {
    metrics::registry all;
    double level = 1;
    auto first = all.gauge("level", {{"port", "5222"}}, [&level] { return level; });
    const auto second = all.gauge("level", {{"port", "5223"}}, [] { return 7.0; });
    const auto other = all.gauge("depth", {}, [] { return 0.0; });
    level = 2;
    auto read = all.read("level");
    REQUIRE(read.size() == 2);
    CHECK(read[0].value == 2);
    CHECK(read[0].labelled == metrics::labels{{"port", "5222"}});
    CHECK(read[1].value == 7);
    first.reset();
    read = all.read("level");
    REQUIRE(read.size() == 1);
    CHECK(read[0].value == 7);
}
