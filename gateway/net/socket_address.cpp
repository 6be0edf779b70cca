#include "gateway/net/socket_address.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <netinet/in.h>
#include <string_view>

namespace meerkat::net {

namespace {

constexpr std::array<unsigned char, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::string text_of(int family, const void* address) {
    char text[INET6_ADDRSTRLEN];
    return ::inet_ntop(family, address, text, sizeof text) == nullptr ? std::string() : std::string(text);
}

}  // namespace

result<socket_address> make_socket_address(const std::string& ip, std::uint16_t port) {
    socket_address made;
    auto& v4 = *reinterpret_cast<sockaddr_in*>(&made.storage);
    if (::inet_pton(AF_INET, ip.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        made.size = sizeof(sockaddr_in);
        return made;
    }
    auto& v6 = *reinterpret_cast<sockaddr_in6*>(&made.storage);
    if (::inet_pton(AF_INET6, ip.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        made.size = sizeof(sockaddr_in6);
        return made;
    }
    return error(errc::invalid, "not a numeric address: " + ip);
}

endpoint make_endpoint(int family, const void* address, std::uint16_t port) {
    const auto* bytes = static_cast<const unsigned char*>(address);
    if (family == AF_INET6 && std::memcmp(bytes, mapped_prefix.data(), mapped_prefix.size()) == 0)
        return {text_of(AF_INET, bytes + mapped_prefix.size()), port};
    return {text_of(family, bytes), port};
}

std::optional<endpoint> read_endpoint(int family, const std::string& text, std::uint16_t port) {
    if (text.find('\0') != std::string::npos) return std::nullopt;
    in6_addr address{};  // room for either
    if (::inet_pton(family, text.c_str(), &address) != 1) return std::nullopt;
    return make_endpoint(family, &address, port);
}

endpoint to_endpoint(const socket_address& address) {
    if (address.storage.ss_family == AF_INET) {
        const auto& v4 = *reinterpret_cast<const sockaddr_in*>(&address.storage);
        return make_endpoint(AF_INET, &v4.sin_addr, ntohs(v4.sin_port));
    }
    if (address.storage.ss_family == AF_INET6) {
        const auto& v6 = *reinterpret_cast<const sockaddr_in6*>(&address.storage);
        return make_endpoint(AF_INET6, &v6.sin6_addr, ntohs(v6.sin6_port));
    }
    return {};
}

endpoint local_endpoint(int descriptor) {
    socket_address address;
    if (::getsockname(descriptor, address.generic(), &address.size) != 0) return {};
    return to_endpoint(address);
}

bool endpoint::loopback() const { return ip.empty() || ip == "::1" || ip.starts_with("127."); }

std::string endpoint::limit_key() const {
    in6_addr v6{};
    if (ip.find(':') == std::string::npos || ::inet_pton(AF_INET6, ip.c_str(), &v6) != 1) return ip;
    constexpr std::size_t prefix_bytes = 8;  // a /64 is what one subscriber gets
    std::memset(reinterpret_cast<unsigned char*>(&v6) + prefix_bytes, 0, sizeof v6 - prefix_bytes);
    return text_of(AF_INET6, &v6) + "/64";
}

}  // namespace meerkat::net
