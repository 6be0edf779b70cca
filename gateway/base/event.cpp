#include "gateway/base/event.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <optional>
#include <utility>

namespace meerkat {

using timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, executor>;

struct event::state {
    bool notified = false;
    bool gone = false;
    std::optional<timer> waiting;  // never expires: cancelling it is the wake-up
};

event::event() : state_(std::make_shared<state>()) {}

event::~event() {
    state_->gone = true;
    if (auto& waiting = state_->waiting) waiting->cancel();
}

void event::notify() {
    state_->notified = true;
    if (auto& waiting = state_->waiting) waiting->cancel();
}

task<bool> event::wait() {
    const auto state = state_;
    if (!state->notified && !state->gone) {
        const executor here = co_await boost::asio::this_coro::executor;
        timer& waiting = state->waiting.emplace(here, timer::time_point::max());
        boost::system::error_code ignored;  // always "aborted": that is how the event speaks
        co_await waiting.async_wait(boost::asio::redirect_error(use_task, ignored));
        state->waiting.reset();
    }
    const bool notified = std::exchange(state->notified, false);
    co_return notified && !state->gone;
}

}  // namespace meerkat
