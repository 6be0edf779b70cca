// A login of either kind, interrupted after every step in every way: the stream ends in order, and nothing of
// it stays.

#include "tests/protocol/streams/stream_server.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::chrono_literals;

namespace {

// What the client sends, and the start of what it then waits for.
struct step {
    std::string sends;
    std::string gets;
};

std::vector<step> steps_of_login(const std::string& user, bool tls) {
    std::vector<step> steps;
    if (tls) {
        steps.push_back({opening_tag(), "<features"});
        steps.push_back({"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "tls"});
    }
    steps.push_back({opening_tag(), "<features"});
    steps.push_back({plain_auth(user, "wrong"), "<failure"});
    steps.push_back({plain_auth(user), "limits 262144"});
    steps.push_back({opening_tag(), "<features"});
    steps.push_back({bind_request("r"), "<iq type='result' id='b1'>"});
    steps.push_back({session_request(), "<iq type='result' id='s1'>"});
    return steps;
}

// The client after its first steps.
std::shared_ptr<fake_client> after(stream_server& server, const std::vector<step>& steps, std::size_t count,
                                   bool tls) {
    auto client = server.connect({.starttls = tls ? starttls_offer::optional : starttls_offer::none});
    client->next("limits");
    for (std::size_t i = 0; i < count; ++i) {
        client->sends(steps[i].sends);
        client->next(steps[i].gets);
    }
    return client;
}

template <class F>
void at_every_step(F interrupt) {
    for (const unsigned home : {0U, 1U}) {
        for (const bool tls : {false, true}) {
            stream_server server;
            const std::string user = server.user_at(home);
            const std::vector<step> steps = steps_of_login(user, tls);
            for (std::size_t count = 0; count <= steps.size(); ++count) {
                INFO("home " << home << (tls ? ", TLS" : "") << ", after step " << count);
                const auto client = after(server, steps, count, tls);
                interrupt(server, *client);
                client->next("close");
                REQUIRE(client->next() == "gone");
                REQUIRE(server.live(0) == 0);
                REQUIRE(server.live(1) == 0);
                REQUIRE(server.sessions(home) == 0);
            }
        }
    }
}

}  // namespace

TEST_CASE("a login whose connection is lost at any step leaves nothing behind") {
    at_every_step([](stream_server&, fake_client& client) { client.sends("!lost"); });
}

TEST_CASE("a login that overflows its connection at any step ends") {
    at_every_step([](stream_server&, fake_client& client) { client.sends("!overflow"); });
}

TEST_CASE("a login that breaks XML, or closes its stream, at any step ends") {
    at_every_step([](stream_server&, fake_client& client) { client.sends("!bad"); });
    at_every_step([](stream_server&, fake_client& client) { client.sends("</stream:stream>"); });
}

TEST_CASE("a login that stops sending at any step times out") {
    at_every_step([](stream_server& server, fake_client& client) {
        for (const unsigned shard : {0U, 1U}) server.pass(shard, 10s);
        // An open session may be silent as long as it likes.
        if (server.sessions(0) + server.sessions(1) > 0) client.sends("</stream:stream>");
    });
}

TEST_CASE("a login is told of the shutdown at any step, and is gone when the shutdown is over") {
    for (const unsigned home : {0U, 1U}) {
        for (const bool tls : {false, true}) {
            const std::size_t count = steps_of_login("", tls).size();
            for (std::size_t i = 0; i <= count; ++i) {
                INFO("home " << home << (tls ? ", TLS" : "") << ", after step " << i);
                stream_server server;
                const auto client = after(server, steps_of_login(server.user_at(home), tls), i, tls);
                server.shut_down(10s);
                REQUIRE(client->next() == "close system-shutdown");
                REQUIRE(client->next() == "gone");
            }
        }
    }
}
