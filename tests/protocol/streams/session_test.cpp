// Streams at home: what opens a session, what it answers, what ends it.

#include "gateway/base/log.hpp"
#include "tests/protocol/streams/stream_server.hpp"
#include "tests/support/captured_log.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::chrono_literals;

namespace {

// The client is bound, and its session request is to come.
std::shared_ptr<fake_client> bound(stream_server& server, const std::string& user,
                                   client_options options = {}) {
    auto client = server.connect({}, std::move(options));
    for (const std::string& each : {opening_tag(), plain_auth(user), opening_tag(), bind_request("r")})
        client->sends(each);
    client->next("<iq type='result' id='b1'>");
    return client;
}

const std::string not_allowed =
    "<error code='405' type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";

access_options at_most(std::int64_t sessions) {
    access_options access;
    access.access["max_user_sessions"] = {{"all", sessions}};
    return access;
}

// A message waits here, and its sender's session with it.
struct stuck {
    std::promise<void> entered;
    event released;
    task<verdict> hold(session&, stanza&) {
        entered.set_value();
        co_await released.wait();
        co_return verdict::stop;
    }
};

}  // namespace

TEST_CASE("a replaced session that stays longer than replaced_wait_timeout is reported") {
    log::configure(log::level::warning, log::format::logfmt);
    stuck handler;
    stream_server server;
    auto general = std::make_shared<general_options>(*server.general.get());
    general->replaced_wait_timeout = 7000ms;
    server.general.set(std::move(general));
    server.at(1, [&] {
        server.all.at(1)
            .host_of("example.org")
            ->hooks.user_sends_message.on(phase::screen, handler, &stuck::hold);
        return true;
    });
    const std::string user = server.user_at(1);
    const auto older = server.sign_in(user, "balcony");
    older->sends("<message xmlns='jabber:client' to='" + user + "@example.org'/>");
    handler.entered.get_future().get();
    const auto newer = server.sign_in(user, "balcony");
    const auto reported = [&](std::chrono::milliseconds after) {
        captured_log log;
        server.pass(1, after);
        return log.text().find("what=replaced_session_lingers") != std::string::npos;
    };
    CHECK_FALSE(reported(3000ms));
    CHECK(reported(5000ms));
    server.at(1, [&] {
        handler.released.notify();
        return true;
    });
    REQUIRE(older->next() == "close conflict Replaced by new connection");
}

TEST_CASE("a resource taken anew replaces the older session, at once") {
    stream_server server;
    const std::string user = server.user_at(1);
    const auto older = server.sign_in(user, "balcony");
    const auto newer = server.sign_in(user, "balcony");
    REQUIRE(older->next() == "close conflict Replaced by new connection");
    REQUIRE(older->next() == "gone");
    REQUIRE(server.sessions(1) == 1);
    newer->sends("<iq xmlns='jabber:client' type='get' id='1'/>");
    REQUIRE(newer->next().starts_with("<iq type='error' id='1'"));
}

TEST_CASE("a session too many ends the oldest one") {
    stream_server server(at_most(2));
    const std::string user = server.user_at(1);
    const auto first = server.sign_in(user, "a");
    const auto second = server.sign_in(user, "b");
    const auto third = server.sign_in(user, "c");
    REQUIRE(first->next() == "close conflict Replaced by new connection");
    REQUIRE(first->next() == "gone");
    REQUIRE(second->silent());
    REQUIRE(third->silent());
    REQUIRE(server.sessions(1) == 2);
}

TEST_CASE("a user whom the access rule does not let in is told on the request, and the stream ends") {
    stream_server server;
    const std::string user = server.user_at(1);
    client_options nobody;
    nobody.access = "none";
    const auto old_style = bound(server, user, nobody);
    old_style->sends(session_request());
    REQUIRE(old_style->next() == "<iq type='error' id='s1'>" + not_allowed);
    REQUIRE(old_style->next() == "close");

    client_options modern = nobody;
    modern.backwards_compatible_session = false;
    const auto new_style = server.connect({}, modern);
    for (const std::string& each : {opening_tag(), plain_auth(user), opening_tag(), bind_request("r")})
        new_style->sends(each);
    REQUIRE(new_style->next("<iq") == "<iq type='error' id='b1'>" + not_allowed);
    REQUIRE(new_style->next() == "close");

    const auto straight_on = bound(server, user, nobody);
    straight_on->sends("<presence xmlns='jabber:client'/>");
    REQUIRE(straight_on->next() == "close not-authorized");
    REQUIRE(straight_on->next() == "gone");
    REQUIRE(server.sessions(1) == 0);
}

TEST_CASE("without a session request the first stanza opens the session and is not lost") {
    stream_server server;
    const std::string user = server.user_at(0);
    const auto client = bound(server, user);
    client->sends("<message xmlns='jabber:client' to='" + user + "@example.org/r' id='1'/>");
    REQUIRE(client->next() ==
            "<message to='" + user + "@example.org/r' id='1' from='" + user + "@example.org/r'/>");
    REQUIRE(server.sessions(0) == 1);
}

TEST_CASE("a resource that cannot be one is refused, an empty one is chosen") {
    stream_server server;
    const std::string user = server.user_at(1);
    const auto client = server.connect();
    for (const std::string& each : {opening_tag(), plain_auth(user), opening_tag()}) client->sends(each);
    client->next("attach 1");
    client->sends(bind_request(std::string(1024, 'x')));
    REQUIRE(client->next("<iq").starts_with("<iq type='error' id='b1'><error code='400'"));
    client->sends(bind_request(""));
    REQUIRE(client->next("<iq").find("<jid>" + user + "@example.org/") != std::string::npos);
}

TEST_CASE("stanzas find users at home on the same shard and on another") {
    stream_server server;
    const std::string here = server.user_at(0);
    const std::string there = server.user_at(1);
    const auto romeo = server.sign_in(here, "r");
    const auto juliet = server.sign_in(there, "j");
    romeo->sends("<message xmlns='jabber:client' to='" + there + "@example.org'><body>1</body></message>");
    REQUIRE(juliet->next() == "<message to='" + there + "@example.org' from='" + here +
                                  "@example.org/r'><body>1</body></message>");
    juliet->sends("<message xmlns='jabber:client' to='" + here + "@example.org/r'><body>2</body></message>");
    REQUIRE(romeo->next().find("<body>2</body>") != std::string::npos);
    juliet->sends("<iq xmlns='jabber:client' type='get' id='q' to='" + here +
                  "@example.org/none'><x xmlns='u'/></iq>");
    REQUIRE(juliet->next().find("service-unavailable") != std::string::npos);
    juliet->sends("<message xmlns='jabber:client' to='nobody@other.example' id='m'/>");
    REQUIRE(juliet->next().find("remote-server-not-found") != std::string::npos);
}

TEST_CASE("a client speaks only in its own name") {
    stream_server server;
    const std::string user = server.user_at(1);
    const auto client = server.sign_in(user, "r");
    const std::string self = user + "@example.org";
    for (const std::string& own : {self, self + "/r"}) {
        client->sends("<message xmlns='jabber:client' from='" + own + "' to='" + self + "/r'/>");
        REQUIRE(client->next().starts_with("<message from='" + self + "/r'"));
    }
    client->sends("<message xmlns='jabber:client' from='" + self + "/other' to='" + self + "'/>");
    REQUIRE(client->next() == "close invalid-from");
    REQUIRE(client->next() == "gone");
}

TEST_CASE("an open stream ignores what it does not know and answers what it cannot deliver") {
    stream_server server;
    const auto client = server.sign_in(server.user_at(1), "r");
    client->sends("<unknown xmlns='urn:other'/>");
    client->sends("<message xmlns='jabber:client' to='@' id='1'/>");
    REQUIRE(client->next().find("<error code='400' type='modify'><jid-malformed") != std::string::npos);
    client->sends("<iq xmlns='jabber:client' type='odd' id='2'/>");
    REQUIRE(client->next().find("<bad-request") != std::string::npos);
    client->sends("<iq xmlns='jabber:client' type='get' id='3' to='example.org'><x xmlns='u'/></iq>");
    REQUIRE(client->next().find("<feature-not-implemented") != std::string::npos);
    client->sends("<iq xmlns='jabber:client' type='result' id='4' to='@'/>");
    client->sends("<iq xmlns='jabber:client' type='get' id='5'><x xmlns='u'/></iq>");
    REQUIRE(client->next().find("id='5'") != std::string::npos);
}

TEST_CASE("an open stream ends by its closing tag, by a second opening tag, by what is no XML") {
    stream_server server;
    const std::string user = server.user_at(1);
    const std::vector<std::pair<std::string, std::string>> ends = {
        {"</stream:stream>", "close"},
        {opening_tag(), "close policy-violation"},
        {"!bad", "close xml-not-well-formed mismatched tag"},
        {"!lost", "close"},
        {"!overflow", "close resource-constraint too much unsent data"},
    };
    for (const auto& [event, end] : ends) {
        const auto client = server.sign_in(user, "r");
        client->sends(event);
        REQUIRE(client->next() == end);
        REQUIRE(client->next() == "gone");
    }
    REQUIRE(server.sessions(1) == 0);
}

TEST_CASE("an open session is not timed out; one that is not opened is") {
    stream_server server;
    const std::string user = server.user_at(1);
    const auto open = server.sign_in(user, "open");
    const auto closed = bound(server, user);
    server.pass(1, 10s);
    REQUIRE(closed->next() == "close connection-timeout");
    REQUIRE(closed->next() == "gone");
    REQUIRE(open->silent());
}

TEST_CASE("a session whose client takes nothing any more is cut off when the grace is over") {
    stream_server server;
    const std::string user = server.user_at(1);
    const auto client = server.connect({.close = channel_mode::hangs});
    for (const std::string& each : whole_login(user, "r")) client->sends(each);
    client->next("<iq type='result' id='s1'>");
    server.shut_down(0ms);
    REQUIRE(client->next() == "close system-shutdown");
    REQUIRE(client->next() == "abort");
    REQUIRE(client->next() == "gone");
    REQUIRE(server.live(1) == 0);
}

TEST_CASE("compression is offered where it is configured and the channel can, and held to its limits") {
    stream_server server;
    const std::string user = server.user_at(1);
    const std::string compress =
        "<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>";
    const std::string offer =
        "<compression xmlns='http://jabber.org/features/compress'><method>zlib</method></compression>";
    const std::string failed =
        "<failure xmlns='http://jabber.org/protocol/compress'><setup-failed/></failure>";
    const auto features_of = [&](const std::shared_ptr<fake_client>& client) {
        for (const std::string& each : {opening_tag(), plain_auth(user), opening_tag()}) client->sends(each);
        client->next("restart");
        return client->next("<features");
    };
    client_options options;
    options.hibernate_after = 7000ms;
    const auto client = server.connect({.compresses = true}, options, limit<std::size_t>(5000));
    REQUIRE(features_of(client).find(offer) != std::string::npos);
    client->sends(compress);
    REQUIRE(client->next() == "<compressed xmlns='http://jabber.org/protocol/compress'/>");
    REQUIRE(client->next() == "compress 5000 7000");
    client->sends(opening_tag());
    REQUIRE(client->next().starts_with("header"));
    REQUIRE(client->next("<features").find(offer) == std::string::npos);
    client->sends(compress);
    REQUIRE(client->next() == failed);
    for (const std::string& each : {bind_request("r"), session_request()}) client->sends(each);
    client->next("<iq type='result' id='s1'>");
    client->sends(compress);
    REQUIRE(client->next() == failed);
    client->sends("!garbled");
    REQUIRE(client->next() == "close undefined-condition compression_failed");

    const auto incapable = server.connect({}, {}, limit<std::size_t>(5000));
    REQUIRE(features_of(incapable).find(offer) == std::string::npos);
    incapable->sends(compress);
    REQUIRE(incapable->next() == failed);
    const auto unconfigured = server.connect({.compresses = true});
    REQUIRE(features_of(unconfigured).find(offer) == std::string::npos);
    unconfigured->sends(compress);
    REQUIRE(unconfigured->next() == failed);
}

TEST_CASE("as many stanzas may wait for a client as max_fsm_queue says") {
    stream_server server;
    const std::string user = server.user_at(1);
    client_options options;
    options.max_fsm_queue = 20;
    const auto client = server.connect({}, options);
    for (const std::string& each : whole_login(user, "r")) client->sends(each);
    REQUIRE(client->next("waiting") == "waiting 20");
    client->next("<iq type='result' id='s1'>");
    client->sends("!overflow");
    REQUIRE(client->next("close") == "close resource-constraint too much unsent data");
}
