#include "gateway/net/outbox.hpp"

#include "gateway/base/deadline.hpp"
#include "gateway/base/event.hpp"

#include <algorithm>
#include <limits>
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

struct outbox::items {
    std::size_t most;
    std::vector<std::size_t> left = {};  // bytes of each that are not written
    std::size_t first = 0;               // that is not written whole

    std::size_t waiting() const { return left.size() - first; }
    void wrote(std::size_t bytes) {
        while (bytes > 0) {
            const std::size_t part = std::min(bytes, left[first]);
            left[first] -= part;
            bytes -= part;
            if (left[first] == 0) ++first;
        }
        if (waiting() == 0) return clear();
        // At most half of the list is of the past.
        if (first <= left.size() / 2) return;
        left.erase(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(first));
        first = 0;
    }
    void clear() {
        left = {};
        first = 0;
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

void outbox::limit_items(std::size_t most) {
    items_ = std::make_unique<items>(items{.most = most});
    if (!empty()) items_->left.push_back(pending());
}

std::size_t outbox::waiting_items() const { return items_ ? items_->waiting() : 0; }

bool outbox::overflows(std::size_t item) const {
    if (empty()) return false;
    return pending() + item > limit_ || (items_ && items_->waiting() >= items_->most);
}

void outbox::accept_last() {
    refusing_ = false;
    limit_ = std::numeric_limits<std::size_t>::max();
    items_.reset();
}

bool outbox::commit() {
    if (failed_ || refusing_) {
        bytes_.resize(committed_);
        return false;
    }
    if (const std::size_t item = bytes_.size() - committed_; overflows(item)) {
        // Only what leaves in time counts as taken: without the item, because TLS insists on what it has
        // seen.
        const std::string last = bytes_.substr(committed_);
        bytes_.resize(committed_);
        flush();
        refusing_ = !failed_ && overflows(item);
        if (failed_ || refusing_) return false;
        buffer() += last;
    }
    if (items_ && bytes_.size() > committed_) items_->left.push_back(bytes_.size() - committed_);
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
            wrote(written.bytes);
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

void outbox::wrote(std::size_t bytes) {
    written_ += bytes;
    if (items_) items_->wrote(bytes);
}

void outbox::fail() {
    failed_ = true;
    if (items_) items_->clear();
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
