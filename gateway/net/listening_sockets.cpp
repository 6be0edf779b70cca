#include "gateway/net/listening_sockets.hpp"

#include "gateway/base/log.hpp"
#include "gateway/net/socket_address.hpp"
#include "gateway/net/unix_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <thread>
#include <utility>

namespace meerkat::net {

namespace {

constexpr std::chrono::milliseconds between_attempts{50};

error failed(const std::string& where) {
    return {errc::unavailable, where + ": " + std::generic_category().message(errno)};
}

int flag(int fd, int level, int name) {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, level, name, &value, &size) == 0 ? value : 0;
}

void set_flag(int fd, int level, int name) {
    const int on = 1;
    ::setsockopt(fd, level, name, &on, sizeof on);
}

// What accepted sockets inherit from the listening one is set here, once.
void set_options(int fd) {
    set_flag(fd, SOL_SOCKET, SO_KEEPALIVE);
    set_flag(fd, IPPROTO_TCP, TCP_NODELAY);
}

std::string name_of(const std::string& ip, std::uint16_t port) {
    return ip + " port " + std::to_string(port);
}

// The caller sees to it that no shard waits meanwhile.
bool bind_patiently(int fd, const socket_address& address, unsigned attempts) {
    while (::bind(fd, address.generic(), address.size) != 0) {
        if (errno != EADDRINUSE || --attempts == 0) return false;
        std::this_thread::sleep_for(between_attempts);
    }
    return true;
}

result<owned_descriptor> bind_one(const socket_address& address, const listen_settings& settings,
                                  const std::string& where) {
    owned_descriptor socket(
        ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (socket.get() < 0) return failed(where);
    set_flag(socket.get(), SOL_SOCKET, SO_REUSEADDR);
    if (settings.reuse_port) set_flag(socket.get(), SOL_SOCKET, SO_REUSEPORT);
    set_options(socket.get());
    if (!bind_patiently(socket.get(), address, std::max(1U, settings.attempts)) ||
        ::listen(socket.get(), settings.backlog) != 0)
        return failed(where);
    return socket;
}

// Empty for what is no UNIX socket, or has no name.
std::string path_of(const socket_address& address) {
    if (address.storage.ss_family != AF_UNIX) return {};
    const auto& local = *reinterpret_cast<const sockaddr_un*>(&address.storage);
    const std::size_t room = address.size - std::min<std::size_t>(address.size, sizeof local.sun_family);
    return {local.sun_path, ::strnlen(local.sun_path, room)};
}

std::string comparable(const std::string& path) {
    std::error_code failure;
    const auto whole = std::filesystem::absolute(path, failure);
    return failure ? path : whole.lexically_normal().string();
}

}  // namespace

result<listening_sockets> listening_sockets::bind(const listen_settings& settings, unsigned shards) {
    listening_sockets made;
    if (!settings.unix_path.empty()) {
        auto socket = listen_at(settings.unix_path, settings.unix_mode, settings.backlog);
        if (socket.has_error()) return socket.error();
        made.sockets_.push_back(std::move(socket->descriptor));
        made.file_ = std::move(socket->file);
        made.unix_path_ = settings.unix_path;
        return made;
    }
    auto address = make_socket_address(settings.ip_address, settings.port);
    if (address.has_error()) return address.error();
    const std::string where = name_of(settings.ip_address, settings.port);
    for (unsigned i = 0; i < (settings.reuse_port ? shards : 1); ++i) {
        auto socket = bind_one(*address, settings, where);
        if (socket.has_error()) return socket.error();
        made.sockets_.push_back(std::move(*socket));
        // Of port 0 the first one decides what the others share.
        if (i == 0 && ::getsockname(made.at(0), address->generic(), &address->size) != 0)
            return failed(where);
    }
    made.local_ = local_endpoint(made.at(0));
    return made;
}

result<listening_sockets> listening_sockets::adopt(owned_descriptor socket) {
    const int fd = socket.get();
    socket_address address;
    if (::getsockname(fd, address.generic(), &address.size) != 0 ||
        flag(fd, SOL_SOCKET, SO_TYPE) != SOCK_STREAM || flag(fd, SOL_SOCKET, SO_ACCEPTCONN) == 0)
        return error(errc::invalid, "it is no listening stream socket");
    listening_sockets made;
    made.unix_path_ = path_of(address);
    made.local_ = to_endpoint(address);
    if (made.unix_path_.empty() && made.local_.ip.empty())
        return error(errc::invalid, "it has no address that a listener may have");
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return failed("it");
    if (made.unix_path_.empty()) set_options(fd);
    made.dual_stack_ = address.storage.ss_family == AF_INET6 && flag(fd, IPPROTO_IPV6, IPV6_V6ONLY) == 0;
    made.sockets_.push_back(std::move(socket));
    return made;
}

result<listening_sockets> listening_sockets::copy() const {
    listening_sockets made;
    for (const owned_descriptor& each : sockets_) {
        made.sockets_.emplace_back(::fcntl(each.get(), F_DUPFD_CLOEXEC, 0));
        if (made.sockets_.back().get() < 0) return failed(name());
    }
    made.local_ = local_;
    made.unix_path_ = unix_path_;
    made.dual_stack_ = dual_stack_;
    made.file_ = file_;
    return made;
}

bool listening_sockets::fit(const listen_settings& settings) const {
    if (!settings.unix_path.empty() || !unix_path_.empty())
        return !settings.unix_path.empty() && !unix_path_.empty() &&
               comparable(settings.unix_path) == comparable(unix_path_);
    if (settings.port == 0 || settings.port != local_.port) return false;
    // Of a port alone systemd makes a socket of IPv6 that takes IPv4 too.
    return settings.ip_address == local_.ip ||
           (dual_stack_ && local_.ip == "::" && settings.ip_address == "0.0.0.0");
}

void listening_sockets::set_backlog(int backlog) const {
    for (const owned_descriptor& each : sockets_) ::listen(each.get(), backlog);
}

void listening_sockets::set_unix_mode(std::optional<unsigned> mode) const {
    if (unix_path_.empty() || !mode || ::chmod(unix_path_.c_str(), *mode) == 0) return;
    log::error("unix_mode_not_set", {{"address", name()}, {"reason", failed(name()).detail}});
}

std::string listening_sockets::name() const {
    return unix_path_.empty() ? name_of(local_.ip, local_.port) : "unix:" + unix_path_;
}

std::optional<listening_sockets> take_fitting(std::vector<listening_sockets>& spare,
                                              const listen_settings& settings) {
    const auto found = std::ranges::find_if(
        spare, [&settings](const listening_sockets& each) { return each.fit(settings); });
    if (found == spare.end()) return std::nullopt;
    std::optional<listening_sockets> taken(std::move(*found));
    spare.erase(found);
    taken->set_backlog(settings.backlog);
    return taken;
}

}  // namespace meerkat::net
