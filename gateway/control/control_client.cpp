#include "gateway/control/control_client.hpp"

#include "gateway/control/control_request.hpp"
#include "gateway/net/unix_address.hpp"

#include <boost/json/parse.hpp>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace meerkat {

namespace {

constexpr std::size_t largest_answer = std::size_t{16} * 1024 * 1024;

class client_socket {
public:
    client_socket() : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
    client_socket(const client_socket&) = delete;
    client_socket& operator=(const client_socket&) = delete;
    ~client_socket() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    bool connect(const net::unix_address& to, std::chrono::seconds patience) const {
        const timeval bound{static_cast<time_t>(patience.count()), 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
        ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
        return ::connect(descriptor_, to.generic(), to.size()) == 0;
    }

    bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR) continue;
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    // Up to the end of the line. False when it does not come.
    bool read_line(std::string& into) const {
        char buffer[4096];
        while (!into.ends_with('\n') && into.size() < largest_answer) {
            const ssize_t got = ::recv(descriptor_, buffer, sizeof buffer, 0);
            if (got < 0 && errno == EINTR) continue;
            if (got == 0) errno = ECONNRESET;
            if (got <= 0) return false;
            into.append(buffer, static_cast<std::size_t>(got));
        }
        return true;
    }

private:
    int descriptor_;
};

error failure(errc code, const std::filesystem::path& socket, std::string_view what) {
    return {code, socket.string() + ": " + std::string(what)};
}

}  // namespace

result<boost::json::object> ask_server(const std::filesystem::path& socket,
                                       const boost::json::object& request, std::chrono::seconds patience) {
    const auto address = net::unix_address::of(socket);
    if (address.has_error()) return error(errc::closed, address.error().detail);
    const client_socket connection;
    if (!connection.connect(*address, patience)) return failure(errc::closed, socket, std::strerror(errno));
    std::string answer;
    if (!connection.write(control_line(request)) || !connection.read_line(answer)) {
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return failure(errc::timed_out, socket, "the server does not answer in time");
        return failure(errc::unavailable, socket,
                       "the server hung up; it answers the user it runs as, and root, only");
    }
    boost::json::error_code wrong;
    boost::json::value parsed = boost::json::parse(answer, wrong);
    if (wrong || !parsed.is_object())
        return failure(errc::unavailable, socket, "what the server answers is no JSON object");
    return std::move(parsed.get_object());
}

}  // namespace meerkat
