#include "gateway/core.hpp"

#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace {

std::shared_ptr<const meerkat::configuration> minimal(const std::filesystem::path& data_dir) {
    auto read = meerkat::read_configuration(
        "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\n"
        "data_dir = \"" +
            data_dir.string() + "\"\nshards = 1\n",
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
