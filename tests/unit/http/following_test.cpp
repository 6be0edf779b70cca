// Connections that follow where their requests are served.

#include "gateway/http/following.hpp"

#include "tests/support/http_peer.hpp"
#include "tests/support/running_shards.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::http;
using namespace meerkat::testing;

namespace {

// Says where it answers, and where it would rather have answered: the last digit of the path.
response place(const request& asked) {
    response given = plain_response(200, std::to_string(shard::current().index()));
    if (asked.path != "/anywhere") given.served_at = static_cast<unsigned>(asked.path.back() - '0');
    return given;
}

class stateless_handler final : public handler {
public:
    task<response> handle(const request& asked) override { co_return place(asked); }
};

// A listener's servers on two shards.
struct two_servers {
    explicit two_servers(running_shards& shards) : shards_(shards) {
        std::vector<route> routes;
        routes.push_back({"_", "/:where", std::make_shared<stateless_handler>()});
        auto made = routes::make(std::move(routes));
        const auto served = std::make_shared<const site>(site{std::move(*made), server_settings{}});
        for (const unsigned i : {0U, 1U}) all.push_back(std::make_shared<server>(shards.all().at(i), served));
        for (const auto& each : all) each->know(all);
    }
    ~two_servers() {
        for (const unsigned i : {0U, 1U}) shards_.run(all[i]->drain(milliseconds(1000)), i);
    }
    std::vector<std::shared_ptr<server>> all;

private:
    running_shards& shards_;
};

// On which shards the requests are answered, one after the other; or all of them sent at once.
task<std::string> places(server* first, std::vector<std::string> paths, bool at_once) {
    http_peer peer(*first, shard::current());
    std::string found;
    const auto ask = [&peer](const std::string& path) {
        peer.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    };
    if (at_once) {
        for (const std::string& each : paths) ask(each);
    }
    for (const std::string& each : paths) {
        if (!at_once) ask(each);
        const std::string answer = co_await peer.read_answer();
        found += answer.back();
    }
    peer.close();
    co_return found;
}

}  // namespace

TEST_CASE("a connection follows where its requests are served, with what was sent ahead") {
    running_shards shards(2);
    for (const bool at_once : {false, true}) {
        two_servers servers(shards);
        const auto found = [&](std::vector<std::string> paths) {
            return shards.run(places(servers.all[0].get(), std::move(paths), at_once));
        };
        CHECK(found({"/1", "/1", "/1", "/1"}) == "0011");
        // Moving again takes twice as much.
        CHECK(found({"/1", "/1", "/0", "/0", "/0", "/0", "/0"}) == "0011110");
        CHECK(found({"/0", "/0", "/0", "/0"}) == "0000");
        CHECK(found({"/anywhere", "/anywhere", "/anywhere"}) == "000");
    }
}

TEST_CASE("a connection of many, whose requests go everywhere, stays where it is") {
    following home;
    unsigned moves = 0;
    unsigned here = 0;
    for (unsigned i = 0; i < 1000; ++i) {
        // Now and then two of them go to the same place.
        const unsigned at = i % 7 < 2 ? 1 : i % 2;
        if (const auto to = home.served(at, here)) {
            here = *to;
            ++moves;
        }
    }
    CHECK(moves <= 6);
}

TEST_CASE("a connection that arrives where nobody is served any more is closed") {
    running_shards shards(2);
    two_servers servers(shards);
    shards.run(servers.all[1]->drain(milliseconds(0)), 1);
    const auto found = [](server* first) -> task<bool> {
        http_peer peer(*first, shard::current());
        for (int i = 0; i < 2; ++i) {
            peer.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
            co_await peer.read_answer();
        }
        const bool ended = co_await peer.read_end();
        co_return ended;
    };
    CHECK(shards.run(found(servers.all[0].get())));
}
