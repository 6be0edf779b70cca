#include "gateway/net/listener.hpp"

#include "gateway/base/deadline.hpp"
#include "gateway/base/log.hpp"
#include "gateway/net/socket_address.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <atomic>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace meerkat::net {

namespace {

// How long accepting rests when the process has no descriptor left: long enough for some to be closed.
constexpr milliseconds rest{100};

std::string system_reason() { return std::generic_category().message(errno); }

class owned_descriptor {
public:
    explicit owned_descriptor(int fd) : fd_(fd) {}
    owned_descriptor(owned_descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    owned_descriptor& operator=(owned_descriptor&&) = delete;
    ~owned_descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

// Connections counted from any thread; wakes the acceptor when there is room again.
class connection_count {
public:
    connection_count(runtime& shards, unsigned accepting, std::size_t limit)
        : shards_(shards), accepting_(accepting), limit_(limit) {}

    void enter() { ++open_; }
    bool full() const {
        const std::size_t limit = limit_;
        return limit != 0 && open_ >= limit;
    }

    static void set_limit(const std::shared_ptr<connection_count>& count, std::size_t limit) {
        count->limit_ = limit;
        wake_if_room(count);
    }

    // True when the acceptor has to wait; `room` is then called on its shard, once.
    bool pause() {
        paused_ = true;
        // A connection that ended just before saw no pause to end.
        return full() || !paused_.exchange(false);
    }

    static void leave(const std::shared_ptr<connection_count>& count) {
        --count->open_;
        wake_if_room(count);
    }

    unique_function<void()> room;  // of the accepting shard

private:
    static void wake_if_room(const std::shared_ptr<connection_count>& count) {
        if (!count->full() && count->paused_.exchange(false)) {
            count->shards_.post(count->accepting_, [count] {
                if (count->room) count->room();
            });
        }
    }

    runtime& shards_;
    const unsigned accepting_;
    std::atomic<std::size_t> limit_;
    std::atomic<std::size_t> open_{0};
    std::atomic<bool> paused_{false};
};

struct counted_connection {
    std::shared_ptr<connection_count> count;
    explicit counted_connection(std::shared_ptr<connection_count> c) : count(std::move(c)) { count->enter(); }
    counted_connection(const counted_connection&) = delete;
    counted_connection& operator=(const counted_connection&) = delete;
    ~counted_connection() { connection_count::leave(count); }
};

// Lives on the accepting shard from start() to stop().
class acceptor : public std::enable_shared_from_this<acceptor> {
public:
    acceptor(shard& home, owned_descriptor socket, listener::on_connection serve, std::size_t limit)
        : home_(home),
          descriptor_(home.context()),
          serve_(std::make_shared<const listener::on_connection>(std::move(serve))),
          count_(std::make_shared<connection_count>(home.all(), home.index(), limit)) {
        pause_.calls<&acceptor::accept_all>(*this);
        count_->room = [this] { accept_all(); };
        boost::system::error_code failure;
        descriptor_.assign(socket.get(), failure);
        if (failure) {
            log::error("listener_failed", {{"reason", failure.message()}});
            return;
        }
        socket.release();
    }

    void accept_all() {
        while (descriptor_.is_open()) {
            if (count_->full() && count_->pause()) return;
            socket_address peer;
            const int fd = ::accept4(descriptor_.native_handle(), peer.generic(), &peer.size,
                                     SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd >= 0) {
                deal(owned_descriptor(fd), peer);
                continue;
            }
            const int reason = errno;
            if (reason == EAGAIN || reason == EWOULDBLOCK) return wait();
            if (concerns_one_connection(reason)) continue;
            log::error("accept_paused", {{"reason", std::generic_category().message(reason)}});
            pause_.arm(home_.deadlines(), rest);
            return;
        }
    }

    void limit_connections(std::size_t most) { connection_count::set_limit(count_, most); }

    void stop() {
        count_->room = nullptr;
        pause_.disarm();
        boost::system::error_code ignored;  // closing is all that is left to do
        descriptor_.close(ignored);
    }

private:
    // accept(2): errors of a connection that died in the backlog.
    static bool concerns_one_connection(int reason) {
        switch (reason) {
            case EINTR:
            case ECONNABORTED:
            case EPROTO:
            case EPERM:
            case ENETDOWN:
            case ENOPROTOOPT:
            case EHOSTDOWN:
            case ENONET:
            case EHOSTUNREACH:
            case EOPNOTSUPP:
            case ENETUNREACH:
                return true;
            default:
                return false;
        }
    }

    void wait() {
        descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                               [self = shared_from_this()](const boost::system::error_code& failure) {
                                   if (!failure) self->accept_all();
                               });
    }

    void deal(owned_descriptor fd, const socket_address& peer) {
        runtime& shards = home_.all();
        const unsigned to = next_++ % shards.size();
        auto arrive = [serve = serve_, fd = std::move(fd), peer = to_endpoint(peer),
                       counted = std::make_shared<counted_connection>(count_)]() mutable {
            endpoint local = local_endpoint(fd.get());
            auto stream =
                make_plain_stream(shard::current(), fd.release(), std::move(local), std::move(peer));
            if (stream->is_open()) (*serve)(std::move(stream), std::move(counted));
        };
        shards.post(to, std::move(arrive));
    }

    shard& home_;
    boost::asio::posix::basic_stream_descriptor<executor> descriptor_;
    // Shared with what is on its way to other shards, which must never own the acceptor itself.
    std::shared_ptr<const listener::on_connection> serve_;
    std::shared_ptr<connection_count> count_;
    deadline pause_;
    unsigned next_ = 0;
};

class socket_listener final : public listener {
public:
    socket_listener(runtime& shards, owned_descriptor socket, std::size_t max_connections)
        : shards_(shards),
          socket_(std::move(socket)),
          local_(local_endpoint(socket_.get())),
          max_connections_(max_connections) {}
    ~socket_listener() override { socket_listener::stop(); }

    void start(unsigned accepting, on_connection serve) override {
        accepting_ = accepting;
        auto begin = [&home = shards_.at(accepting), running = running_, limit = max_connections_,
                      socket = std::move(socket_), serve = std::move(serve)]() mutable {
            *running = std::make_shared<acceptor>(home, std::move(socket), std::move(serve), limit);
            (*running)->accept_all();
        };
        shards_.post(accepting, std::move(begin));
    }

    void stop() override {
        shards_.post(accepting_, [running = running_] {
            if (*running) std::exchange(*running, nullptr)->stop();
        });
    }

    void limit_connections(std::size_t most) override {
        max_connections_ = most;  // of start(), if that is still to come
        shards_.post(accepting_, [running = running_, most] {
            if (*running) (*running)->limit_connections(most);
        });
    }

    endpoint local() const override { return local_; }

private:
    runtime& shards_;
    owned_descriptor socket_;  // until start()
    const endpoint local_;
    std::size_t max_connections_;
    unsigned accepting_ = 0;
    // Null when not accepting; touched on the accepting shard only.
    std::shared_ptr<std::shared_ptr<acceptor>> running_ = std::make_shared<std::shared_ptr<acceptor>>();
};

// What accepted sockets inherit from the listening one is set here, once.
void set_options(int fd) {
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

result<std::unique_ptr<listener>> listener::bind(runtime& shards, const listen_settings& settings) {
    const auto address = make_socket_address(settings.ip_address, settings.port);
    if (address.has_error()) return address.error();
    const std::string where = settings.ip_address + " port " + std::to_string(settings.port) + ": ";
    owned_descriptor socket(
        ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (socket.get() < 0) return error(errc::unavailable, where + system_reason());
    set_options(socket.get());
    if (::bind(socket.get(), address->generic(), address->size) != 0 ||
        ::listen(socket.get(), settings.backlog) != 0)
        return error(errc::unavailable, where + system_reason());
    return std::unique_ptr<listener>(
        std::make_unique<socket_listener>(shards, std::move(socket), settings.max_connections));
}

}  // namespace meerkat::net
