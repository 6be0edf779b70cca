#include "gateway/core.hpp"

#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace {

std::shared_ptr<const meerkat::configuration> minimal(const std::filesystem::path& data_dir,
                                                      const std::string& general = {}) {
    auto read = meerkat::read_configuration(
        "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\n"
        "data_dir = \"" +
            data_dir.string() + "\"\nshards = 1\n" + general,
        "test");
    REQUIRE(read.accepted());
    return std::make_shared<const meerkat::configuration>(std::move(*read.value));
}

}  // namespace

TEST_CASE("a folder serves one server at a time") {
    const meerkat::testing::temporary_directory folder;
    auto first = meerkat::core::make(minimal(folder.path()));
    REQUIRE(first.has_value());
    const auto second = meerkat::core::make(minimal(folder.path()));
    REQUIRE(second.has_error());
    REQUIRE(second.error().detail.find("another server uses the folder") != std::string::npos);
    first->reset();
    REQUIRE(meerkat::core::make(minimal(folder.path())).has_value());
}

TEST_CASE("the limits of one address are those of the configuration") {
    const meerkat::testing::temporary_directory folder;
    auto made = meerkat::core::make(minimal(
        folder.path(), "limits.unauthenticated_per_address = 2\nlimits.failed_logins_per_minute = 3\n"));
    REQUIRE(made.has_value());
    meerkat::net::address_limits& limits = (*made)->addresses();
    const meerkat::net::endpoint peer{"192.0.2.1", 50000};
    const auto first = limits.enter(peer);
    const auto second = limits.enter(peer);
    CHECK(first);
    CHECK(second);
    CHECK_FALSE(limits.enter(peer));
    for (int i = 0; i < 3; ++i) {
        CHECK(limits.may_log_in(peer));
        limits.login_failed(peer);
    }
    CHECK_FALSE(limits.may_log_in(peer));
}
