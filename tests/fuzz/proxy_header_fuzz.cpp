// A PROXY header is read alike whole and in pieces, and never a byte behind its end.

#include "gateway/net/proxy_header.hpp"
#include "gateway/net/socket_address.hpp"
#include "tests/support/fuzz_check.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <sys/socket.h>

using namespace meerkat::net;
using state = proxy_header_reader::state;

namespace {

struct outcome {
    state end = state::incomplete;
    std::size_t taken = 0;
    std::string client;

    friend bool operator==(const outcome&, const outcome&) = default;
};

outcome read(std::string_view bytes, std::size_t piece) {
    proxy_header_reader reader;
    outcome found;
    for (std::size_t at = 0; at < bytes.size() && found.end == state::incomplete; at += piece) {
        std::string_view input = bytes.substr(at, piece);
        const std::size_t before = input.size();
        found.end = reader.read(input);
        found.taken += before - input.size();
        if (found.end == state::incomplete) FUZZ_CHECK(input.empty());
    }
    if (found.end == state::complete && reader.client())
        found.client = reader.client()->ip + ' ' + std::to_string(reader.client()->port);
    return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const outcome whole = read(bytes, bytes.size() + 1);
    FUZZ_CHECK(read(bytes, 1) == whole);
    FUZZ_CHECK(read(bytes, 7) == whole);
    FUZZ_CHECK(whole.taken <= proxy_header_reader::longest_binary);
    if (whole.end != state::complete) return 0;
    // The header alone says the same.
    FUZZ_CHECK(read(bytes.substr(0, whole.taken), whole.taken) == whole);
    const std::string ip = whole.client.substr(0, whole.client.find(' '));
    FUZZ_CHECK(ip.empty() || read_endpoint(AF_INET, ip, 0) || read_endpoint(AF_INET6, ip, 0));
    return 0;
}
