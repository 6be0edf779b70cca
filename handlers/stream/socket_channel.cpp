#include "handlers/stream/socket_channel.hpp"

#include "gateway/base/deadline.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/turn.hpp"
#include "handlers/certificate_names.hpp"

#include <algorithm>
#include <array>

namespace meerkat {

namespace {

// Unsent bytes a client may leave us with before its session ends; and somebody who has not signed in.
constexpr std::size_t outbox_limit = std::size_t{4} * 1024 * 1024;
constexpr std::size_t stranger_outbox_limit = std::size_t{64} * 1024;
constexpr std::chrono::milliseconds send_timeout{15'000};
// After our last byte, so that it is not lost to a reset: what the peer still sends is read and dropped.
constexpr std::size_t linger_bytes = std::size_t{64} * 1024;
constexpr std::chrono::milliseconds linger_time{1000};
// Bytes that one connection is read without giving way to others: more comes from a sender who never pauses,
// or out of compression.
constexpr std::size_t fair_share = shard::read_buffer_size;

}  // namespace

socket_channel::socket_channel(std::unique_ptr<net::byte_stream> stream, std::string_view transport,
                               std::shared_ptr<void> connection)
    : stream_(std::move(stream)),
      outbox_(*stream_, stranger_outbox_limit),
      connection_(std::move(connection)) {
    facts_.ip = stream_->peer().ip;
    facts_.port = stream_->peer().port;
    facts_.transport = transport;
    facts_.encrypted = stream_->tls() != nullptr;
    loopback_ = stream_->peer().loopback();
    maybe_more_ = true;  // the first bytes may be here already
}

socket_channel::~socket_channel() = default;

task<channel_event> socket_channel::receive() {
    for (;;) {
        if (in_a_row_ >= fair_share) {
            in_a_row_ = 0;
            co_await next_turn();
        }
        if (std::exchange(interrupted_, false)) co_return stream_interrupted{};
        if (overflowed_) co_return stream_overflowed{};
        if (lost_) co_return stream_lost{};
        if (auto found = decode_kept()) co_return std::move(*found);
        if (!maybe_more_) {
            const bool ready = co_await wait_for_bytes();
            if (!ready && !disturbed()) co_return stream_lost{};
            if (!ready) continue;
            in_a_row_ = 0;
        }
        const std::span<char> into = shard::current().read_buffer();
        const net::io_result got = stream_->read(into);
        if (got.status == net::io_status::would_block) {
            maybe_more_ = false;
            if (got.wait_for == net::direction::write) co_await stream_->writable();
            continue;
        }
        if (got.status == net::io_status::corrupt) co_return stream_garbled{};
        if (got.status != net::io_status::done) co_return stream_lost{};
        maybe_more_ = got.bytes == into.size() || stream_->has_pending();
        bytes_arrived();
        if (pacing_.pay_for(got.bytes)) maybe_more_ = false;
        in_a_row_ += got.bytes;
        std::span<char> input = into.first(got.bytes);
        auto found = decode(input);
        // The buffer is the whole shard's: what is not decoded now is copied out before anybody else reads.
        if (!input.empty()) keep(input);
        if (found) co_return std::move(*found);
    }
}

std::optional<channel_event> socket_channel::decode_kept() {
    std::span<char> input = std::span<char>(kept_).subspan(kept_taken_);
    auto found = decode(input);
    kept_taken_ = kept_.size() - input.size();
    if (input.empty() && !kept_.empty()) {
        kept_ = {};
        kept_taken_ = 0;
    }
    return found;
}

task<bool> socket_channel::wait_for_bytes() {
    while (pacing_.pausing() && !disturbed()) {
        const bool woken = co_await pacing_.wait();
        if (!woken) co_return false;
    }
    if (disturbed()) co_return false;
    if (stream_->has_pending()) co_return true;
    co_return co_await stream_->readable();
}

std::string socket_channel::take_unread() {
    kept_.erase(0, std::exchange(kept_taken_, 0));
    return std::exchange(kept_, {});
}

void socket_channel::keep(std::span<const char> rest) {
    kept_.assign(rest.begin(), rest.end());
    kept_taken_ = 0;
}

void socket_channel::wake() {
    pacing_.wake();
    if (stream_) stream_->cancel_waits();
}

void socket_channel::limit_waiting(std::optional<std::size_t> stanzas) {
    outbox_.limit_bytes(outbox_limit);
    if (stanzas) outbox_.limit_items(*stanzas);
}

void socket_channel::interrupt() {
    interrupted_ = true;
    wake();
}

void socket_channel::lose() {
    lost_ = true;
    wake();
}

void socket_channel::commit() {
    if (outbox_.commit() || overflowed_) return;
    overflowed_ = true;
    log::warning("outbox_overflow",
                 {{"ip", facts_.ip}, {"bytes", outbox_.pending()}, {"stanzas", outbox_.waiting_items()}});
    wake();
}

task<> socket_channel::close(std::optional<stream_error> why) {
    if (std::exchange(ended_, true) || !stream_ || !stream_->is_open()) co_return;
    pacing_.stop();
    outbox_.accept_last();
    write_end(outbox_.buffer(), why);
    outbox_.commit();
    const bool sent = co_await outbox_.drained(send_timeout);
    if (sent) {
        stream_->shutdown_write();
        co_await linger();
    }
    stream_->close();
}

task<> socket_channel::linger() {
    deadline over;
    over.calls<&socket_channel::wake>(*this);
    over.arm(shard::current().deadlines(), linger_time);
    std::size_t dropped = 0;
    while (dropped < linger_bytes) {
        const net::io_result got = stream_->read(shard::current().read_buffer());
        if (got.status == net::io_status::done) {
            dropped += got.bytes;
            continue;
        }
        if (got.status != net::io_status::would_block || !over.armed()) co_return;
        const bool ready = co_await stream_->readable();
        if (!ready) co_return;
    }
}

void socket_channel::abort() {
    ended_ = true;
    if (stream_) stream_->close();
    pacing_.wake();
}

sasl::channel_facts socket_channel::sasl_facts() const {
    sasl::channel_facts facts;
    facts.encrypted = stream_->tls() != nullptr;
    if (!facts.encrypted) return facts;
    facts.certificate = certificate_names();
    facts.tls_exporter = stream_->channel_binding("tls-exporter");
    facts.tls_unique = stream_->channel_binding("tls-unique");
    facts.tls_server_end_point = stream_->channel_binding("tls-server-end-point");
    return facts;
}

std::optional<sasl::certificate_names> socket_channel::certificate_names() const {
    const net::tls_facts* const tls = stream_->tls();
    return tls != nullptr ? names_for_sasl(tls->certificate.get()) : std::nullopt;
}

std::unique_ptr<net::byte_stream> socket_channel::take_stream() { return std::move(stream_); }

void socket_channel::put_stream(std::unique_ptr<net::byte_stream> stream, std::string_view transport) {
    stream_ = std::move(stream);
    outbox_.rebind(*stream_);
    facts_.transport = transport;
    facts_.encrypted = stream_->tls() != nullptr;
    maybe_more_ = true;
}

task<bool> socket_channel::settle() {
    const bool sent = co_await outbox_.drained(send_timeout);
    co_return sent&& outbox_.settle();
}

void socket_channel::detach() {
    pacing_.stop();
    stream_->detach();
}

void socket_channel::attach(shard& home) {
    stream_->attach(home);
    // Bytes may wait inside TLS, or in the socket from before the move: read before waiting.
    maybe_more_ = true;
}

}  // namespace meerkat
