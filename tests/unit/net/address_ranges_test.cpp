#include "gateway/net/address_ranges.hpp"

#include <catch2/catch.hpp>

using meerkat::net::address_ranges;

TEST_CASE("a network holds the addresses with its first bits") {
    const address_ranges ranges({"10.0.0.0/8", "192.0.2.128/25", "2001:db8::/33", "203.0.113.7"});
    for (const char* const inside : {"10.0.0.0", "10.255.255.255", "192.0.2.128", "192.0.2.255",
                                     "2001:db8::1", "2001:db8:7fff::", "203.0.113.7"}) {
        INFO(inside);
        CHECK(ranges.contains(inside));
    }
    for (const char* const outside : {"11.0.0.0", "9.255.255.255", "192.0.2.127", "2001:db8:8000::",
                                      "2001:db9::1", "203.0.113.6", "::10.0.0.1", "", "unix", "10.0.0"}) {
        INFO(outside);
        CHECK_FALSE(ranges.contains(outside));
    }
    CHECK(address_ranges({"0.0.0.0/0"}).contains("198.51.100.1"));
    CHECK_FALSE(address_ranges({"0.0.0.0/0"}).contains("2001:db8::1"));
    CHECK(address_ranges({"::/0"}).contains("2001:db8::1"));
    CHECK(address_ranges().empty());
}

TEST_CASE("the peer of a UNIX socket counts as loopback") {
    CHECK(address_ranges({"127.0.0.0/8"}).contains(""));
    CHECK(address_ranges({"::1/128"}).contains(""));
}
