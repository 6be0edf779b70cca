#pragma once
// One extension point: a typed list of handlers, run by named phase. Handlers are plain members; one that has
// to wait is a coroutine, and whoever runs the hook waits with it. An empty hook costs a branch.

#include "gateway/base/log.hpp"
#include "gateway/base/task.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <string_view>
#include <vector>

namespace meerkat {

// The order in which handlers of one hook run; within a phase, in the order of subscription.
enum class phase : std::uint8_t {
    screen,    // may refuse: blocking, privacy, access
    enrich,    // adds to the stanza: ids, stamps
    archive,   // keeps a copy
    copy,      // sends copies: carbons
    deliver,   // does the thing itself
    fallback,  // when nobody did: offline storage, bounces
    observe,   // looks on: metrics, events
};

std::string_view to_string(phase p);

enum class verdict : std::uint8_t {
    proceed,
    stop,  // handled or refused; later phases do not see it, except `observe`
};

// `Args` are passed by reference or cheap value to each handler in turn.
template <class... Args>
class hook {
public:
    explicit hook(std::string_view name) : name_(name) {}
    hook(const hook&) = delete;
    hook& operator=(const hook&) = delete;

    // The object must outlive the hook's use.
    template <class T>
    void on(phase when, T& object, verdict (T::*member)(Args...)) {
        insert({when,
                &object,
                [member](void* at, Args... args) { return (static_cast<T*>(at)->*member)(args...); },
                {},
                {}});
    }
    template <class T>
    void on(phase when, T& object, task<verdict> (T::*member)(Args...)) {
        insert({when,
                &object,
                {},
                [member](void* at, Args... args) { return (static_cast<T*>(at)->*member)(args...); },
                {}});
        waits_ = true;
    }

    // Says who the handlers are that nobody has been named for yet; static text.
    void attribute(std::string_view subscriber) {
        for (handler& h : handlers_) {
            if (h.subscriber.empty()) h.subscriber = subscriber;
        }
    }
    struct subscription {
        std::string_view subscriber;
        phase when;
    };
    std::vector<subscription> subscriptions() const {  // in the order they run
        std::vector<subscription> all;
        for (const handler& h : handlers_) all.push_back({h.subscriber, h.when});
        return all;
    }

    bool empty() const { return handlers_.empty(); }
    // Whether some handler is a coroutine, so that run() has to be awaited.
    bool waits() const { return waits_; }
    std::string_view name() const { return name_; }
    std::size_t size() const { return handlers_.size(); }

    // Only for a hook that does not wait.
    verdict run_now(Args... args) const {
        verdict outcome = verdict::proceed;
        for (const handler& h : handlers_) {
            if (outcome == verdict::stop && h.when != phase::observe) continue;
            if (call(h, args...) == verdict::stop) outcome = verdict::stop;
        }
        return outcome;
    }

    task<verdict> run(Args... args) const {
        verdict outcome = verdict::proceed;
        for (const handler& h : handlers_) {
            if (outcome == verdict::stop && h.when != phase::observe) continue;
            verdict answer = verdict::proceed;
            if (h.waiting) {
                try {
                    answer = co_await h.waiting(h.object, args...);
                } catch (const std::exception& e) {
                    report(h, e);
                }
            } else {
                answer = call(h, args...);
            }
            if (answer == verdict::stop) outcome = verdict::stop;
        }
        co_return outcome;
    }

private:
    struct handler {
        phase when;
        void* object;
        std::function<verdict(void*, Args...)> plain;
        std::function<task<verdict>(void*, Args...)> waiting;
        std::string_view subscriber = {};
    };

    void insert(handler h) {
        const auto after = std::upper_bound(handlers_.begin(), handlers_.end(), h.when,
                                            [](phase p, const handler& other) { return p < other.when; });
        handlers_.insert(after, std::move(h));
    }

    // A handler that throws does not take the others, or the session, with it.
    verdict call(const handler& h, Args... args) const {
        try {
            return h.plain(h.object, args...);
        } catch (const std::exception& e) {
            report(h, e);
            return verdict::proceed;
        }
    }
    void report(const handler& h, const std::exception& e) const {
        log::error("hook_failed", {{"hook", name_}, {"subscriber", h.subscriber}, {"reason", e.what()}});
    }

    std::string_view name_;
    std::vector<handler> handlers_;
    bool waits_ = false;
};

}  // namespace meerkat
