#pragma once
// Whose turn it is: work that waits for a database in the middle, such as a change of a roster, is done one
// at a time for each owner and in the order in which it came; work for different owners does not wait for
// each other. Belongs to one shard.

#include "gateway/base/error.hpp"
#include "gateway/base/task.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace meerkat {

class turns {
    struct state;

public:
    // The right to work for one owner. Given back when it is destroyed, which lets the next one in.
    class turn {
    public:
        turn(turn&& other) noexcept : of_(std::exchange(other.of_, {})), owner_(std::move(other.owner_)) {}
        turn& operator=(turn&&) = delete;
        ~turn();

        const std::string& owner() const { return owner_; }

    private:
        friend class turns;
        turn(std::weak_ptr<state> of, std::string owner) : of_(std::move(of)), owner_(std::move(owner)) {}

        std::weak_ptr<state> of_;
        std::string owner_;
    };

    // At most so many wait for one owner, so that a flood of requests does not become a flood of memory.
    explicit turns(std::size_t most_waiting = 256);
    ~turns();
    turns(const turns&) = delete;
    turns& operator=(const turns&) = delete;

    // First come, first served. overloaded: too many wait already. cancelled: the waiter was.
    task<result<turn>> take(std::string owner);

private:
    std::shared_ptr<state> state_;
};

}  // namespace meerkat
