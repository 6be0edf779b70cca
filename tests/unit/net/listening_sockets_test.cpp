#include "gateway/net/listening_sockets.hpp"

#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <future>
#include <set>
#include <sys/socket.h>
#include <vector>

using namespace meerkat;
using namespace meerkat::net;
using meerkat::testing::temporary_directory;

namespace {

listen_settings at(std::uint16_t port, const std::string& ip = "127.0.0.1") {
    return {.ip_address = ip, .port = port};
}

}  // namespace

TEST_CASE("an address in use is tried again, as often as asked") {
    auto occupant = listening_sockets::bind(at(0), 1);
    REQUIRE(occupant.has_value());
    listen_settings settings = at(occupant->local().port);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(listening_sockets::bind(settings, 1).has_error());
    settings.attempts = 3;
    CHECK(listening_sockets::bind(settings, 1).has_error());
    CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(100));
    settings.attempts = 200;
    auto patient = std::async(std::launch::async, [&] { return listening_sockets::bind(settings, 1); });
    occupant = error(errc::closed);
    CHECK(patient.get().has_value());
}

TEST_CASE("with reuse_port each shard has a socket, all with one port") {
    listen_settings settings = at(0);
    settings.reuse_port = true;
    const auto made = listening_sockets::bind(settings, 3);
    REQUIRE(made.has_value());
    REQUIRE(made->size() == 3);
    std::set<std::uint16_t> ports;
    for (std::size_t i = 0; i < 3; ++i)
        ports.insert(listening_sockets::adopt(owned_descriptor(::dup(made->at(i))))->local().port);
    CHECK(ports.size() == 1);
    CHECK(listening_sockets::bind(at(0), 3)->size() == 1);
}

TEST_CASE("sockets fit the address they were bound to, and no other") {
    std::vector<listening_sockets> spare;
    auto made = listening_sockets::bind(at(0), 1);
    REQUIRE(made.has_value());
    spare.push_back(std::move(*made));
    const std::uint16_t port = spare[0].local().port;
    CHECK_FALSE(take_fitting(spare, at(0)));
    CHECK_FALSE(take_fitting(spare, at(port, "127.0.0.2")));
    CHECK_FALSE(take_fitting(spare, {.unix_path = "/run/x"}));
    CHECK(take_fitting(spare, at(port)));
    CHECK(spare.empty());

    // What systemd makes of a port alone: IPv6 that takes IPv4 too.
    auto both = listening_sockets::bind(at(0, "::"), 1);
    REQUIRE(both.has_value());
    const std::uint16_t other = both->local().port;
    const auto adopted = listening_sockets::adopt(owned_descriptor(::dup(both->at(0))));
    REQUIRE(adopted.has_value());
    CHECK(adopted->fit(at(other, "::")));
    CHECK(adopted->fit(at(other, "0.0.0.0")));
    CHECK_FALSE(adopted->fit(at(other, "127.0.0.1")));
}

TEST_CASE("a socket's file goes with the last who listens there, unless it is another one by then") {
    const temporary_directory folder;
    const listen_settings settings{.unix_path = (folder / "here").string()};
    auto first = listening_sockets::bind(settings, 1);
    REQUIRE(first.has_value());
    {
        const auto copy = first->copy();
        REQUIRE(copy.has_value());
        CHECK(copy->fit(settings));
        first = error(errc::closed);
        CHECK(std::filesystem::exists(folder / "here"));
    }
    CHECK_FALSE(std::filesystem::exists(folder / "here"));

    auto old = listening_sockets::bind(settings, 1);
    REQUIRE(old.has_value());
    std::filesystem::remove(folder / "here");
    const auto next = listening_sockets::bind(settings, 1);
    REQUIRE(next.has_value());
    old = error(errc::closed);
    CHECK(std::filesystem::exists(folder / "here"));
}

TEST_CASE("what does not listen is not adopted") {
    CHECK(listening_sockets::adopt(owned_descriptor(::socket(AF_INET, SOCK_STREAM, 0))).has_error());
    CHECK(listening_sockets::adopt(owned_descriptor(::socket(AF_INET, SOCK_DGRAM, 0))).has_error());
    CHECK(listening_sockets::adopt(owned_descriptor(::open("/dev/null", 0))).has_error());
    CHECK(listening_sockets::adopt(owned_descriptor(-1)).has_error());
}
