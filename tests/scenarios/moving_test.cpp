// Sessions move from the shard that accepted them to their user's home; the server's end is told on every
// transport; connections that come and go leave nothing behind.

#include "gateway/base/encoding.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"
#include "tests/support/sanitized.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <future>
#include <malloc.h>
#include <thread>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::string_literals;

namespace {

// What is in use, not what the allocator keeps: that follows the most there ever was at once.
std::size_t allocated_bytes() {
    const struct mallinfo2 all = ::mallinfo2();
    return all.uordblks + all.hblkhd;
}

// Returns when the server has noticed that everybody has left.
void wait_until_empty(test_server& server) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (server.live_streams() > 0) {
        if (std::chrono::steady_clock::now() > deadline) throw silence("streams are left over");
        std::this_thread::yield();
    }
}

void come_and_go(test_server& server, int times, const std::function<void(int)>& cycle) {
    for (int i = 0; i < times; ++i) cycle(i);
    // Connections are accepted in order and dealt to the two shards in turn: when these are answered, every
    // one before them has been seen.
    for (int shard = 0; shard < 2; ++shard) {
        connection last(server.port(transport::tcp));
        last.write(std::string(client_header) + "</stream:stream>");
        last.read_all();
    }
    wait_until_empty(server);
}

// What memory grows by, when as many have come and gone once more as had before.
void expect_flat(test_server& server, int times, const std::function<void(int)>& cycle) {
    come_and_go(server, times / 4, cycle);
    const std::size_t before = allocated_bytes();
    come_and_go(server, times - times / 4, cycle);
    const std::size_t after = allocated_bytes();
    INFO("allocated before " << before << ", after " << after);
    CHECK(server.live_streams() == 0);
    if (!sanitized) CHECK(after < before + 4 * 1024 * 1024);
}

const std::string plain_login = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" +
                                to_base64("\0juliet\0correct horse"s) + "</auth>";

}  // namespace

TEST_CASE("sessions live on another shard than the one that accepted them") {
    test_server server({.shards = 4});
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    std::vector<std::unique_ptr<xmpp_client>> clients;
    for (const transport how : all_transports) {
        const auto before = server.counters();
        // Connections are dealt round, and the user's home is one of four.
        for (int i = 0; i < 4; ++i) {
            clients.push_back(std::make_unique<xmpp_client>(server, how));
            clients.back()->log_in(test_user, test_password, std::to_string(clients.size()));
        }
        const auto after = server.counters();
        INFO(to_string(how));
        CHECK(after.logins - before.logins == 4);
        CHECK(after.moved_in - before.moved_in >= 1);
    }
    // They are all in one place, and all of them work.
    for (auto& each : clients) {
        each->send("<message xmlns='jabber:client' to='juliet@localhost/1' id='x'/>");
        CHECK(clients[0]->element().root().attr("id") == "x");
    }
}

TEST_CASE("a login sent in a single burst survives the move") {
    test_server server({.shards = 4});
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    const std::string burst =
        std::string(client_header) + plain_login + std::string(client_header) +
        "<iq type='set' id='b'><bind "
        "xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>balcony</resource></bind></iq>"
        "<iq type='set' id='s'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>"
        "<presence/><message id='m' to='juliet@localhost'><body>hi</body></message></stream:stream>";
    const std::string wanted =
        std::string(usual_header) + "<stream:features>{*}</stream:features>" +
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
        "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' id='{*}' from='localhost' "
        "to='juliet@localhost' xml:lang='en'><stream:features>{*}</stream:features>"
        "<iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
        "<jid>juliet@localhost/balcony</jid></bind></iq>"
        "<iq type='result' id='s'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>"
        "<presence {*}/><message {*}><body>hi</body></message></stream:stream>";
    for (const transport how : {transport::tcp, transport::tls}) {
        const auto before = server.counters();
        for (int i = 0; i < 8; ++i) {
            connection c(server.port(how));
            if (how == transport::tls) REQUIRE(c.start_tls());
            c.write(burst);
            const std::string found = c.read_all();
            INFO(to_string(how) << "\n" << found);
            CHECK(is_like(wanted, found));
        }
        CHECK(server.counters().moved_in - before.moved_in >= 1);
    }
}

TEST_CASE("a burst that fails to authenticate gets one failure for each attempt and no more") {
    test_server server({.shards = 2});
    connection c(server.port(transport::tls));
    REQUIRE(c.start_tls());
    c.write(std::string(client_header) + plain_login +
            std::string(client_header.substr(client_header.find("<stream"))) + "<iq type='set' id='b'/>");
    const std::string found = c.read_all();
    INFO(found);
    CHECK(
        is_like(std::string(usual_header) +
                    "<stream:features>{*}</stream:features><failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                    "<not-authorized/></failure>" +
                    stream_error_bytes("policy-violation"),
                found));
}

TEST_CASE("a server that stops tells everybody, at every stage and on every transport") {
    for (const unsigned shards : {1U, 2U, 4U}) {
        test_server server({.shards = shards});
        server.make_accounts({{std::string(test_user), std::string(test_password)}});
        std::vector<std::unique_ptr<xmpp_client>> clients;
        for (const transport how : all_transports) {
            for (const stage at : {stage::opened, stage::authenticated})
                clients.push_back(client_at(server, how, at));
            clients.push_back(std::make_unique<xmpp_client>(server, how));
            clients.back()->log_in(test_user, test_password, std::string(to_string(how)));
        }
        // Over BOSH the server can say something only to who has a request open.
        for (auto& each : clients) {
            if (each->carried_by() == transport::bosh) each->send({});
        }
        auto stopped = std::async(std::launch::async, [&] { server.stop(); });
        for (auto& each : clients) {
            INFO(to_string(each->carried_by()) << " with " << shards << " shards");
            const xml::document error = each->element();
            CHECK(matches(
                "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
                error.root()));
            CHECK(each->receive().what == received::kind::closed);
            const received end = each->receive();
            CHECK(end.what == received::kind::ended);
            if (is_websocket(each->carried_by())) CHECK(end.close_code == 1001);
        }
        clients.clear();
        stopped.get();
    }
}

TEST_CASE("ten thousand connections come and go and leave nothing behind") {
    test_server server({.shards = 2});
    const int times = sanitized ? 1000 : 10'000;
    expect_flat(server, times, [&](int i) {
        connection c(server.port(transport::tcp));
        if (i % 2 == 0) c.write(client_header);
        if (i % 3 == 0) c.reset();
    });
}

TEST_CASE("two thousand logins come and go and leave nothing behind") {
    test_server server({.shards = 2});
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    const int times = sanitized ? 200 : 2000;
    expect_flat(server, times, [&](int i) {
        const transport how = all_transports[static_cast<std::size_t>(i) % std::size(all_transports)];
        xmpp_client client(server, how);
        client.log_in(test_user, test_password, "balcony" + std::to_string(i % 16));
        client.send("<presence xmlns='jabber:client'/>");
        client.element();
        if (i % 3 == 0) {
            client.lose_connection();
        } else {
            client.close_stream();
        }
    });
}
