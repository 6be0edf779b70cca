// Every script, over every transport, on one, two and four shards.

#include "tests/scenarios/runner/play.hpp"

#include <catch2/catch.hpp>

using namespace meerkat::testing;

namespace {

void perform_all(unsigned shards) {
    test_server server({.shards = shards});
    for (const transport how : all_transports) {
        for (const script& each : load_scripts(MEERKAT_SCRIPTS)) {
            const auto failure = perform(each, server, how);
            if (failure) {
                FAIL_CHECK(*failure);
            } else {
                SUCCEED();
            }
        }
    }
}

}  // namespace

TEST_CASE("every conversation goes as written on one shard") { perform_all(1); }
TEST_CASE("every conversation goes as written on two shards") { perform_all(2); }
TEST_CASE("every conversation goes as written on four shards") { perform_all(4); }
