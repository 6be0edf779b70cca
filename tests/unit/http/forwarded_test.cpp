#include "gateway/http/forwarded.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace meerkat;
using namespace meerkat::http;

namespace {

using lines = std::vector<std::pair<std::string, std::string>>;

const net::address_ranges trusted({"10.0.0.0/8", "fd00::/8"});

// "192.0.2.1:80", "192.0.2.1:80 encrypted", "refused"; "-": nothing is forwarded.
std::string client(const lines& sent, const std::string& peer = "10.0.0.1") {
    fields all;
    for (const auto& [name, value] : sent) all.add(name, value);
    const auto found = find_client(all, {peer, 4711}, trusted);
    if (found.has_error()) return "refused";
    if (!*found) return "-";
    return (*found)->peer.ip + ':' + std::to_string((*found)->peer.port) +
           ((*found)->encrypted ? " encrypted" : "");
}

std::string forwarded(const std::string& value) { return client({{"Forwarded", value}}); }
std::string forwarded_for(const std::string& value) { return client({{"X-Forwarded-For", value}}); }

}  // namespace

TEST_CASE("only trusted proxies are believed") {
    CHECK(client({{"X-Forwarded-For", "192.0.2.1"}}, "10.0.0.1") == "192.0.2.1:0");
    CHECK(client({{"X-Forwarded-For", "192.0.2.1"}}, "192.0.2.9") == "-");
    CHECK(client({{"Forwarded", "for=192.0.2.1"}}, "192.0.2.9") == "-");
    CHECK(client({{"Forwarded", "for=\"unfinished"}}, "192.0.2.9") == "-");
    CHECK(client({}) == "-");
    CHECK(client({{"X-Forwarded-Proto", "https"}}) == "-");
    fields sent;
    sent.add("X-Forwarded-For", "192.0.2.1");
    CHECK_FALSE(find_client(sent, {"10.0.0.1", 1}, net::address_ranges())->has_value());
}

TEST_CASE("the way leads back over trusted proxies to the first who is not") {
    CHECK(forwarded_for("192.0.2.1, 10.1.1.1, 10.2.2.2") == "192.0.2.1:0");
    CHECK(forwarded_for("1.1.1.1, 192.0.2.1, 10.2.2.2") == "192.0.2.1:0");
    CHECK(forwarded_for("10.3.3.3, 10.2.2.2") == "10.3.3.3:0");
    CHECK(forwarded_for("2001:db8::1, fd00::1") == "2001:db8::1:0");
    CHECK(forwarded("for=192.0.2.1, for=10.1.1.1;by=10.2.2.2") == "192.0.2.1:0");
    CHECK(client({{"X-Forwarded-For", "1.1.1.1"}, {"x-forwarded-for", "192.0.2.1, 10.1.1.1"}}) ==
          "192.0.2.1:0");
    CHECK(client({{"Forwarded", "for=1.1.1.1"}, {"forwarded", "for=192.0.2.1"}}) == "192.0.2.1:0");
}

TEST_CASE("who hides, or cannot be understood, ends the way") {
    CHECK(forwarded_for("192.0.2.1, unknown") == "10.0.0.1:4711");
    CHECK(forwarded_for("192.0.2.1, unknown, 10.1.1.1") == "10.1.1.1:0");
    CHECK(forwarded_for("192.0.2.1, 10.1.1.1.1, 10.2.2.2") == "10.2.2.2:0");
    CHECK(forwarded_for("192.0.2.1,") == "192.0.2.1:0");
    CHECK(forwarded_for("192.0.2.1,, 10.2.2.2") == "10.2.2.2:0");
    CHECK(forwarded("for=192.0.2.1, for=_hidden, for=10.1.1.1") == "10.1.1.1:0");
    CHECK(forwarded("for=192.0.2.1, for=unknown") == "10.0.0.1:4711");
    CHECK(forwarded("for=192.0.2.1, by=10.0.0.1") == "10.0.0.1:4711");
    CHECK(forwarded("for=\"_gazonk\"") == "10.0.0.1:4711");
}

TEST_CASE("addresses come with ports, in brackets, in quotes") {
    CHECK(forwarded("for=\"192.0.2.1:8080\"") == "192.0.2.1:8080");
    CHECK(forwarded("for=192.0.2.1:8080") == "192.0.2.1:8080");
    CHECK(forwarded("For=\"[2001:DB8:cafe::17]:4711\"") == "2001:db8:cafe::17:4711");
    CHECK(forwarded("for=\"[2001:db8::17]\"") == "2001:db8::17:0");
    CHECK(forwarded("for=\"192.0.2.1:_port\"") == "192.0.2.1:0");
    CHECK(forwarded("for=\"192.0.2\\.1\"") == "192.0.2.1:0");
    CHECK(forwarded("for=\"[::ffff:192.0.2.1]\"") == "192.0.2.1:0");
    CHECK(forwarded(" by=x ; for=192.0.2.1 ;host=\"a,b;c=\\\"d\" ") == "192.0.2.1:0");
    CHECK(forwarded_for("192.0.2.1:8080") == "192.0.2.1:8080");
    CHECK(forwarded_for("[2001:db8::17]:4711") == "2001:db8::17:4711");
    CHECK(forwarded_for("192.0.2.1:99999") == "192.0.2.1:0");
    CHECK(forwarded_for("[2001:db8::17") == "10.0.0.1:4711");
    CHECK(forwarded_for("[2001:db8::17]x") == "10.0.0.1:4711");
}

TEST_CASE("whether the client's own connection is encrypted is the proxies' word too") {
    CHECK(forwarded("for=192.0.2.1;proto=https") == "192.0.2.1:0 encrypted");
    CHECK(forwarded("for=192.0.2.1;proto=WSS, for=10.1.1.1;proto=http") == "192.0.2.1:0 encrypted");
    CHECK(forwarded("for=192.0.2.1;proto=http, for=10.1.1.1;proto=https") == "192.0.2.1:0");
    const std::string by_two = "192.0.2.1, 10.1.1.1";
    CHECK(client({{"X-Forwarded-For", by_two}, {"X-Forwarded-Proto", "https, http"}}) ==
          "192.0.2.1:0 encrypted");
    CHECK(client({{"X-Forwarded-For", by_two}, {"X-Forwarded-Proto", "http, https"}}) == "192.0.2.1:0");
    CHECK(client({{"X-Forwarded-For", by_two}, {"X-Forwarded-Proto", "https"}}) == "192.0.2.1:0 encrypted");
    CHECK(client({{"X-Forwarded-For", "192.0.2.1"}, {"X-Forwarded-Proto", "https, http"}}) == "192.0.2.1:0");
}

TEST_CASE("what is malformed or contradicts itself names nobody") {
    for (const std::string value :
         {"for=\"192.0.2.1", "for=192.0.2.1;for=192.0.2.2", "for", "for=", "=x", "for=192.0.2.1 x",
          "for = 192.0.2.1", "for=\"a\"b", "for=a\"b\"", "for=192.0.2.1, \"x\""}) {
        INFO(value);
        CHECK(forwarded(value) == "refused");
    }
    CHECK(client({{"Forwarded", "for=192.0.2.1"}, {"X-Forwarded-For", "192.0.2.2"}}) == "refused");
    CHECK(client({{"Forwarded", "for=192.0.2.1;proto=https"}, {"X-Forwarded-For", "192.0.2.1"}}) ==
          "192.0.2.1:0 encrypted");
    // A quote that the client left open does not swallow what the proxy adds in a line of its own.
    CHECK(client({{"Forwarded", "for=\"x"}, {"Forwarded", "for=\"192.0.2.1\""}}) == "refused");
}
