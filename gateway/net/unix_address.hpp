#pragma once
// The address of a UNIX socket. A path of more than 107 bytes does not fit into one and is reached through
// its folder's descriptor.

#include "gateway/base/error.hpp"

#include <filesystem>
#include <sys/socket.h>
#include <sys/un.h>
#include <utility>

namespace meerkat::net {

class unix_address {
public:
    // unavailable: the folder cannot be opened, for the reason in the detail.
    static result<unix_address> of(const std::filesystem::path& socket);
    unix_address(unix_address&& other) noexcept
        : address_(other.address_), folder_(std::exchange(other.folder_, -1)) {}
    unix_address& operator=(unix_address&&) = delete;
    ~unix_address();

    // Valid as long as this lives.
    const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&address_); }
    socklen_t size() const { return sizeof address_; }

private:
    unix_address() = default;

    sockaddr_un address_{};
    int folder_ = -1;
};

}  // namespace meerkat::net
