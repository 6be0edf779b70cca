#pragma once
// The client streams of a server on two shards, without listeners and modules: connections are fake channels,
// accounts are in memory.

#include "tests/support/fake_accounts.hpp"
#include "tests/support/fake_channel.hpp"
#include "tests/support/running_shards.hpp"
#include "xmpp/access/access_rules.hpp"
#include "xmpp/stream/client_streams.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace meerkat::testing {

class fake_limits final : public login_limits {
public:
    bool may_log_in(std::string_view) const override { return !full; }
    void login_failed(std::string_view) override { ++failures; }
    std::atomic<bool> full = false;
    std::atomic<int> failures = 0;
};

class stream_server {
public:
    explicit stream_server(access_options access = {});
    ~stream_server();
    stream_server(const stream_server&) = delete;
    stream_server& operator=(const stream_server&) = delete;

    // A new connection, on shard 0.
    std::shared_ptr<fake_client> connect(channel_manner how = {}, client_options options = {},
                                         std::optional<limit<std::size_t>> zlib = {});
    // The same, signed in and its session open under that resource; what came so far is taken.
    std::shared_ptr<fake_client> sign_in(const std::string& user, const std::string& resource);

    // A new name, with an account whose password is "secret", at home on that shard.
    std::string user_at(unsigned shard);

    // The function's value, computed on that shard.
    template <class F>
    std::invoke_result_t<F&> at(unsigned shard, F f) {
        return shards.run(call(std::move(f)), shard);
    }

    client_streams& streams(unsigned shard) { return *services.by_shard[shard]; }
    // Sessions open on a shard; streams of any kind that live there.
    std::size_t sessions(unsigned shard);
    std::size_t live(unsigned shard);
    // Ends the streams of one shard, or of all at once as the application does.
    void shut_down(unsigned shard, std::chrono::milliseconds grace);
    void shut_down(std::chrono::milliseconds grace);
    // Lets deadlines of that shard pass.
    void pass(unsigned shard, std::chrono::milliseconds time);

    fake_accounts accounts;
    fake_limits limits;
    swapped<general_options> general;
    swapped<access_rules> rules;
    running_shards shards{2};
    worker_pool passwords{"passwords", 1, 100};
    auth::authenticator authenticator;
    homes all;
    stream_services services;

private:
    template <class F>
    static task<std::invoke_result_t<F&>> call(F f) {
        co_return f();
    }
    int last_user_ = 0;
};

// What a client sends to sign in: the opening tag, PLAIN, and so on.
std::string opening_tag();
std::string plain_auth(const std::string& user, const std::string& password = "secret");
std::string bind_request(const std::string& resource);
std::string session_request();
// All of it, in order.
std::vector<std::string> whole_login(const std::string& user, const std::string& resource);

}  // namespace meerkat::testing
