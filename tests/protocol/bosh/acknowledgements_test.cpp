// What a client and the server acknowledge, and the keys that keep strangers out.

#include "gateway/base/digest.hpp"
#include "gateway/base/encoding.hpp"
#include "tests/protocol/bosh/bosh_play.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::chrono_literals;

namespace {

std::string key(int times) {
    std::string k = "seed";
    for (int i = 0; i < times; ++i) k = to_hex(digest(hash_function::sha1, k));
    return k;
}

}  // namespace

TEST_CASE("with server acknowledgements an answer tells the highest number that has come") {
    auto agreed = bosh_play::usual();
    agreed.server_acks = true;
    auto p = created(agreed);
    const auto first = p.next();
    const auto second = p.next();
    CHECK(p.answer(first) == body(" ack='102'"));
    p.deliver("<a/>");
    CHECK(p.answer(second) == body({}, "<a/>"));
    CHECK(p.answer(p.request(101)) == body(" ack='102'"));
}

TEST_CASE("a client that misses an answer is told since when") {
    auto agreed = bosh_play::usual();
    agreed.client_acks = true;
    auto p = created(agreed);
    p.next();
    p.deliver("<a/>");
    p.wait(852ms);
    const auto second = p.next("ack='100'");
    CHECK(p.answer(second) == body(" report='101' time='852'"));
    const auto third = p.next("ack='102'");
    CHECK_FALSE(p.answered(third));
}

TEST_CASE("answers that a client has acknowledged are forgotten") {
    auto agreed = bosh_play::usual();
    agreed.client_acks = true;
    auto p = created(agreed);
    for (int i = 0; i < 8; ++i) p.next("ack='100'");
    CHECK(p.answer(p.request(102)) != terminal("item-not-found"));
    p.next("ack='105'");
    CHECK(p.answer(p.request(106)) != terminal("item-not-found"));
    CHECK(p.answer(p.request(102)) == terminal("item-not-found"));
}

TEST_CASE("a client that never acknowledges does not grow the memory of answers") {
    auto agreed = bosh_play::usual();
    agreed.client_acks = true;
    auto p = created(agreed);
    const std::string large = "<a>" + std::string(50'000, 'x') + "</a>";
    for (int i = 0; i < 1000; ++i) {
        p.next();
        p.deliver(large);
    }
    CHECK(p.answer(p.request(1095)) == terminal("item-not-found"));
}

TEST_CASE("a key sequence keeps strangers out") {
    auto agreed = bosh_play::usual();
    agreed.key = key(5);
    SECTION("whoever knows it goes on, in whatever case, and from one sequence to the next") {
        auto p = created(agreed);
        p.next("key='" + key(4) + "'", "<message id='m1'/>");
        std::string upper = key(3);
        for (char& c : upper) c = static_cast<char>(std::toupper(c));
        p.next("key='" + upper + "'", "<message id='m2'/>");
        p.next("key='" + key(2) + "' newkey='" + key(9) + "'", "<message id='m3'/>");
        p.next("key='" + key(8) + "'", "<message id='m4'/>");
        CHECK(p.read() == "m1 m2 m3 m4");
        CHECK(p.answer(p.request(101, "key='" + key(4) + "'")) == terminal("item-not-found"));
    }
    SECTION("a request sent again has the key it had") {
        auto p = created(agreed);
        p.next("key='" + key(4) + "'");
        p.deliver("<a/>");
        CHECK(p.answer(p.request(101, "key='" + key(4) + "'")) == body({}, "<a/>"));
        CHECK(p.answer(p.request(101)) == terminal("item-not-found"));
    }
    SECTION("a request that is held is nobody's without its key") {
        auto p = created(agreed);
        p.next("key='" + key(4) + "'");
        CHECK(p.answer(p.request(101)) == terminal("item-not-found"));
        REQUIRE(p.over());
    }
    SECTION("a wrong key, an old one or none ends the session unprocessed") {
        for (const std::string& wrong : {key(5), key(3), std::string()}) {
            auto p = created(agreed);
            p.next(wrong.empty() ? "" : "key='" + wrong + "'", "<message id='m'/>");
            CHECK(p.read() == "lost");
            CHECK(p.over());
        }
    }
}
