#include "gateway/base/task_group.hpp"

#include "gateway/base/event.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/shard.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>

namespace meerkat {

struct task_group::child {
    boost::asio::cancellation_signal signal;
    bool done = false;
};

struct task_group::joiner {
    event empty;
};

namespace {

void report(const std::exception_ptr& failure) {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& e) {
        log::error("task_failed", {{"reason", e.what()}});
    } catch (...) {
        log::error("task_failed", {{"reason", "unknown"}});
    }
}

}  // namespace

task_group::task_group(shard& home) : home_(home), joiner_(std::make_unique<joiner>()) {}

task_group::~task_group() {
    // Reached only while the runtime is torn down with its loops stopped; frames then go with their
    // io_context.
}

void task_group::spawn(task<> work) {
    ++running_;
    auto owned = std::make_unique<child>();
    child& c = *owned;
    const auto place = children_.insert(children_.end(), std::move(owned));
    auto finish = [this, place](const std::exception_ptr& failure) {
        report(failure);
        children_.erase(place);
        finished();
    };
    boost::asio::co_spawn(home_.get_executor(), std::move(work),
                          boost::asio::bind_cancellation_slot(c.signal.slot(), std::move(finish)));
}

void task_group::spawn_closable(task<> work) {
    ++running_;
    boost::asio::co_spawn(home_.get_executor(), std::move(work), [this](const std::exception_ptr& failure) {
        report(failure);
        finished();
    });
}

void task_group::finished() {
    if (--running_ == 0) joiner_->empty.notify();
}

void task_group::cancel() {
    cancelled_ = true;
    // A child may end, and leave the list, inside emit().
    for (auto at = children_.begin(); at != children_.end();) {
        child& c = **at++;
        c.signal.emit(boost::asio::cancellation_type::terminal);
    }
}

task<> task_group::join() {
    while (running_ > 0) co_await joiner_->empty.wait();
}

}  // namespace meerkat
