#pragma once
// A shard is one thread with its own event loop, which shares nothing with its neighbours. A runtime is all
// of them. What a user's sessions share lives on the user's home shard, chosen by a hash of the bare JID, so
// that it is plain single-threaded code without locks.

#include "gateway/base/deadline.hpp"
#include "gateway/base/mailbox.hpp"
#include "gateway/base/task.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

namespace meerkat {

class runtime;

// Work to be done once at the end of the loop turn in which it was asked for, such as writing out everything
// a connection was sent in that turn. Intrusive, so asking allocates nothing.
class turn_end_work {
public:
    virtual void at_turn_end() = 0;

protected:
    turn_end_work() = default;
    turn_end_work(const turn_end_work&) = delete;
    turn_end_work& operator=(const turn_end_work&) = delete;
    ~turn_end_work() { forget(); }

    // Takes this back out of the queue it stands in, if it stands in one.
    void forget();
    bool queued() const { return place_ != nullptr; }

private:
    friend class shard;
    std::vector<turn_end_work*>* place_ = nullptr;
    std::size_t index_ = 0;
};

class shard {
public:
    // Bytes of the buffer that all connections of a shard read into in turn.
    static constexpr std::size_t read_buffer_size = std::size_t{64} * 1024;

    shard(runtime& owner, unsigned index);
    ~shard();
    shard(const shard&) = delete;
    shard& operator=(const shard&) = delete;

    // The shard whose thread is calling. Never called from elsewhere: see on_shard_thread().
    static shard& current();
    static bool on_shard_thread();

    unsigned index() const { return index_; }
    runtime& all() const { return runtime_; }
    boost::asio::io_context& context() { return context_; }
    executor get_executor() { return context_.get_executor(); }
    deadline_wheel& deadlines() { return deadlines_; }

    // Valid only until the next suspension: whatever must outlive it is copied out.
    std::span<char> read_buffer() { return {read_buffer_.get(), read_buffer_size}; }

    // Queues the work for the end of this loop turn; once, however often asked. Own thread only.
    void at_turn_end(turn_end_work& work);

    // Puts mail for another shard into this turn's batch. Own thread only; from elsewhere use
    // runtime::post().
    void send(unsigned to, mail call);

    // Runs the loop in the calling thread until stop(). runtime::start() does this on threads of its own.
    void run();

private:
    friend class runtime;

    void finish_turn();
    void schedule_turn_end();
    void wake_for_mail();
    void tick();
    void arm_tick();

    runtime& runtime_;
    const unsigned index_;
    // Before the loop, because what is still suspended in it holds deadlines and turn-end work.
    deadline_wheel deadlines_;
    std::vector<turn_end_work*> turn_end_, turn_end_running_;
    boost::asio::io_context context_;
    boost::asio::executor_work_guard<executor> work_;
    struct ticker;
    std::unique_ptr<ticker> ticker_;
    std::unique_ptr<char[]> read_buffer_;
    mailbox inbox_;
    std::vector<std::vector<mail>> outgoing_;  // by receiver
    bool turn_end_scheduled_ = false;
    bool has_outgoing_ = false;
};

class runtime {
public:
    explicit runtime(unsigned shards);
    ~runtime();
    runtime(const runtime&) = delete;
    runtime& operator=(const runtime&) = delete;

    unsigned size() const { return static_cast<unsigned>(shards_.size()); }
    shard& at(unsigned index) { return *shards_[index]; }

    // The shard where everything about this bare JID, room or component lives.
    unsigned home_of(std::string_view bare_jid) const;

    // Runs the call on that shard: as mail from a shard's thread (at once if it is that shard: never, always
    // queued), by a posted handler from any other thread. Order is kept per sender.
    void post(unsigned to, mail call);

    // One thread per shard. Tests may run a single shard on their own thread instead.
    void start();

    // Makes every loop return, whatever it holds; called after the task groups have joined.
    void stop();
    void join();

private:
    std::vector<std::unique_ptr<shard>> shards_;
    std::vector<std::thread> threads_;
};

}  // namespace meerkat
