// What a reload goes by: no change of a file may be missed, or it would silently stay without effect.

#include "gateway/configuration.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;

namespace {

constexpr std::string_view head =
    "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\n"
    "[auth.internal]\n";

std::vector<std::string> changed(const std::string& before, const std::string& after) {
    const auto first = read_configuration(std::string(head) + before, "before");
    const auto second = read_configuration(std::string(head) + after, "after");
    REQUIRE(first.accepted());
    REQUIRE(second.accepted());
    std::vector<std::string> paths;
    for (const auto& each : config::differences(first.effective, second.effective))
        paths.push_back(each.path);
    return paths;
}

using paths = std::vector<std::string>;

}  // namespace

TEST_CASE("a section without values is a difference by being there") {
    CHECK(changed("", "[modules.mod_time]\n") == paths{"modules.mod_time"});
    CHECK(changed("", "[modules.mod_presence]\n") == paths{"modules.mod_presence"});
    CHECK(changed("[modules.mod_time]\n", "[modules.mod_time]\n").empty());
}

TEST_CASE("listeners of one port on several addresses are compared one by one") {
    const auto two = [](const std::string& first, const std::string& second) {
        return "[[listen.c2s]]\nport = 5222\nip_address = \"127.0.0.1\"\nstate_timeout = " + first +
               "\n[[listen.c2s]]\nport = 5222\nip_address = \"127.0.0.2\"\nstate_timeout = " + second + "\n";
    };
    CHECK(changed(two("1000", "2000"), two("1000", "2000")).empty());
    const paths first = changed(two("1000", "2000"), two("3000", "2000"));
    const paths second = changed(two("1000", "2000"), two("1000", "3000"));
    REQUIRE(first.size() == 1);
    REQUIRE(second.size() == 1);
    CHECK(first.front() != second.front());
    CHECK(changed(two("1000", "5000"), two("5000", "1000")).size() == 2);
}
