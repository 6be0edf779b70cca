#include "gateway/net/unix_socket.hpp"

#include "gateway/net/unix_address.hpp"

#include <cerrno>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace meerkat::net {

namespace {

error failed(const std::filesystem::path& path) {
    return {errc::unavailable, path.string() + ": " + std::generic_category().message(errno)};
}

bool answers(const unix_address& address, int probe) {
    return ::connect(probe, address.generic(), address.size()) == 0 || errno == EAGAIN ||
           errno == EINPROGRESS;
}

// Removes the socket that a killed server left behind.
result<void> clear(const std::filesystem::path& path, const unix_address& address) {
    struct stat found{};
    if (::lstat(path.c_str(), &found) != 0) {
        if (errno == ENOENT) return {};
        return failed(path);
    }
    if (!S_ISSOCK(found.st_mode))
        return error(errc::unavailable, path.string() + " is in the way: it is no socket; remove it");
    const owned_descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (probe.get() < 0) return failed(path);
    if (answers(address, probe.get()))
        return error(errc::unavailable, path.string() + ": another process answers there");
    if (::unlink(path.c_str()) != 0) return failed(path);
    return {};
}

// Somebody may have put a file of their own there meanwhile, a later server's socket for instance.
class socket_file {
public:
    explicit socket_file(std::filesystem::path path) : path_(std::move(path)) {
        struct stat found{};
        if (::lstat(path_.c_str(), &found) == 0) {
            device_ = found.st_dev;
            number_ = found.st_ino;
        }
    }
    socket_file(const socket_file&) = delete;
    socket_file& operator=(const socket_file&) = delete;
    ~socket_file() {
        struct stat found{};
        if (::lstat(path_.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return;
        if (found.st_dev == device_ && found.st_ino == number_) ::unlink(path_.c_str());
    }

private:
    std::filesystem::path path_;
    dev_t device_ = 0;
    ino_t number_ = 0;
};

}  // namespace

result<unix_socket> listen_at(const std::filesystem::path& path, std::optional<unsigned> mode, int backlog) {
    const auto address = unix_address::of(path);
    if (address.has_error()) return address.error();
    if (auto cleared = clear(path, *address); cleared.has_error()) return cleared.error();
    unix_socket made;
    made.descriptor = owned_descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (made.descriptor.get() < 0 || ::bind(made.descriptor.get(), address->generic(), address->size()) != 0)
        return failed(path);
    made.file = std::make_shared<socket_file>(path);
    // Before listen() nobody can connect: there is no moment in which the rights of the umask hold.
    if (mode && ::chmod(path.c_str(), *mode) != 0) return failed(path);
    if (::listen(made.descriptor.get(), backlog) != 0) return failed(path);
    return made;
}

}  // namespace meerkat::net
