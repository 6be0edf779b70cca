// Whatever a proxy forwards: the client is a numeric address or the proxy itself, and nothing that stands
// before what an untrusted client is said to have changes who it is.

#include "gateway/http/forwarded.hpp"
#include "gateway/net/socket_address.hpp"
#include "tests/support/fuzz_check.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/socket.h>

using namespace meerkat;
using namespace meerkat::http;

// A letter for the field, then its value; lines part the fields.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    fields sent;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (line.empty()) continue;
        sent.add(line.front() == 'F'   ? "Forwarded"
                 : line.front() == 'X' ? "X-Forwarded-For"
                                       : "X-Forwarded-Proto",
                 line.substr(1));
    }
    const net::address_ranges trusted({"10.0.0.0/8", "fd00::/8"});
    const net::endpoint proxy{"10.0.0.1", 4000};
    FUZZ_CHECK(!find_client(sent, {"192.0.2.1", 1}, trusted)->has_value());
    const auto found = find_client(sent, proxy, trusted);
    if (found.has_value() && *found) {
        const std::string& ip = (*found)->peer.ip;
        FUZZ_CHECK(net::read_endpoint(AF_INET, ip, 0) || net::read_endpoint(AF_INET6, ip, 0));
    }
    // The nearest proxy's own word, in a line behind all others.
    fields appended;
    for (const auto& [name, value] : sent) {
        if (name == "X-Forwarded-For") appended.add(name, value);
    }
    appended.add("X-Forwarded-For", "192.0.2.77");
    const auto last = find_client(appended, proxy, trusted);
    FUZZ_CHECK(last.has_value() && *last && (*last)->peer.ip == "192.0.2.77");
    return 0;
}
