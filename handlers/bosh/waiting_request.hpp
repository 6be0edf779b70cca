#pragma once
// An HTTP request that waits for its answer: the handler's coroutine on one side, on the shard of the
// connection, and a BOSH session on the other, perhaps on another shard. Answered exactly once.

#include "gateway/base/event.hpp"
#include "gateway/base/shard.hpp"
#include "handlers/bosh/machine.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace meerkat::bosh {

// What may happen to the client of a request that waits.
enum class disturbance : std::uint8_t {
    none,
    gone,      // it has hung up
    draining,  // its connection is to close
};

class waiting_request {
public:
    waiting_request(shard& here, bool encrypted) : here_(here), encrypted_(encrypted) {}

    // The connection's shard.

    // Returns when the answer is there.
    task<> answered() {
        while (!given_) co_await changed_.wait();
    }
    bool is_answered() const { return given_; }
    std::string take_body() { return std::move(body_); }
    // Empty: the usual one.
    std::string take_content_type() { return std::move(content_type_); }
    // The shard that gave the answer.
    unsigned answered_at() const { return answered_at_; }

    // The session's shard. `self` is a reference to this.
    static void answer(std::shared_ptr<waiting_request> self, std::string body, std::string content_type);
    bool encrypted() const { return encrypted_; }

    ticket number = 0;  // by which the session knows it; 0: it has not got there yet
    disturbance disturbed = disturbance::none;

private:
    void give(std::string body, std::string content_type, unsigned from);

    shard& here_;
    event changed_;
    std::string body_;
    std::string content_type_;
    unsigned answered_at_ = 0;
    const bool encrypted_;
    bool given_ = false;
};

}  // namespace meerkat::bosh
