#include "xmpp/hooks/hook.hpp"

#include "tests/support/running_shards.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using namespace meerkat;

namespace {

struct part {
    explicit part(std::string n, verdict v = verdict::proceed) : name(std::move(n)), answer(v) {}
    verdict now(std::string& trace) {
        trace += name;
        return answer;
    }
    task<verdict> later(std::string& trace) {
        trace += name;
        co_return answer;
    }
    verdict fails(std::string&) { throw std::runtime_error("on purpose"); }
    task<verdict> fails_later(std::string&) {
        throw std::runtime_error("on purpose");
        co_return answer;
    }
    std::string name;
    verdict answer;
};

using traced = hook<std::string&>;

task<verdict> run(traced* h, std::string* trace) {
    const verdict answer = co_await h->run(*trace);
    co_return answer;
}

}  // namespace

TEST_CASE("handlers run by phase, and within one in the order they came") {
    traced h("test");
    REQUIRE(h.empty());
    part a("a");
    part b("b");
    part c("c");
    part d("d");
    h.on(phase::deliver, a, &part::now);
    h.on(phase::screen, b, &part::now);
    h.on(phase::deliver, c, &part::now);
    h.on(phase::archive, d, &part::now);
    std::string trace;
    REQUIRE(h.run_now(trace) == verdict::proceed);
    REQUIRE(trace == "bdac");
    REQUIRE_FALSE(h.waits());
}

TEST_CASE("stop keeps it from later handlers, but not from who only looks on") {
    traced h("test");
    part a("a", verdict::stop);
    part b("b");
    part c("c");
    h.on(phase::screen, a, &part::now);
    h.on(phase::deliver, b, &part::now);
    h.on(phase::observe, c, &part::later);
    testing::running_shards shards;
    std::string trace;
    REQUIRE(shards.run(run(&h, &trace)) == verdict::stop);
    REQUIRE(trace == "ac");
    REQUIRE(h.waits());
}

TEST_CASE("a handler that throws, at once or later, does not take the others with it") {
    traced h("test");
    part a("a");
    part b("b", verdict::stop);
    h.on(phase::screen, a, &part::fails);
    h.on(phase::enrich, a, &part::fails_later);
    h.on(phase::deliver, b, &part::later);
    testing::running_shards shards;
    std::string trace;
    REQUIRE(shards.run(run(&h, &trace)) == verdict::stop);
    REQUIRE(trace == "b");
}
