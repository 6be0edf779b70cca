#include "gateway/doctor/port_probe.hpp"

#include "gateway/net/socket_address.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <netinet/in.h>
#include <pwd.h>
#include <sstream>
#include <system_error>
#include <unistd.h>

namespace meerkat::doctor {

namespace {

namespace fs = std::filesystem;

struct listening_socket {
    std::string inode;
    unsigned user = 0;
};

// As /proc/net/tcp and tcp6 write addresses: 32-bit words of this machine's order, in hexadecimal.
std::string kernel_text(const net::socket_address& address) {
    std::array<std::uint32_t, 4> words{};
    std::size_t count = 1;
    if (address.storage.ss_family == AF_INET) {
        words[0] = reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_addr.s_addr;
    } else {
        const auto& v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_addr;
        count = words.size();
        std::memcpy(words.data(), &v6, sizeof v6);
    }
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        std::array<char, 9> word{};
        std::snprintf(word.data(), word.size(), "%08X", words[i]);
        text += word.data();
    }
    return text;
}

bool wildcard(const std::string& kernel_address) {
    return kernel_address.find_first_not_of('0') == std::string::npos;
}

// The lines of one table: "sl local_address rem_address st queues timer retransmits uid timeout inode ...".
std::optional<listening_socket> find_listening(const char* table, const std::string& address,
                                               std::uint16_t port) {
    constexpr std::string_view listening = "0A";
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);  // the heading
    while (std::getline(in, line)) {
        std::istringstream fields(line);
        std::string number, local, remote, state, queues, timer, retransmits, timeout;
        listening_socket found;
        fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> found.user >>
            timeout >> found.inode;
        const std::size_t colon = local.find(':');
        if (!fields || state != listening || colon == std::string::npos) continue;
        const std::string theirs = local.substr(0, colon);
        unsigned their_port = 0;
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), their_port, 16);
        if (their_port == port && (theirs == address || wildcard(theirs) || wildcard(address))) return found;
    }
    return std::nullopt;
}

std::string user_name(unsigned id) {
    std::array<char, 4096> space{};
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(id, &entry, space.data(), space.size(), &found) != 0 || found == nullptr)
        return "with the number " + std::to_string(id);
    return found->pw_name;
}

// Only processes whose descriptors this user may see.
void name_process(const std::string& inode, port_facts& port) {
    const fs::path wanted = "socket:[" + inode + "]";
    std::error_code ignored;  // processes end while this looks, and most belong to others
    for (const auto& process : fs::directory_iterator("/proc", ignored)) {
        const std::string name = process.path().filename().string();
        int id = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), id);
        if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size()) continue;
        for (fs::directory_iterator fd(process.path() / "fd", ignored), end; !ignored && fd != end;
             fd.increment(ignored)) {
            std::error_code gone;
            if (fs::read_symlink(fd->path(), gone) != wanted) continue;
            port.process = id;
            std::ifstream comm(process.path() / "comm");
            std::getline(comm, port.program);
            return;
        }
    }
}

void name_holder(const net::socket_address& address, std::uint16_t number, port_facts& port) {
    const std::string ours = kernel_text(address);
    auto held = find_listening("/proc/net/tcp", ours, number);
    if (!held) held = find_listening("/proc/net/tcp6", ours, number);
    if (!held) return;
    port.user = user_name(held->user);
    name_process(held->inode, port);
}

port_facts from_errno(int reason) {
    port_facts port;
    switch (reason) {
        case EADDRINUSE:
            port.what = port_facts::state::taken;
            break;
        case EACCES:
        case EPERM:
            port.what = port_facts::state::forbidden;
            break;
        case EADDRNOTAVAIL:
            port.what = port_facts::state::not_here;
            break;
        default:
            port.what = port_facts::state::unusable;
            port.reason = std::generic_category().message(reason);
    }
    return port;
}

}  // namespace

port_facts probe_port(const std::string& ip, std::uint16_t port) {
    port_facts facts;
    const auto address = net::make_socket_address(ip, port);
    if (address.has_error()) {
        facts.what = port_facts::state::unusable;
        facts.reason = address.error().detail;
        return facts;
    }
    const int fd = ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd < 0) return from_errno(errno);
    // As the server does: connections of an earlier run that are still closing are not in the way.
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const int reason = ::bind(fd, address->generic(), address->size) == 0 ? 0 : errno;
    ::close(fd);
    if (reason == 0) return facts;
    facts = from_errno(reason);
    if (facts.what == port_facts::state::taken) name_holder(*address, port, facts);
    return facts;
}

}  // namespace meerkat::doctor
