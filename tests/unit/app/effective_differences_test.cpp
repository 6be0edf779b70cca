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

TEST_CASE("a listener that only one file has is one difference, and a reload applies it") {
    const std::string one = "[[listen.c2s]]\nport = 5222\n";
    const std::string two =
        "[[listen.http]]\nport = 5280\n[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\n";
    CHECK(changed(one, one + two) == paths{"listen.http[5280]"});
    CHECK(changed(one + two, two) == paths{"listen.c2s[5222]"});
    const auto first = read_configuration(std::string(head) + one, "before");
    const auto second = read_configuration(std::string(head) + one + two, "after");
    const auto changes = config::differences(first.effective, second.effective);
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].has_effect);
    CHECK(changes[0].reloadable);
}

TEST_CASE("a further clause of a rule is one difference, and a reload applies it") {
    const std::string rule = "[access]\nx = [{acl = \"admin\", value = \"deny\"}";
    const auto first = read_configuration(std::string(head) + rule + "]\n", "before");
    const auto second =
        read_configuration(std::string(head) + rule + ", {acl = \"all\", value = \"allow\"}]\n", "after");
    const auto changes = config::differences(first.effective, second.effective);
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].path == "access.x[1]");
    CHECK(changes[0].reloadable);
}

TEST_CASE("what is served whatever it says has no effect when it changes") {
    const auto first = read_configuration(std::string(head) + "[[listen.c2s]]\nport = 5222\n", "before");
    const auto second =
        read_configuration(std::string(head) + "[[listen.c2s]]\nport = 5222\nnum_acceptors = 5\n", "after");
    const auto changes = config::differences(first.effective, second.effective);
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].path == "listen.c2s[5222].num_acceptors");
    CHECK_FALSE(changes[0].has_effect);
}
