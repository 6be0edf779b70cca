#pragma once
// Between the kernel's socket addresses and endpoints.

#include "gateway/base/error.hpp"
#include "gateway/net/byte_stream.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/socket.h>

namespace meerkat::net {

struct socket_address {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);

    sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }
    const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// invalid unless `ip` is a numeric IPv4 or IPv6 address.
result<socket_address> make_socket_address(const std::string& ip, std::uint16_t port);

// From an in_addr or in6_addr, as the family (AF_INET, AF_INET6) says. IPv4-mapped IPv6 becomes IPv4.
endpoint make_endpoint(int family, const void* address, std::uint16_t port);
// From text; nothing unless it is a numeric address of that family.
std::optional<endpoint> read_endpoint(int family, const std::string& text, std::uint16_t port);

// IPv4-mapped IPv6 addresses become IPv4; anything that is not IP becomes the empty endpoint.
endpoint to_endpoint(const socket_address& address);

// Of the near end of a socket.
endpoint local_endpoint(int descriptor);

}  // namespace meerkat::net
