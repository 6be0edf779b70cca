#include "gateway/net/entrance.hpp"

#include "gateway/base/deadline.hpp"
#include "gateway/base/log.hpp"
#include "gateway/net/proxy_header.hpp"

#include <array>
#include <cerrno>
#include <string_view>
#include <sys/socket.h>
#include <utility>

namespace meerkat::net {

namespace {

constexpr std::chrono::milliseconds header_time{1000};
constexpr std::chrono::milliseconds handshake_time{5000};

// Reads without going beyond the header: what follows it may be TLS, which reads from the socket itself.
class header_taker {
public:
    explicit header_taker(byte_stream& from) : from_(from) { due_.calls<&header_taker::too_late>(*this); }

    enum class step : std::uint8_t { wait, done, failed };
    step take() {
        std::array<char, 512> seen;
        for (;;) {
            const ssize_t size = ::recv(from_.native_handle(), seen.data(), seen.size(), MSG_PEEK);
            if (size < 0 && errno == EINTR) continue;
            if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return step::wait;
            if (size <= 0) return step::failed;
            std::string_view input(seen.data(), static_cast<std::size_t>(size));
            const auto state = reader_.read(input);
            const std::size_t taken = static_cast<std::size_t>(size) - input.size();
            // They are there: this takes them off at once.
            if (::recv(from_.native_handle(), seen.data(), taken, 0) != static_cast<ssize_t>(taken))
                return step::failed;
            if (state == proxy_header_reader::state::complete) return step::done;
            if (state == proxy_header_reader::state::refused) return step::failed;
        }
    }

    void arm(std::chrono::milliseconds patience) { due_.arm(shard::current().deadlines(), patience); }
    bool late() const { return late_; }
    const std::optional<endpoint>& client() const { return reader_.client(); }

private:
    void too_late() {
        late_ = true;
        from_.cancel_waits();
    }

    byte_stream& from_;
    proxy_header_reader reader_;
    deadline due_;
    bool late_ = false;
};

}  // namespace

task<bool> take_proxy_header(byte_stream& plain, std::chrono::milliseconds patience) {
    header_taker taker(plain);
    taker.arm(patience);
    for (;;) {
        const auto step = taker.take();
        if (step == header_taker::step::done) break;
        bool more = step == header_taker::step::wait;
        if (more) more = co_await plain.readable();
        if (more && !taker.late()) continue;
        log::info("proxy_header_missing",
                  {{"ip", plain.peer().ip}, {"reason", taker.late() ? "late" : "malformed"}});
        co_return false;
    }
    if (taker.client()) plain.set_peer(*taker.client());
    co_return true;
}

entrance::entrance(runtime& shards, std::unique_ptr<listener> door, admit admitting, serve serving)
    : door_(std::move(door)),
      admit_(std::move(admitting)),
      serve_(std::move(serving)),
      terms_(std::make_shared<const terms>()) {
    for (unsigned i = 0; i < shards.size(); ++i)
        under_way_.push_back(std::make_unique<task_group>(shards.at(i)));
}

entrance::~entrance() = default;

void entrance::use(terms next) { terms_.set(std::make_shared<const terms>(std::move(next))); }

void entrance::start(unsigned accepting) {
    door_->start(accepting, [this](std::unique_ptr<byte_stream> stream, listener::token connection) {
        arrive(std::move(stream), std::move(connection));
    });
}

task<> entrance::join(unsigned shard) { co_await under_way_[shard]->join(); }

void entrance::arrive(std::unique_ptr<byte_stream> stream, std::shared_ptr<void> connection) {
    guest arrived{std::move(stream), std::move(connection), nullptr};
    auto held_to = terms_.get();
    if (held_to->proxy_protocol || held_to->tls) {
        under_way_[shard::current().index()]->spawn_closable(
            let_in(this, std::move(arrived), std::move(held_to)));
    } else if (admitted(arrived)) {
        serve_(std::move(arrived));
    }
}

task<> entrance::let_in(entrance* self, guest arrived, std::shared_ptr<const terms> held_to) {
    if (held_to->proxy_protocol) {
        const bool named = co_await take_proxy_header(*arrived.stream, header_time);
        if (!named) co_return;
    }
    if (!self->admitted(arrived)) co_return;
    if (held_to->tls) {
        auto secured = co_await tls_accept(std::move(arrived.stream), held_to->tls, handshake_time);
        if (secured.has_error()) co_return;  // silently: plain-text clients and scanners come by all day
        arrived.stream = std::move(*secured);
    }
    self->serve_(std::move(arrived));
}

bool entrance::admitted(guest& arrived) const {
    if (!admit_) return true;
    arrived.admission = admit_(arrived.stream->peer());
    if (arrived.admission) return true;
    log::info("address_limit", {{"ip", arrived.stream->peer().ip}});
    return false;
}

}  // namespace meerkat::net
