#include "gateway/net/listener.hpp"

#include "gateway/base/deadline.hpp"
#include "gateway/base/log.hpp"
#include "gateway/net/connection_count.hpp"
#include "gateway/net/socket_address.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

namespace meerkat::net {

namespace {

// How long accepting rests when the process has no descriptor left: long enough for some to be closed.
constexpr milliseconds rest{100};

// What acceptors work from; outlives the listener while connections are on their way to other shards.
struct acceptance {
    listening_sockets sockets;
    listener::on_connection serve;
    std::shared_ptr<connection_count> count;
};

// Accepts on one socket. Lives on its shard from start() to stop().
class acceptor : public std::enable_shared_from_this<acceptor> {
public:
    acceptor(shard& home, std::shared_ptr<const acceptance> what, std::size_t socket)
        : home_(home), what_(std::move(what)), socket_(socket), descriptor_(home.context()) {
        pause_.calls<&acceptor::accept_all>(*this);
        what_->count->when_room(socket_, [this] { accept_all(); });
        boost::system::error_code failure;
        descriptor_.assign(what_->sockets.at(socket_), failure);
        if (failure) log::error("listener_failed", {{"reason", failure.message()}});
    }
    acceptor(const acceptor&) = delete;
    acceptor& operator=(const acceptor&) = delete;
    ~acceptor() { let_go(); }

    void accept_all() {
        while (descriptor_.is_open()) {
            if (what_->count->full() && what_->count->pause(socket_)) return;
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

    void stop() {
        what_->count->when_room(socket_, nullptr);
        pause_.disarm();
        let_go();
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

    // Never closed here: the socket may be somebody else's too, and then only this takes it out of the
    // kernel's list of what the loop watches.
    void let_go() {
        if (descriptor_.is_open()) descriptor_.release();
    }

    void wait() {
        descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                               [self = shared_from_this()](const boost::system::error_code& failure) {
                                   if (!failure) self->accept_all();
                               });
    }

    void deal(owned_descriptor fd, const socket_address& peer) {
        runtime& shards = home_.all();
        const bool each_its_own = what_->sockets.size() > 1;
        const unsigned to = each_its_own ? home_.index() : next_++ % shards.size();
        auto arrive = [what = what_, fd = std::move(fd), peer = to_endpoint(peer),
                       counted = std::make_shared<counted_connection>(what_->count)]() mutable {
            endpoint local = local_endpoint(fd.get());
            auto stream =
                make_plain_stream(shard::current(), fd.release(), std::move(local), std::move(peer));
            if (stream->is_open()) what->serve(std::move(stream), std::move(counted));
        };
        shards.post(to, std::move(arrive));
    }

    shard& home_;
    std::shared_ptr<const acceptance> what_;
    const std::size_t socket_;  // of what_
    boost::asio::posix::basic_stream_descriptor<executor> descriptor_;
    deadline pause_;
    unsigned next_ = 0;
};

class socket_listener final : public listener {
public:
    socket_listener(runtime& shards, listening_sockets sockets, std::size_t max_connections)
        : shards_(shards),
          local_(sockets.local()),
          what_(std::make_shared<acceptance>(acceptance{std::move(sockets), {}, {}})),
          max_connections_(max_connections) {}
    ~socket_listener() override {
        if (what_) socket_listener::stop({});
    }

    void start(unsigned accepting, on_connection serve) override {
        for (std::size_t i = 0; i < what_->sockets.size(); ++i)
            places_.push_back(what_->sockets.size() > 1 ? static_cast<unsigned>(i) : accepting);
        what_->serve = std::move(serve);
        what_->count = std::make_shared<connection_count>(shards_, places_, max_connections_);
        running_ = std::make_shared<acceptors>(places_.size());
        for (std::size_t i = 0; i < places_.size(); ++i) {
            auto begin = [&home = shards_.at(places_[i]), running = running_, what = what_, i] {
                (*running)[i] = std::make_shared<acceptor>(home, what, i);
                (*running)[i]->accept_all();
            };
            shards_.post(places_[i], std::move(begin));
        }
    }

    void stop(on_stopped stopped) override {
        what_.reset();
        for (std::size_t i = 0; i < places_.size(); ++i) {
            auto end = [&shards = shards_, running = running_, stopped, alone = places_.size() == 1, i] {
                if ((*running)[i]) std::exchange((*running)[i], nullptr)->stop();
                if (stopped) tell(shards, stopped, alone);
            };
            shards_.post(places_[i], std::move(end));
        }
    }

    void limit_connections(std::size_t most) override {
        max_connections_ = most;  // of start(), if that is still to come
        if (what_ && what_->count) connection_count::set_limit(what_->count, most);
    }

    const listening_sockets& sockets() const override { return what_->sockets; }
    const endpoint& local() const override { return local_; }

private:
    using acceptors = std::vector<std::shared_ptr<acceptor>>;

    // Behind what this shard has dealt already: mail keeps its order.
    static void tell(runtime& shards, const on_stopped& stopped, bool all) {
        if (!all) return stopped(shard::current().index());
        for (unsigned i = 0; i < shards.size(); ++i) shards.post(i, [stopped, i] { stopped(i); });
    }

    runtime& shards_;
    const endpoint local_;
    std::shared_ptr<acceptance> what_;  // until stop()
    std::size_t max_connections_;
    std::vector<unsigned> places_;  // the shard of each acceptor, from start() on
    // Each touched on its own shard only; null when not accepting.
    std::shared_ptr<acceptors> running_;
};

}  // namespace

std::unique_ptr<listener> listener::make(runtime& shards, listening_sockets sockets,
                                         std::size_t max_connections) {
    return std::make_unique<socket_listener>(shards, std::move(sockets), max_connections);
}

result<std::unique_ptr<listener>> listener::bind(runtime& shards, const listen_settings& settings) {
    auto sockets = listening_sockets::bind(settings, shards.size());
    if (sockets.has_error()) return sockets.error();
    return make(shards, std::move(*sockets), settings.max_connections);
}

}  // namespace meerkat::net
