// Any mixture of what may happen to requests on their way: each is processed once and in order, and
// everything that the stream says arrives once and in order.

#include "tests/protocol/bosh/bosh_play.hpp"
#include "tests/support/sanitized.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::chrono_literals;

namespace {

// A client that keeps to the protocol on a network that does not.
class restless_client {
public:
    explicit restless_client(unsigned seed) : random_(seed), play_(created()) {}

    void step() {
        if (open_.empty() && happens(3)) {
            ask(next_ + 1);
            if (happens(2)) deliver();
            ask(next_);
            next_ += 2;
        } else if (open_.empty() || (open_.size() < 2 && next_ < open_.begin()->first + 2)) {
            ask(next_++);
        }
        if (happens(2)) deliver();
        if (happens(8)) play_.wait(1s);
        look();
    }
    // The network does as it should for a while.
    void calm_down() {
        calm_ = true;
        for (int i = 0; i < 10; ++i) step();
    }

    // What the stream was handed, and what should have been.
    std::string read() { return play_.read(); }
    std::string sent() const {
        std::string all;
        for (std::uint64_t rid = 101; rid < next_; ++rid)
            all += (all.empty() ? "m" : " m") + std::to_string(rid);
        return all;
    }
    // What the client was told, by number of request, and what should have been.
    std::string heard() const {
        std::string all;
        for (const auto& [rid, body] : answers_) {
            for (std::size_t d = body.find("<d"); d != std::string::npos; d = body.find("<d", d + 1))
                all += body.substr(d + 2, body.find('/', d) - d - 2) + ' ';
        }
        return all;
    }
    std::string said() const {
        std::string all;
        for (int i = 0; i < delivered_; ++i) all += std::to_string(i) + ' ';
        return all;
    }
    bool over() const { return play_.over(); }

private:
    bool happens(unsigned in) { return !calm_ && random_() % in == 0; }
    void ask(std::uint64_t rid) {
        open_[rid] = play_.request(rid, {}, "<message id='m" + std::to_string(rid) + "'/>");
    }
    void deliver() { play_.deliver("<d" + std::to_string(delivered_++) + "/>"); }
    void look() {
        const auto open = open_;
        for (const auto& [rid, ticket] : open) {
            const bool answered = play_.answered(ticket);
            if (answered && !happens(4)) {
                answers_[rid] = play_.answer(ticket);
                open_.erase(rid);
            } else if (answered || happens(6)) {
                // Lost on its way, which the server may have noticed. The client asks again.
                if (happens(2)) play_.withdraw(ticket);
                ask(rid);
            }
        }
    }

    std::minstd_rand random_;
    bosh_play play_;
    bool calm_ = false;
    std::uint64_t next_ = 101;
    int delivered_ = 0;
    std::map<std::uint64_t, bosh::ticket> open_;  // the latest of each request
    std::map<std::uint64_t, std::string> answers_;
};

}  // namespace

TEST_CASE("however requests are swapped, lost and repeated, both sides get everything once and in order") {
    const unsigned seeds = sanitized ? 50 : 500;
    for (unsigned seed = 1; seed <= seeds; ++seed) {
        INFO("seed " << seed);
        restless_client client(seed);
        for (int i = 0; i < 100; ++i) client.step();
        client.calm_down();
        REQUIRE_FALSE(client.over());
        REQUIRE(client.read() == client.sent());
        REQUIRE(client.heard() == client.said());
    }
}
