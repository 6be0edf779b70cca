#include "gateway/base/shard.hpp"

#include "gateway/base/log.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cassert>
#include <chrono>
#include <pthread.h>

namespace meerkat {

namespace {
thread_local shard* this_shard = nullptr;
}

struct shard::ticker {
    explicit ticker(boost::asio::io_context& context) : timer(context) {}
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, executor>
        timer;
    milliseconds since_start() const {
        return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
    }
    const std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    bool ticking = false;
};

void turn_end_work::forget() {
    if (place_ != nullptr) (*place_)[index_] = nullptr;
    place_ = nullptr;
}

shard::shard(runtime& owner, unsigned index)
    : runtime_(owner),
      index_(index),
      context_(1),  // one thread: Asio drops its internal locking
      work_(context_.get_executor()),
      ticker_(std::make_unique<ticker>(context_)),
      read_buffer_(std::make_unique<char[]>(read_buffer_size)) {
    deadlines_.on_first_armed([this] { arm_tick(); });
}

shard::~shard() = default;

shard& shard::current() {
    assert(this_shard != nullptr);
    return *this_shard;
}

bool shard::on_shard_thread() { return this_shard != nullptr; }

void shard::at_turn_end(turn_end_work& work) {
    if (work.place_ != nullptr) return;
    work.place_ = &turn_end_;
    work.index_ = turn_end_.size();
    turn_end_.push_back(&work);
    schedule_turn_end();
}

void shard::send(unsigned to, mail call) {
    outgoing_[to].push_back(std::move(call));
    has_outgoing_ = true;
    schedule_turn_end();
}

// A posted handler runs after those of the events already collected, which is what a loop turn is.
void shard::schedule_turn_end() {
    if (std::exchange(turn_end_scheduled_, true)) return;
    boost::asio::post(context_, [this] { finish_turn(); });
}

void shard::finish_turn() {
    turn_end_scheduled_ = false;
    // Work may ask for more work, which then belongs to the next turn.
    turn_end_running_.swap(turn_end_);
    for (std::size_t i = 0; i < turn_end_running_.size(); ++i) {
        if (turn_end_running_[i] != nullptr) turn_end_running_[i]->place_ = &turn_end_running_;
    }
    for (std::size_t i = 0; i < turn_end_running_.size(); ++i) {
        turn_end_work* const work = turn_end_running_[i];
        if (work == nullptr) continue;
        work->place_ = nullptr;
        work->at_turn_end();
    }
    turn_end_running_.clear();

    if (!std::exchange(has_outgoing_, false)) return;
    for (unsigned to = 0; to < outgoing_.size(); ++to) {
        if (outgoing_[to].empty()) continue;
        shard& receiver = runtime_.at(to);
        if (receiver.inbox_.deliver(std::exchange(outgoing_[to], {}))) receiver.wake_for_mail();
    }
}

void shard::wake_for_mail() {
    boost::asio::post(context_, [this] { inbox_.drain(); });
}

void shard::arm_tick() {
    if (std::exchange(ticker_->ticking, true)) return;
    deadlines_.advance_to(ticker_->since_start());
    ticker_->timer.expires_after(deadline_wheel::tick);
    ticker_->timer.async_wait([this](const boost::system::error_code& failure) {
        ticker_->ticking = false;
        if (!failure) tick();
    });
}

void shard::tick() {
    deadlines_.advance_to(ticker_->since_start());
    if (deadlines_.armed() > 0) arm_tick();
}

void shard::run() {
    this_shard = this;
    context_.run();
    this_shard = nullptr;
}

runtime::runtime(unsigned shards) {
    for (unsigned i = 0; i < shards; ++i) shards_.push_back(std::make_unique<shard>(*this, i));
    for (auto& s : shards_) s->outgoing_.resize(shards);
}

runtime::~runtime() {
    stop();
    join();
}

// FNV-1a: short keys, and the same answer in every process of a cluster.
unsigned runtime::home_of(std::string_view bare_jid) const {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : bare_jid) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    hash ^= hash >> 32;
    return static_cast<unsigned>(hash % shards_.size());
}

void runtime::post(unsigned to, mail call) {
    if (shard::on_shard_thread() && &shard::current().all() == this) {
        shard::current().send(to, std::move(call));
        return;
    }
    boost::asio::post(shards_[to]->context_, std::move(call));
}

void runtime::start() {
    for (auto& s : shards_) {
        threads_.emplace_back([&s] { s->run(); });
        pthread_setname_np(threads_.back().native_handle(), ("shard-" + std::to_string(s->index())).c_str());
    }
}

void runtime::stop() {
    for (auto& s : shards_) s->context_.stop();
}

void runtime::join() {
    for (auto& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
    threads_.clear();
}

}  // namespace meerkat
