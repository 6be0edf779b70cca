#include "gateway/base/deadline.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <vector>

using meerkat::deadline;
using meerkat::deadline_wheel;
using meerkat::milliseconds;

namespace {

struct counter {
    deadline due;
    int expired = 0;
    counter() { due.calls<&counter::count>(*this); }
    void count() { ++expired; }
};

struct rearming {
    deadline_wheel& wheel;
    deadline due;
    int expired = 0;
    explicit rearming(deadline_wheel& w) : wheel(w) { due.calls<&rearming::again>(*this); }
    void again() {
        ++expired;
        due.arm(wheel, milliseconds{1000});
    }
};

struct suicidal {
    deadline due;
    std::unique_ptr<suicidal>& owner;
    explicit suicidal(std::unique_ptr<suicidal>& o) : owner(o) { due.calls<&suicidal::end>(*this); }
    void end() { owner.reset(); }
};

}  // namespace

TEST_CASE("a deadline armed in a wheel that has stood still is not early") {
    deadline_wheel wheel;
    milliseconds present{0};
    wheel.on_first_armed([&] { wheel.advance_to(present); });
    counter c;
    present = milliseconds{3'600'000};
    c.due.arm(wheel, milliseconds{1000});
    wheel.advance_to(present + milliseconds{999});
    REQUIRE(c.expired == 0);
    wheel.advance_to(present + milliseconds{1000} + 2 * deadline_wheel::tick);
    REQUIRE(c.expired == 1);
}

TEST_CASE("a deadline is never early and at most two ticks late") {
    deadline_wheel wheel;
    counter c;
    c.due.arm(wheel, milliseconds{1000});
    wheel.advance_to(milliseconds{999});
    REQUIRE(c.expired == 0);
    wheel.advance_to(milliseconds{1000} + 2 * deadline_wheel::tick);
    REQUIRE(c.expired == 1);
    REQUIRE_FALSE(c.due.armed());
}

TEST_CASE("a disarmed deadline does not expire") {
    deadline_wheel wheel;
    counter c;
    c.due.arm(wheel, milliseconds{500});
    c.due.disarm();
    wheel.advance_to(milliseconds{5000});
    REQUIRE(c.expired == 0);
    REQUIRE(wheel.armed() == 0);
}

TEST_CASE("arming again moves a deadline instead of doubling it") {
    deadline_wheel wheel;
    counter c;
    c.due.arm(wheel, milliseconds{500});
    c.due.arm(wheel, milliseconds{2000});
    wheel.advance_to(milliseconds{1500});
    REQUIRE(c.expired == 0);
    wheel.advance_to(milliseconds{2500});
    REQUIRE(c.expired == 1);
}

TEST_CASE("a deadline beyond one turn of the wheel waits for its own round") {
    deadline_wheel wheel;
    counter c;
    c.due.arm(wheel, std::chrono::hours{1});
    for (milliseconds t{0}; t < std::chrono::minutes{59}; t += std::chrono::seconds{30}) wheel.advance_to(t);
    REQUIRE(c.expired == 0);
    wheel.advance_to(std::chrono::minutes{61});
    REQUIRE(c.expired == 1);
}

TEST_CASE("a deadline may be armed again while it expires") {
    deadline_wheel wheel;
    rearming r(wheel);
    r.due.arm(wheel, milliseconds{1000});
    for (milliseconds t{0}; t <= milliseconds{5000}; t += milliseconds{100}) wheel.advance_to(t);
    REQUIRE(r.expired == 4);
    REQUIRE(r.due.armed());
}

TEST_CASE("a deadline may be destroyed by its own expiry, beside others of the same tick") {
    deadline_wheel wheel;
    std::unique_ptr<suicidal> s;
    counter before;
    counter after;
    before.due.arm(wheel, milliseconds{300});
    s = std::make_unique<suicidal>(s);
    s->due.arm(wheel, milliseconds{300});
    after.due.arm(wheel, milliseconds{300});
    wheel.advance_to(milliseconds{1000});
    REQUIRE(s == nullptr);
    REQUIRE(before.expired == 1);
    REQUIRE(after.expired == 1);
}
