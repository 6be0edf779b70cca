// A conversation in which the connection fails at one step or another: nothing is lost, doubled or swapped.

#include "tests/protocol/bosh/bosh_play.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

enum class failure : std::uint8_t {
    none,
    hung_up,           // while it was held; sent again
    hung_up_moved_on,  // while it was held; the next one is sent
    answer_lost,       // after it was given; sent again
    answer_returned,   // after it was given, and the server knows; the next one is sent
    sent_twice,        // both arrive
};

// Ten rounds of a client that says one thing in each request and is told one thing; what both have got in the
// end.
std::string perform(int failing, failure how) {
    bosh_play p;
    p.deliver("<f/>");
    std::string told;
    const auto listen = [&](bosh::ticket t) {
        const std::string said = p.answer(t);
        const std::size_t at = said.find("<d");
        for (std::size_t d = at; d != std::string::npos; d = said.find("<d", d + 1))
            told += said.substr(d + 2, said.find('/', d) - d - 2) + ' ';
    };
    for (int i = 0; i < 10; ++i) {
        const failure now = i == failing ? how : failure::none;
        const std::string said = "<message id='m" + std::to_string(i) + "'/>";
        const std::string answer = "<d" + std::to_string(i) + "/>";
        const std::uint64_t rid = p.rid;
        bosh::ticket t = p.next({}, said);
        if (now == failure::hung_up || now == failure::hung_up_moved_on) p.withdraw(t);
        if (now == failure::sent_twice) t = p.request(rid, {}, said);
        p.deliver(answer);
        if (now == failure::hung_up || now == failure::answer_lost) t = p.request(rid, {}, said);
        if (now == failure::answer_returned) p.withdraw(t);
        if (now == failure::hung_up_moved_on || now == failure::answer_returned) t = p.next();
        REQUIRE(p.answered(t));
        listen(t);
    }
    REQUIRE_FALSE(p.over());
    return p.read() + " | " + told;
}

}  // namespace

TEST_CASE("a pause that is sent again is answered at once and holds") {
    for (const bool noticed : {false, true}) {
        INFO((noticed ? "the server knows that its answer was lost" : "the server does not know"));
        auto p = created();
        const auto lost = p.next("pause='100'");
        REQUIRE(p.answered(lost));
        if (noticed) p.withdraw(lost);
        CHECK(p.answer(p.request(101, "pause='100'")) == body());
        p.wait(std::chrono::seconds(99));
        REQUIRE_FALSE(p.over());
        p.deliver("<a/>");
        CHECK(p.answer(p.next()) == body({}, "<a/>"));
    }
}

TEST_CASE("a BOSH conversation survives a failure at every step") {
    const std::string whole = perform(-1, failure::none);
    CHECK(whole == "m0 m1 m2 m3 m4 m5 m6 m7 m8 m9 | 0 1 2 3 4 5 6 7 8 9 ");
    for (const failure how : {failure::hung_up, failure::hung_up_moved_on, failure::answer_lost,
                              failure::answer_returned, failure::sent_twice}) {
        for (int step = 0; step < 10; ++step) {
            INFO("step " << step << ", failure " << static_cast<int>(how));
            CHECK(perform(step, how) == whole);
        }
    }
}

TEST_CASE("a BOSH conversation ends cleanly wherever the client goes away or the stream ends") {
    for (int step = 0; step < 6; ++step) {
        for (const bool by_stream : {true, false}) {
            INFO("step " << step << (by_stream ? " by the stream" : " by the client"));
            bosh_play p;
            std::vector<bosh::ticket> open{1};
            const auto reached = [&](int at) { return at <= step; };
            if (reached(1)) p.deliver("<f/>");
            if (reached(2)) open.push_back(p.next());
            if (reached(3)) open.push_back(p.next());
            if (reached(4)) open.push_back(p.request(p.rid + 1));
            if (reached(5)) open.push_back(p.request(p.rid));
            if (by_stream) {
                p.end(stream_error{stream_condition::conflict});
                if (!p.over()) open.push_back(p.request(p.rid + 2));
            } else {
                for (const auto each : open)
                    if (!p.answered(each)) p.withdraw(each);
                p.wait(std::chrono::seconds(31));
            }
            CHECK(p.over());
            for (const auto each : open) CHECK(p.answered(each));
        }
    }
}
