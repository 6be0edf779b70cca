#include "gateway/net/proxy_header.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace meerkat::net;
using namespace std::string_literals;
using state = proxy_header_reader::state;

namespace {

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;

std::string big_endian(std::size_t number) {
    return {static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
}

std::string binary(unsigned char command, unsigned char family, const std::string& content) {
    return signature + static_cast<char>(command) + static_cast<char>(family) + big_endian(content.size()) +
           content;
}

std::string addition(unsigned char type, const std::string& value) {
    return static_cast<char>(type) + big_endian(value.size()) + value;
}

// 192.0.2.1 port 56324, and where it connected to.
const std::string addresses_v4 = "\xc0\0\2\1\xc0\0\2\2"s + big_endian(56324) + big_endian(443);
const std::string addresses_v6 = "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"s +
                                 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2"s + big_endian(56324) +
                                 big_endian(443);

struct outcome {
    state end = state::incomplete;
    std::size_t taken = 0;
    std::string client;  // "-": its own peer
};

outcome read(std::string_view bytes, std::size_t piece) {
    proxy_header_reader reader;
    outcome found;
    for (std::size_t at = 0; at < bytes.size() && found.end == state::incomplete; at += piece) {
        std::string_view input = bytes.substr(at, piece);
        const std::size_t before = input.size();
        found.end = reader.read(input);
        found.taken += before - input.size();
    }
    found.client = "-";
    if (reader.client()) found.client = reader.client()->ip + ' ' + std::to_string(reader.client()->port);
    return found;
}

// However it comes, and whatever follows.
void reads(const std::string& header, const std::string& client) {
    const std::string behind = "PROXY \r\n\r\n";
    for (std::size_t piece = 1; piece <= header.size() + behind.size(); ++piece) {
        const outcome found = read(header + behind, piece);
        CHECK(found.end == state::complete);
        CHECK(found.taken == header.size());
        CHECK(found.client == client);
    }
    for (std::size_t cut = 0; cut < header.size(); ++cut)
        CHECK(read(header.substr(0, cut), 1).end == state::incomplete);
}

}  // namespace

TEST_CASE("a line of version 1 names the client") {
    reads("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n", "192.0.2.1 56324");
    reads("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255 65535");
    reads("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n", "2001:db8::1 56324");
    reads("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 0\r\n", "192.0.2.1 1");
    reads("PROXY UNKNOWN\r\n", "-");
    reads("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", "-");
}

TEST_CASE("a header of version 2 names the client") {
    reads(binary(0x21, 0x11, addresses_v4), "192.0.2.1 56324");
    reads(binary(0x21, 0x21, addresses_v6), "2001:db8::1 56324");
    reads(binary(0x21, 0x31, std::string(216, 'x')), " 0");
    reads(binary(0x21, 0x11, addresses_v4 + addition(0x04, "abc") + addition(0xe0, "")), "192.0.2.1 56324");
    reads(binary(0x21, 0x00, addition(0x01, "h2")), "-");
    // The proxy speaks for itself: whatever it says besides is not looked at.
    reads(binary(0x20, 0x00, ""), "-");
    reads(binary(0x20, 0x99, "whatever"), "-");
}

TEST_CASE("a checksum in a header of version 2 must be right") {
    const std::string good = "\x64\x67\xfa\xfa";
    const auto with = [](const std::string& sum) {
        return binary(0x21, 0x11, addresses_v4 + addition(0x04, "ab") + addition(0x03, sum));
    };
    reads(with(good), "192.0.2.1 56324");
    for (const std::string& wrong : {"\x64\x67\xfa\xfb"s, "\0\0\0\0"s, "\x64\x67\xfa"s, ""s}) {
        CHECK(read(with(wrong), 1).end == state::refused);
    }
    std::string forged = with(good);
    forged[16] = '\x0a';
    CHECK(read(forged, 1).end == state::refused);
}

TEST_CASE("what is no PROXY header is refused at the first byte that shows it") {
    struct {
        std::string bytes;
        std::size_t shown_by;
    } const cases[] = {
        {"<?xml version='1.0'?>", 1},
        {"GET / HTTP/1.1\r\n", 1},
        {"\x16\x03\x01", 1},
        {"PROXIED", 5},
        {"\r\n\r\n\1", 5},
        {"PROXY TCP5 ", 107},
        {signature.substr(0, 11) + "x", 12},
    };
    for (const auto& each : cases) {
        const std::string long_enough = each.bytes + std::string(200, 'x');
        INFO(each.bytes);
        const outcome found = read(long_enough, 1);
        CHECK(found.end == state::refused);
        CHECK(found.taken == each.shown_by);
    }
}

TEST_CASE("malformed lines are refused") {
    for (const std::string line : {
             "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\n",
             "PROXY TCP4 192.0.2.1 192.0.2.2 56324\r\n",
             "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443 1\r\n",
             "PROXY TCP4 192.0.2.1 192.0.2.2 056324 443\r\n",
             "PROXY TCP4 192.0.2.1 192.0.2.2 65536 443\r\n",
             "PROXY TCP4 192.0.2.1 192.0.2.2 -1 443\r\n",
             "PROXY TCP4 192.0.2.1  192.0.2.2 1 443\r\n",
             "PROXY TCP4 192.0.2 192.0.2.2 1 443\r\n",
             "PROXY TCP4 ::1 ::1 1 443\r\n",
             "PROXY TCP6 192.0.2.1 192.0.2.2 1 443\r\n",
             "PROXY UNKNOWNX\r\n",
             "PROXY tcp4 192.0.2.1 192.0.2.2 56324 443\r\n",
             "PROXY \r\n",
         }) {
        INFO(line);
        CHECK(read(line, 1).end == state::refused);
        CHECK(read(line, line.size()).end == state::refused);
    }
    CHECK(read("PROXY TCP4 192.0.2.1\0 192.0.2.2 56324 443\r\n"s, 1).end == state::refused);
    // A line ends within 107 bytes.
    const std::string longest = "PROXY UNKNOWN " + std::string(107 - 16, 'x') + "\r\n";
    CHECK(read(longest, 1).end == state::complete);
    CHECK(read("PROXY UNKNOWN " + std::string(108 - 16, 'x') + "\r\n", 200).end == state::refused);
}

TEST_CASE("malformed headers of version 2 are refused") {
    const std::vector<std::string> cases{
        binary(0x11, 0x11, addresses_v4),               // another version
        binary(0x22, 0x11, addresses_v4),               // another command
        binary(0x21, 0x12, addresses_v4),               // datagrams
        binary(0x21, 0x41, addresses_v4),               // a family that is none
        binary(0x21, 0x11, addresses_v4.substr(1)),     // too short for its addresses
        binary(0x21, 0x21, addresses_v4),               // the same
        binary(0x21, 0x11, addresses_v4 + "\4"),        // an addition without a length
        binary(0x21, 0x11, addresses_v4 + "\4\0\2a"s),  // one longer than the header
        binary(0x21, 0x11, addresses_v4 + std::string(2049, 'x')),
    };
    for (const std::string& each : cases) {
        CHECK(read(each, 1).end == state::refused);
        CHECK(read(each, each.size()).end == state::refused);
    }
    // One that announces too much is not waited for.
    CHECK(read(signature + "\x21\x11\xff\xff", 1).end == state::refused);
}
