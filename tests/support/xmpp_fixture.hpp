#pragma once
// A server without a network: one shard on the test's own thread, example.org with its modules, and clients
// that are sessions with recording connections. A test reads as a conversation: who sends, who receives.

#include "gateway/base/shard.hpp"
#include "gateway/base/worker_pool.hpp"
#include "tests/support/memory_stores.hpp"
#include "xmpp/access/access_options.hpp"
#include "xmpp/auth/authenticator.hpp"
#include "xmpp/modules/module_registry.hpp"
#include "xmpp/modules/register/registration_limit.hpp"
#include "xmpp/routing/home.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::test {

class xmpp_fixture;

// One connected client. Everything it is sent waits until the test takes it.
class test_client final : public outlet, public session_actions {
public:
    test_client(xmpp_fixture& server, std::string_view full, std::string ip);

    // As if the client had sent this on its stream; returns when all that follows from it is done.
    test_client& send(std::string_view xml);
    // The next thing received is this; attributes in any order, "*" stands for any value.
    void receives(std::string_view xml);
    // The next things received are these, in whatever order.
    void receives_all(std::vector<std::string_view> these);
    void receives_nothing();
    // Forgets what has been received.
    void skip();
    // The connection ends.
    void disconnect(std::string status = {}, bool replaced = false);

    session& as_session() { return *session_; }
    const std::optional<stream_error>& ended() const { return ended_; }
    std::vector<std::string> waiting() const;

private:
    void send(const xml::element& e) override;
    void send(const serialized_stanza& stanza, std::string_view to) override;
    void end(stream_error why) override;
    bool take(const xml::element& wanted);

    xmpp_fixture& server_;
    std::unique_ptr<session> session_;
    std::deque<xml::document> received_;
    std::optional<stream_error> ended_;
};

class xmpp_fixture {
public:
    // Modules that are always on: roster and presence; the others as the test wants.
    explicit xmpp_fixture(modules_options options = {}, general_options general = {}, auth_options auth = {});
    ~xmpp_fixture();

    // The client of a user, who gets an account.
    test_client& connect(std::string_view full, std::string ip = "192.0.2.1");
    // The same, after its first presence and whatever it received upon it.
    test_client& online(std::string_view full);

    // An iq before authentication, from that address: what is answered.
    std::string ask_unauthenticated(std::string_view iq, std::string ip = "192.0.2.1");

    void settle();
    // Moves the shard's deadlines ahead.
    void pass(milliseconds time);

    runtime shards{1};
    homes all{shards};
    memory_roster_store rosters;
    memory_account_store accounts;
    access_options access;
    swapped<access_rules> rules;
    general_options general;
    modules_options options;
    worker_pool passwords{"passwords", 1, 100};
    std::unique_ptr<auth::authenticator> authenticator;
    registration_limit registrations;
    home* here = nullptr;
    host* at = nullptr;

private:
    std::vector<std::unique_ptr<test_client>> clients_;
};

storage::roster_item contact(std::string_view address, storage::subscription subscription,
                             storage::pending pending = storage::pending::none);

// The bytes as a document; the test fails when they are none.
xml::document parsed(std::string_view xml);
// By meaning: attribute order does not count, a wanted value "*" stands for any.
bool same(const xml::element& wanted, const xml::element& got);

}  // namespace meerkat::test
