#include "gateway/net/byte_stream.hpp"

#include "gateway/base/log.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace meerkat::net {

namespace {

using descriptor = boost::asio::posix::basic_stream_descriptor<executor>;

// One sendmsg() takes 1,024 pieces; more than a few dozen are cheaper in a second call than on the stack.
constexpr std::size_t pieces_per_call = 64;

class plain_stream final : public byte_stream {
public:
    plain_stream(shard& home, int fd, endpoint local, endpoint peer)
        : byte_stream(home, fd, std::move(local), std::move(peer)) {}

    io_result read(std::span<char> into) override {
        for (;;) {
            const ssize_t count = ::recv(native_handle(), into.data(), into.size(), 0);
            if (count > 0) return {io_status::done, static_cast<std::size_t>(count)};
            if (count == 0) return {io_status::end};
            if (errno == EAGAIN || errno == EWOULDBLOCK) return {io_status::would_block, 0, direction::read};
            if (errno != EINTR) return {io_status::failed};
        }
    }

    io_result write(std::span<const std::string_view> pieces) override {
        iovec parts[pieces_per_call];
        msghdr message{};
        message.msg_iov = parts;
        for (const std::string_view piece : pieces) {
            if (message.msg_iovlen == pieces_per_call) break;
            if (piece.empty()) continue;
            parts[message.msg_iovlen++] = {const_cast<char*>(piece.data()), piece.size()};
        }
        if (message.msg_iovlen == 0) return {io_status::done};
        for (;;) {
            const ssize_t count = ::sendmsg(native_handle(), &message, MSG_NOSIGNAL);
            if (count >= 0) return {io_status::done, static_cast<std::size_t>(count)};
            if (errno == EAGAIN || errno == EWOULDBLOCK) return {io_status::would_block, 0, direction::write};
            if (errno != EINTR) return {io_status::failed};
        }
    }
};

}  // namespace

struct byte_stream::waiter {
    waiter(shard& home, int fd) : handle(fd) { watch(home); }
    explicit waiter(const executor& home) : handle(-1) { watched.emplace(home); }
    ~waiter() {
        if (!watched && handle >= 0) ::close(handle);
    }
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;

    // The stream is closed when the kernel has no room for one more watched descriptor.
    void watch(shard& home) {
        watched.emplace(home.context());
        if (handle < 0) return;
        boost::system::error_code failure;
        watched->assign(handle, failure);
        if (!failure) return;
        log::error("descriptor_not_watched", {{"reason", failure.message()}});
        ::close(std::exchange(handle, -1));
    }

    void unwatch() {
        if (watched && watched->is_open()) watched->release();
    }

    void close() {
        if (std::exchange(handle, -1) < 0 || !watched) return;
        boost::system::error_code ignored;  // the descriptor is gone whatever close() says
        watched->close(ignored);
    }

    int handle;
    std::optional<descriptor> watched;  // empty between detach() and attach() only
};

byte_stream::byte_stream(shard& home, int fd, endpoint local, endpoint peer)
    : own_waiter_(std::make_unique<waiter>(home, fd)),
      waiter_(own_waiter_.get()),
      local_(std::move(local)),
      peer_(std::move(peer)) {}

byte_stream::byte_stream(byte_stream& from) : local_(from.local_), peer_(from.peer_) {
    auto closed = std::make_unique<waiter>(from.waiter_->watched->get_executor());
    own_waiter_ = std::exchange(from.own_waiter_, std::move(closed));
    waiter_ = own_waiter_.get();
    from.waiter_ = from.own_waiter_.get();
}

byte_stream::byte_stream(byte_stream& carrier, layered)
    : waiter_(carrier.waiter_), local_(carrier.local_), peer_(carrier.peer_) {}

byte_stream::~byte_stream() = default;

task<bool> byte_stream::ready(direction what) {
    // Not a coroutine itself: that would cost a second frame on every wait of every connection.
    auto start = [waiting = waiter_, what](auto handler) {
        const auto slot = boost::asio::get_associated_cancellation_slot(handler);
        auto resume = [handler = std::move(handler)](const boost::system::error_code& failure) mutable {
            std::move(handler)(!failure);
        };
        waiting->watched->async_wait(what == direction::read ? descriptor::wait_read : descriptor::wait_write,
                                     boost::asio::bind_cancellation_slot(slot, std::move(resume)));
    };
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<executor>, void(bool)>(start,
                                                                                                 use_task);
}

void byte_stream::when_writable(unique_function<void(bool)> call) {
    waiter_->watched->async_wait(
        descriptor::wait_write,
        [call = std::move(call)](const boost::system::error_code& failure) mutable { call(!failure); });
}

void byte_stream::when_readable(unique_function<void(bool)> call) {
    waiter_->watched->async_wait(
        descriptor::wait_read,
        [call = std::move(call)](const boost::system::error_code& failure) mutable { call(!failure); });
}

void byte_stream::cancel_waits() {
    boost::system::error_code ignored;  // fails on a closed descriptor only, which has no waits
    if (waiter_->watched) waiter_->watched->cancel(ignored);
}

void byte_stream::shutdown_write() { ::shutdown(native_handle(), SHUT_WR); }

void byte_stream::close() { waiter_->close(); }

bool byte_stream::is_open() const { return waiter_->handle >= 0; }

void byte_stream::detach() {
    waiter_->unwatch();
    waiter_->watched.reset();
}

void byte_stream::attach(shard& home) { waiter_->watch(home); }

std::optional<std::string> byte_stream::channel_binding(std::string_view) const { return std::nullopt; }

int byte_stream::native_handle() const { return waiter_->handle; }

int byte_stream::release() {
    waiter_->unwatch();
    return std::exchange(waiter_->handle, -1);
}

std::unique_ptr<byte_stream> make_plain_stream(shard& home, int fd, endpoint local, endpoint peer) {
    return std::make_unique<plain_stream>(home, fd, std::move(local), std::move(peer));
}

stream_pair make_stream_pair(shard& home) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    return {make_plain_stream(home, ends[0], {}, {}), make_plain_stream(home, ends[1], {}, {})};
}

}  // namespace meerkat::net
