#include "gateway/process.hpp"

#include "gateway/base/log.hpp"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <pthread.h>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace meerkat::process {

namespace {

sigset_t handled_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    return set;
}

}  // namespace

std::uint64_t raise_descriptor_limit() {
    rlimit bound{};
    if (getrlimit(RLIMIT_NOFILE, &bound) != 0) return 0;
    if (bound.rlim_cur < bound.rlim_max) {
        const rlim_t before = bound.rlim_cur;
        bound.rlim_cur = bound.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &bound) != 0) {
            log::warning("descriptor_limit_not_raised",
                         {{"limit", before}, {"reason", std::strerror(errno)}});
            return before;
        }
    }
    return bound.rlim_cur;
}

void take_signals() {
    const sigset_t set = handled_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

int next_signal(std::chrono::seconds patience) {
    const sigset_t set = handled_signals();
    const timespec bound{.tv_sec = patience.count(), .tv_nsec = 0};
    for (;;) {
        const int number = sigtimedwait(&set, nullptr, &bound);
        if (number > 0) return number;
        if (errno == EAGAIN) return 0;
    }
}

std::vector<int> inherited_descriptors() {
    constexpr int first = 3;
    const auto number = [](const char* name) {
        const char* const text = std::getenv(name);
        int value = 0;
        if (text != nullptr) std::from_chars(text, text + std::strlen(text), value);
        return value;
    };
    // Another process's, if it has another number: a parent may have passed its environment on.
    const int count = number("LISTEN_PID") == ::getpid() ? number("LISTEN_FDS") : 0;
    for (const char* const name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
    std::vector<int> found;
    for (int fd = first; fd - first < count; ++fd) {
        if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) break;  // fewer than promised
        found.push_back(fd);
    }
    return found;
}

// systemd wants the time, to tell this reload from one it was told of before.
void notify_reloading() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const std::int64_t microseconds = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
    notify_service_manager("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void notify_service_manager(std::string_view state) {
    const char* const path = std::getenv("NOTIFY_SOCKET");
    if (path == nullptr || (path[0] != '/' && path[0] != '@')) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::size_t size = std::strlen(path);
    if (size >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, path, size);
    if (path[0] == '@') address.sun_path[0] = '\0';  // the abstract namespace
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
    if (::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
                 length) < 0)
        log::warning("service_manager_not_told", {{"reason", std::strerror(errno)}});
    ::close(fd);
}

}  // namespace meerkat::process
