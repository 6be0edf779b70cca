#pragma once
// A file descriptor that is closed with its owner.

#include <unistd.h>
#include <utility>

namespace meerkat::net {

class owned_descriptor {
public:
    owned_descriptor() = default;
    explicit owned_descriptor(int fd) : fd_(fd) {}
    owned_descriptor(owned_descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    owned_descriptor& operator=(owned_descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~owned_descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }

    int get() const { return fd_; }  // negative: none
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_ = -1;
};

}  // namespace meerkat::net
