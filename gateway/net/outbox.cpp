#include "gateway/net/outbox.hpp"

#include "gateway/base/deadline.hpp"
#include "gateway/base/event.hpp"

#include <utility>
#include <vector>

namespace meerkat::net {

namespace {

// A buffer of this size fills the socket anyway: waiting for the turn's end would only cost memory.
constexpr std::size_t write_at_once = 64 * 1024;

// Buffers lent to outboxes for as long as they hold something; as many as a turn commonly dirties.
constexpr std::size_t kept_buffers = 64;
constexpr std::size_t kept_capacity = 2 * write_at_once;
thread_local std::vector<std::string> idle_buffers;

std::string borrow_buffer() {
    if (idle_buffers.empty()) return {};
    std::string buffer = std::move(idle_buffers.back());
    idle_buffers.pop_back();
    return buffer;
}

void give_back(std::string&& buffer) {
    if (buffer.capacity() > kept_capacity || idle_buffers.size() >= kept_buffers) {
        std::string().swap(buffer);
        return;
    }
    buffer.clear();
    idle_buffers.push_back(std::exchange(buffer, {}));
}

}  // namespace

struct outbox::shared {
    explicit shared(outbox& of) : owner(&of) {}

    outbox* owner;  // null once it is destroyed
    bool waiting = false;
    bool late = false;
    event changed;
    deadline patience;

    void out_of_patience() {
        late = true;
        changed.notify();
    }
};

outbox::outbox(byte_stream& stream, std::size_t limit) : stream_(&stream), limit_(limit) {}

outbox::~outbox() {
    if (shared_) {
        shared_->owner = nullptr;
        shared_->changed.notify();
    }
    if (bytes_.capacity() > std::string().capacity()) give_back(std::move(bytes_));
}

std::string& outbox::buffer() {
    // The small buffer inside the string is no borrowed one.
    if (bytes_.empty() && bytes_.capacity() <= std::string().capacity()) bytes_ = borrow_buffer();
    return bytes_;
}

bool outbox::commit() {
    if (failed_) {
        bytes_.resize(committed_);
        return false;
    }
    committed_ = bytes_.size();
    if (pending() >= write_at_once) flush();
    if (pending() > limit_) failed_ = true;
    if (failed_) return false;
    if (pending() > 0 && !waiting()) shard::current().at_turn_end(*this);
    return true;
}

bool outbox::append(std::string_view bytes) {
    buffer() += bytes;
    return commit();
}

void outbox::flush() {
    if (failed_ || waiting()) return;
    while (pending() > 0) {
        const std::string_view rest = std::string_view(bytes_).substr(written_, pending());
        const io_result written = stream_->write({&rest, 1});
        if (written.status == io_status::done) {
            written_ += written.bytes;
        } else if (written.status == io_status::would_block && written.wait_for == direction::write) {
            // What has left is dropped when it is most of the buffer, so that a slow peer costs no more than
            // one move of every byte.
            if (written_ > bytes_.size() / 2) {
                bytes_.erase(0, std::exchange(written_, 0));
                committed_ = bytes_.size();
            }
            await_writable();
            return;
        } else {
            // TLS asks to read before writing in a renegotiation only, which is refused.
            fail();
            return;
        }
    }
    written_ = committed_ = 0;
    give_back(std::move(bytes_));
}

bool outbox::settle() {
    flush();
    forget();
    return empty() && !failed_;
}

void outbox::await_writable() {
    shared& state = share();
    state.waiting = true;
    stream_->when_writable([kept = shared_](bool writable) {
        kept->waiting = false;
        if (kept->owner == nullptr) return;
        if (writable) {
            kept->owner->flush();
        } else if (kept->owner->stream_->is_open()) {
            kept->owner->await_writable();  // cancel_waits() was meant for a reader
        } else {
            kept->owner->fail();
        }
        if (kept->owner->empty() || kept->owner->failed()) kept->changed.notify();
    });
}

void outbox::fail() {
    failed_ = true;
    written_ = committed_ = 0;
    std::string().swap(bytes_);
}

outbox::shared& outbox::share() {
    if (!shared_) shared_ = std::make_shared<shared>(*this);
    return *shared_;
}

bool outbox::waiting() const { return shared_ && shared_->waiting; }

task<bool> outbox::drained(std::chrono::milliseconds patience) {
    flush();
    if (failed_ || empty()) co_return !failed_;
    share();
    const std::shared_ptr<shared> state = shared_;  // `this` may be gone after any wait
    state->late = false;
    state->patience.calls<&shared::out_of_patience>(*state);
    state->patience.arm(shard::current().deadlines(), patience);
    while (state->owner != nullptr && !state->owner->failed() && !state->owner->empty() && !state->late)
        co_await state->changed.wait();
    state->patience.disarm();
    co_return state->owner != nullptr && state->owner->empty() && !state->owner->failed();
}

}  // namespace meerkat::net
