// Streams before their user is known, and the way home.

#include "gateway/base/encoding.hpp"
#include "tests/protocol/streams/stream_server.hpp"
#include "tests/support/scram_client.hpp"

#include <catch2/catch.hpp>

#include <latch>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::chrono_literals;

namespace {

const std::string sasl_ns = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";

std::string failure(std::string_view condition) {
    return "<failure " + sasl_ns + "><" + std::string(condition) + "/>";
}

void starts(fake_client& client) {
    REQUIRE(client.next() == "limits 8192 0");
    client.sends(opening_tag());
    REQUIRE(client.next() == "header from=example.org lang=en");
    REQUIRE(client.next().starts_with("<features xmlns='http://etherx.jabber.org/streams'>"));
}

// The one thread of the password pool is busy as long as this lives: a login waits at its password.
class busy_passwords {
public:
    explicit busy_passwords(stream_server& server) {
        auto block = [](worker_pool* pool, busy_passwords* self) -> task<> {
            auto work = [self] {
                self->entered_.count_down();
                self->open_.wait();
            };
            const result<void> done = co_await pool->run(work, 10s);
            if (done.has_error()) throw std::runtime_error("the pool refuses");
        };
        over_ = server.shards.start(block(&server.passwords, this));
        entered_.wait();
    }
    ~busy_passwords() {
        let_go();
        over_.wait();
    }
    void let_go() {
        if (!std::exchange(gone_, true)) open_.count_down();
    }

private:
    std::latch entered_{1};
    std::latch open_{1};
    std::future<void> over_;
    bool gone_ = false;
};

void wait_for_password(stream_server& server) {
    while (server.passwords.queued() == 0) std::this_thread::yield();
}

}  // namespace

TEST_CASE("a login in one burst is answered in order, on the shard it was accepted or across a move") {
    for (const unsigned home : {0U, 1U}) {
        stream_server server;
        const std::string user = server.user_at(home);
        const std::string full = user + "@example.org/balcony";
        const auto client = server.connect();
        for (const std::string& each : whole_login(user, "balcony")) client->sends(each);
        REQUIRE(client->next() == "limits 8192 0");
        REQUIRE(client->next() == "header from=example.org lang=en");
        REQUIRE(client->next().find("<mechanism>PLAIN</mechanism>") != std::string::npos);
        REQUIRE(client->next() == "<success " + sasl_ns + "/>");
        REQUIRE(client->next() == "settle");
        REQUIRE(client->next() == "restart");
        if (home == 1) {
            REQUIRE(client->next() == "detach");
            REQUIRE(client->next() == "attach 1");
        }
        REQUIRE(client->next() == "limits 262144 0");
        REQUIRE(client->next() == "header from=example.org to=" + user + "@example.org lang=en");
        REQUIRE(client->next() ==
                "<features xmlns='http://etherx.jabber.org/streams'><session "
                "xmlns='urn:ietf:params:xml:ns:xmpp-session'/><bind "
                "xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><limits xmlns='urn:xmpp:stream-limits:0'>"
                "<max-bytes>262144</max-bytes></limits></features>");
        REQUIRE(client->next() ==
                "<iq type='result' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>" + full +
                    "</jid></bind></iq>");
        REQUIRE(client->next("<iq type='result' id='s1'>").find("session") != std::string::npos);
        REQUIRE(server.sessions(home) == 1);
        REQUIRE(server.sessions(1 - home) == 0);
        REQUIRE(server.at(home, [&] { return server.streams(home).counters().moved_in; }) == home);
        client->sends("</stream:stream>");
        REQUIRE(client->next() == "close");
        REQUIRE(client->next() == "gone");
        REQUIRE(server.sessions(home) == 0);
    }
}

TEST_CASE("SCRAM proves both sides to each other") {
    stream_server server;
    const std::string user = server.user_at(1);
    const auto client = server.connect();
    starts(*client);
    scram_client scram{.user = user, .password = "secret"};
    client->sends("<auth " + sasl_ns + " mechanism='SCRAM-SHA-256'>" + to_base64(scram.first()) + "</auth>");
    std::string line = client->next("<challenge");
    const auto text = [](const std::string& element) {
        const std::size_t from = element.find('>') + 1;
        return from_base64(element.substr(from, element.rfind('<') - from)).value();
    };
    const auto final = scram.final_message(text(line));
    REQUIRE(final);
    client->sends("<response " + sasl_ns + ">" + to_base64(*final) + "</response>");
    line = client->next("<success");
    REQUIRE(scram.accepts(text(line)));
    client->next("attach 1");
}

TEST_CASE("after four failures the connection closes; each counts against its address") {
    stream_server server;
    const std::string user = server.user_at(0);
    const auto client = server.connect();
    starts(*client);
    for (int i = 0; i < 4; ++i) {
        client->sends(plain_auth(user, "wrong"));
        REQUIRE(client->next().starts_with(failure("not-authorized")));
    }
    REQUIRE(client->next() == "close");
    REQUIRE(client->next() == "gone");
    REQUIRE(server.limits.failures == 4);
    REQUIRE(server.at(0, [&] { return server.streams(0).counters().failed_logins; }) == 4);
}

TEST_CASE("a failure may be followed by a success") {
    stream_server server;
    const std::string user = server.user_at(0);
    const auto client = server.connect();
    starts(*client);
    client->sends(plain_auth(user, "wrong"));
    REQUIRE(client->next().starts_with(failure("not-authorized")));
    client->sends(plain_auth(user));
    client->next("<success");
}

TEST_CASE("an address with too many failures is refused without trying; loopback is exempt") {
    stream_server server;
    const std::string user = server.user_at(0);
    server.limits.full = true;
    const auto far = server.connect();
    starts(*far);
    far->sends(plain_auth(user));
    REQUIRE(far->next().starts_with(failure("temporary-auth-failure")));
    const auto near = server.connect({.loopback = true});
    starts(*near);
    near->sends(plain_auth(user));
    near->next("<success");
}

TEST_CASE("accounts that cannot be reached are a temporary failure") {
    stream_server server;
    const std::string user = server.user_at(0);
    server.accounts.fails = true;
    const auto client = server.connect();
    starts(*client);
    client->sends(plain_auth(user));
    REQUIRE(client->next().starts_with(failure("temporary-auth-failure")));
    server.at(0, [&] { return server.accounts.fails = false; });
    client->sends(plain_auth(user));
    client->next("<success");
}

TEST_CASE("a method that the listener does not admit does not authenticate") {
    stream_server server;
    const std::string user = server.user_at(0);
    client_options options;
    options.allowed_auth_methods = {auth_method::dummy};
    const auto client = server.connect({}, options);
    starts(*client);
    client->sends(plain_auth(user));
    REQUIRE(client->next().starts_with(failure("not-authorized")));
}

TEST_CASE("after STARTTLS the stream begins anew, encrypted and without the offer") {
    stream_server server;
    const std::string user = server.user_at(1);
    const auto client = server.connect({.starttls = starttls_offer::required});
    client->next("limits");
    client->sends(opening_tag());
    client->next("header");
    REQUIRE(client->next() ==
            "<features xmlns='http://etherx.jabber.org/streams'><starttls "
            "xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></features>");
    client->sends("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    REQUIRE(client->next() == "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    REQUIRE(client->next() == "tls");
    client->sends(opening_tag());
    client->next("header");
    const std::string features = client->next();
    REQUIRE(features.find("starttls") == std::string::npos);
    REQUIRE(features.find("<mechanism>PLAIN</mechanism>") != std::string::npos);
    client->sends(plain_auth(user));
    client->next("attach 1");
}

TEST_CASE("a handshake that fails, or hangs until it is cut off, ends the connection") {
    for (const auto mode : {channel_mode::fails, channel_mode::hangs}) {
        stream_server server;
        const auto client = server.connect({.starttls = starttls_offer::optional, .tls = mode});
        starts(*client);
        client->sends("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
        client->next("<proceed");
        if (mode == channel_mode::hangs) server.shut_down(0ms);
        client->next("no tls");
        client->next("close");
        REQUIRE(client->next() == "gone");
    }
}

TEST_CASE("a client that does not take its success does not move") {
    for (const auto mode : {channel_mode::fails, channel_mode::hangs}) {
        stream_server server;
        const std::string user = server.user_at(1);
        const auto client = server.connect({.settle = mode});
        starts(*client);
        client->sends(plain_auth(user));
        client->next("settle");
        if (mode == channel_mode::hangs) server.shut_down(0ms);
        client->next("close");
        REQUIRE(client->next() == "gone");
        REQUIRE(server.sessions(1) == 0);
        REQUIRE(server.live(0) == 0);
    }
}

TEST_CASE("the client that is slow at any step is told so, and one that is slow in all") {
    stream_server server;
    const auto mute = server.connect();
    mute->next("limits");
    server.pass(0, 5s);
    REQUIRE(mute->next() == "header from=example.org lang=en");
    REQUIRE(mute->next() == "close connection-timeout");

    const std::string user = server.user_at(0);
    client_options patient;
    patient.state_timeout = limit<std::chrono::milliseconds>::infinity();
    const auto busy = server.connect({}, patient);
    starts(*busy);
    busy->sends(plain_auth(user, "wrong"));
    busy->next("<failure");
    server.pass(0, 60s);
    REQUIRE(busy->next() == "close connection-timeout");
}

TEST_CASE("a login whose password is being checked when the server shuts down is told so before it moves") {
    stream_server server;
    const std::string user = server.user_at(1);
    const auto client = server.connect();
    starts(*client);
    busy_passwords busy(server);
    client->sends(plain_auth(user));
    wait_for_password(server);
    auto over = server.shards.start(server.streams(0).shut_down(10s), 0);
    server.shut_down(1, 10s);
    busy.let_go();
    running_shards::get(std::move(over));
    client->next("close system-shutdown");
    REQUIRE(client->next() == "gone");
    REQUIRE(server.live(1) == 0);
}

TEST_CASE("a stream that comes home after the shutdown there is dropped") {
    stream_server server;
    const std::string user = server.user_at(1);
    server.shut_down(1, 0ms);
    const auto client = server.connect();
    starts(*client);
    client->sends(plain_auth(user));
    client->next("detach");
    client->next("gone");
    REQUIRE(server.live(1) == 0);
}

TEST_CASE("a connection that comes after the shutdown began is told so") {
    stream_server server;
    server.shut_down(0, 0ms);
    const auto client = server.connect();
    client->next("close system-shutdown");
    REQUIRE(client->next() == "gone");
}
