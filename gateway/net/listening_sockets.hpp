#pragma once
// The sockets of one listener, bound and listening, before and while somebody accepts on them: one, or one
// for each shard. They may have been bound by somebody else: by systemd, or by a listener whose place another
// one takes.

#include "gateway/base/error.hpp"
#include "gateway/net/byte_stream.hpp"
#include "gateway/net/owned_descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meerkat::net {

struct listen_settings {
    // Numeric; whether "::" takes IPv4 too is the system's setting (bindv6only).
    std::string ip_address = {};
    std::uint16_t port = 0;                  // 0: any free one
    std::string unix_path = {};              // a UNIX socket instead, where not empty
    std::optional<unsigned> unix_mode = {};  // access rights of its file; unset: as the umask says
    int backlog = 1024;
    bool reuse_port = false;          // a socket for each shard; the kernel spreads connections over them
    unsigned attempts = 1;            // to bind an address that is in use, 50 ms apart: the caller waits
    std::size_t max_connections = 0;  // 0: no limit. A soft limit: accepting pauses, nobody is refused
};

class listening_sockets {
public:
    // unavailable, with the system's reason in a sentence; invalid: no numeric address.
    static result<listening_sockets> bind(const listen_settings& settings, unsigned shards);
    // One that somebody else made. invalid unless it is a listening stream socket.
    static result<listening_sockets> adopt(owned_descriptor socket);
    // The same sockets once more: what one owner closes stays open for the other.
    result<listening_sockets> copy() const;

    // Whether these are the sockets for an address; then they may serve as such.
    bool fit(const listen_settings& settings) const;
    // What a reload may change of them.
    void set_backlog(int backlog) const;
    void set_unix_mode(std::optional<unsigned> mode) const;  // unset: as it is

    std::size_t size() const { return sockets_.size(); }
    int at(std::size_t index) const { return sockets_[index].get(); }
    const endpoint& local() const { return local_; }             // empty address: a UNIX socket
    const std::string& unix_path() const { return unix_path_; }  // empty: none
    // "127.0.0.1 port 5222", "unix:/run/meerkat/http"
    std::string name() const;

private:
    listening_sockets() = default;

    std::vector<owned_descriptor> sockets_;
    endpoint local_;
    std::string unix_path_;
    bool dual_stack_ = false;     // "::" that takes IPv4 too
    std::shared_ptr<void> file_;  // of a UNIX socket that was made here: removed with its last owner
};

// Takes the sockets that fit out of the list.
std::optional<listening_sockets> take_fitting(std::vector<listening_sockets>& spare,
                                              const listen_settings& settings);

}  // namespace meerkat::net
