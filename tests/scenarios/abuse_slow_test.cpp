// Clients that never finish: a byte now and then, in every phase in which the server waits for the rest of
// something before anybody has authenticated. Each is cut off in its time, however busy it looks, and others
// are served meanwhile.

#include "tests/scenarios/runner/stages.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <poll.h>
#include <string>
#include <vector>

using namespace meerkat::testing;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

using std::chrono::steady_clock;

constexpr auto pace = 100ms;    // between two bytes
constexpr auto patience = 60s;  // far more than any phase may take
constexpr auto body_deadline = 15s;
constexpr int negotiation = 500;  // of the listeners here, milliseconds

// The beginning of a TLS record that is never complete: a handshake message of 512 bytes.
const std::string torn_record = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s;

struct slow_client {
    std::string phase;
    std::unique_ptr<connection> socket;
    std::string bytes;                 // sent one by one,
    std::string filling;               // then this again and again
    std::chrono::milliseconds most{};  // the server may take

    std::size_t sent = 0;
    std::string answer;
    std::optional<steady_clock::duration> lasted;

    // What has come, and whether that was the end.
    void look(steady_clock::time_point began) {
        while (!lasted && socket->readable()) {
            if (!socket->read(answer)) lasted = steady_clock::now() - began;
        }
    }
    void dribble() {
        const char next = sent < bytes.size() ? bytes[sent] : filling[(sent - bytes.size()) % filling.size()];
        ++sent;
        socket->write({&next, 1});
    }
};

slow_client on(std::string phase, std::uint16_t port, std::string first, std::string filling,
               std::chrono::milliseconds most) {
    slow_client made;
    made.phase = std::move(phase);
    made.socket = std::make_unique<connection>(port);
    made.bytes = std::move(first);
    made.filling = std::move(filling);
    made.most = most;
    return made;
}

// A client whose socket was used up to a point where it turns slow.
slow_client after(std::string phase, std::uint16_t port, const std::string& sent, const std::string& awaited,
                  std::string next, std::string filling, std::chrono::milliseconds most) {
    slow_client made = on(std::move(phase), port, std::move(next), std::move(filling), most);
    made.socket->write(sent);
    std::string came;
    while (came.find(awaited) == std::string::npos) {
        if (!made.socket->read(came)) throw silence(made.phase + ": " + came);
    }
    return made;
}

// Waits until all have been cut off, and calls `meanwhile` between.
void run(std::vector<slow_client>& clients, const std::function<void()>& meanwhile) {
    const auto began = steady_clock::now();
    const auto waiting = [&clients] {
        std::size_t left = 0;
        for (const slow_client& each : clients) left += each.lasted ? 0 : 1;
        return left;
    };
    while (waiting() > 0 && steady_clock::now() - began < patience) {
        for (slow_client& each : clients) {
            each.look(began);
            if (!each.lasted) each.dribble();
        }
        meanwhile();
        ::poll(nullptr, 0, static_cast<int>(pace.count()));  // the pace is what is tested
    }
}

const std::string upgrade =
    "GET /ws-xmpp HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: xmpp\r\n\r\n";
// A text frame of 1,000 bytes, masked by zeros, up to its payload.
const std::string torn_frame = "\x81\xfe\x03\xe8\0\0\0\0"s;

}  // namespace

TEST_CASE("who sends a byte now and then is cut off in every phase, and others are served meanwhile") {
    test_server server({.client = "state_timeout = " + std::to_string(negotiation) + "\n"});
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    test_server proxied({.socket = "proxy_protocol = true\n"});
    const std::uint16_t tcp = server.port(transport::tcp);
    const std::uint16_t starttls = server.port(transport::starttls);
    const std::uint16_t http = server.port(transport::websocket);
    const std::string header(client_header);
    const std::string features = "</stream:features>";
    const auto step = std::chrono::milliseconds(negotiation);

    std::vector<slow_client> clients;
    clients.push_back(on("stream header", tcp, "<stream:stream a='", "a", step));
    clients.push_back(on("white space before the stream", tcp, " ", " ", step));
    clients.push_back(on("TLS handshake", server.port(transport::tls), torn_record, "\0"s, 10s));
    clients.push_back(after("element before authentication", tcp, header, features, "<auth a='", "a", step));
    clients.push_back(after("white space before authentication", tcp, header, features, " ", " ", step));
    clients.push_back(after("TLS handshake after STARTTLS", starttls,
                            header + "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed",
                            torn_record, "\0"s, 10s));
    clients.push_back(on("HTTP request line", http, "GET /", "a", 5s));
    clients.push_back(on("HTTP fields", http, "GET / HTTP/1.1\r\nHost: localhost\r\nA: ", "a", 5s));
    clients.push_back(after("HTTP, the second request", http, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                            "\r\n\r\n", "GET /", "a", 5s));
    clients.push_back(on("WebSocket handshake", http, upgrade.substr(0, 60), "a", 5s));
    const std::string post = "POST /http-bind HTTP/1.1\r\nHost: localhost\r\n";
    clients.push_back(after("body of BOSH", http,
                            post + "Content-Length: 60000\r\nExpect: 100-continue\r\n\r\n",
                            "100 Continue\r\n\r\n", "<body ", "a", body_deadline));
    clients.push_back(after("chunked body of BOSH", http,
                            post + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
                            "100 Continue\r\n\r\n", "", "1\r\na\r\n", body_deadline));
    clients.push_back(after("WebSocket frame", http, upgrade, "\r\n\r\n", torn_frame, "a", step));
    clients.push_back(after("WebSocket pings", http, upgrade, "\r\n\r\n", "", "\x89\x80\0\0\0\0"s, step));
    clients.push_back(on("PROXY header", proxied.port(transport::tcp), "PROXY TCP4 ", "1", 1s));
    clients.push_back(on("PROXY header before HTTP", proxied.port(transport::websocket), "PROXY ", "1", 1s));
    clients.push_back(on("PROXY header of version 2", proxied.port(transport::tls),
                         "\r\n\r\n\0\r\nQUIT\n\x21\x11\x02\0"s, "\0"s, 1s));

    int served = 0;
    run(clients, [&] {
        if (++served % 10 != 0) return;
        const auto asked = steady_clock::now();
        const auto client = client_at(server, transport::tcp, stage::established);
        CHECK(steady_clock::now() - asked < 5s);
    });
    CHECK(served > 10);
    for (const slow_client& each : clients) {
        INFO(each.phase << ", answered: " << each.answer);
        REQUIRE(each.lasted);
        // The wheel of deadlines is coarse, and the machine may be busy.
        CHECK(*each.lasted < each.most + 5s);
        if (each.most == body_deadline) {
            CHECK(each.answer.starts_with("HTTP/1.1 408 "));
            CHECK(
                each.answer.ends_with("<body xmlns='http://jabber.org/protocol/httpbind' type='terminate' "
                                      "condition='bad-request'/>"));
        }
        if (each.phase.starts_with("PROXY")) CHECK(each.answer.empty());
    }
    CHECK(server.live_streams() == 0);
}
