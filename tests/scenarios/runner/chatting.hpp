#pragma once
// Many users of one server, two and two in talk without a pause, on every transport there is; for what must
// not disturb them.

#include "tests/scenarios/runner/xmpp_client.hpp"

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace meerkat::testing {

class chatting_users {
public:
    // Makes their accounts and logs them in; an even number. One of each pair is on raw TCP.
    chatting_users(test_server& server, std::size_t count);

    void start();
    // Ends all talk and returns how many messages were said. Throws when one was lost, changed or overtaken,
    // when a session ended, or when some did not get to talk.
    std::uint64_t stop();

private:
    struct pair {
        std::unique_ptr<xmpp_client> one, other;
        std::string one_jid, other_jid;
    };
    static void say(xmpp_client& from, xmpp_client& to, const std::string& to_jid, const std::string& text);
    static std::uint64_t chat(std::vector<pair>& pairs, const std::atomic<bool>& over);

    std::vector<std::vector<pair>> groups_;  // a thread for each
    std::vector<std::future<std::uint64_t>> talks_;
    std::atomic<bool> over_{false};
};

}  // namespace meerkat::testing
