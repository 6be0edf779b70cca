#include "gateway/net/address_limits.hpp"

#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace meerkat::net {

namespace {

using time_point = std::chrono::steady_clock::time_point;

constexpr auto failure_window = std::chrono::minutes(1);

// How often a part looks for entries that say nothing any more.
constexpr auto sweep_interval = std::chrono::seconds(10);

struct entry {
    std::size_t open = 0;
    std::size_t failures = 0;
    time_point window_start{};

    std::size_t failures_at(time_point now) const {
        return now - window_start < failure_window ? failures : 0;
    }
};

struct part {
    std::mutex mutex;
    std::unordered_map<std::string, entry> entries;
    time_point next_sweep{};

    void sweep(time_point now) {
        if (now < next_sweep) return;
        next_sweep = now + sweep_interval;
        std::erase_if(entries, [now](const auto& kept) {
            return kept.second.open == 0 && kept.second.failures_at(now) == 0;
        });
    }
};

}  // namespace

struct address_limits::state {
    std::atomic<std::size_t> unauthenticated;
    std::atomic<std::size_t> failed_logins;
    const clock now;
    // Independent locks, so that shards seldom meet.
    mutable std::array<part, 16> parts;

    part& part_of(const std::string& key) const {
        return parts[std::hash<std::string>{}(key) % parts.size()];
    }

    void leave(const std::string& key) {
        part& home = part_of(key);
        const std::lock_guard lock(home.mutex);
        const auto found = home.entries.find(key);
        if (found == home.entries.end()) return;
        if (--found->second.open == 0 && found->second.failures_at(now()) == 0) home.entries.erase(found);
    }
};

address_limits::address_limits(std::size_t unauthenticated, std::size_t failed_logins_per_minute, clock now)
    : state_(std::make_shared<state>(unauthenticated, failed_logins_per_minute, std::move(now))) {}

address_limits::~address_limits() = default;

void address_limits::set_limits(std::size_t unauthenticated, std::size_t failed_logins_per_minute) {
    state_->unauthenticated = unauthenticated;
    state_->failed_logins = failed_logins_per_minute;
}

std::shared_ptr<void> address_limits::enter(const endpoint& peer) {
    if (state_->unauthenticated == 0 || peer.loopback()) return state_;
    std::string key = peer.limit_key();
    {
        part& home = state_->part_of(key);
        const std::lock_guard lock(home.mutex);
        home.sweep(state_->now());
        entry& counted = home.entries[key];
        if (counted.open >= state_->unauthenticated) return nullptr;
        ++counted.open;
    }
    return {state_.get(), [kept = state_, key = std::move(key)](void*) { kept->leave(key); }};
}

bool address_limits::login_failed(const endpoint& peer) {
    if (state_->failed_logins == 0 || peer.loopback()) return true;
    const std::string key = peer.limit_key();
    const time_point now = state_->now();
    part& home = state_->part_of(key);
    const std::lock_guard lock(home.mutex);
    home.sweep(now);
    entry& counted = home.entries[key];
    if (counted.failures_at(now) == 0) {
        counted.failures = 0;
        counted.window_start = now;
    }
    return ++counted.failures <= state_->failed_logins;
}

bool address_limits::may_log_in(const endpoint& peer) const {
    if (state_->failed_logins == 0 || peer.loopback()) return true;
    const std::string key = peer.limit_key();
    part& home = state_->part_of(key);
    const std::lock_guard lock(home.mutex);
    const auto found = home.entries.find(key);
    return found == home.entries.end() || found->second.failures_at(state_->now()) < state_->failed_logins;
}

}  // namespace meerkat::net
