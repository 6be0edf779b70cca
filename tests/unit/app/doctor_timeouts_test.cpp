#include "gateway/doctor/timeouts.hpp"
#include "tests/unit/app/doctor_fixture.hpp"

using namespace meerkat;
using namespace meerkat::doctor;

namespace {

const std::string all_proxies =
    "; a proxy in between may close the connection before: HAProxy (timeout client, "
    "usually 50 s), nginx (proxy_read_timeout, usually 60 s) and Apache (ProxyTimeout, "
    "usually 60 s) [silence]";
const std::string websocket_to_do =
    "    write ping_rate = 30000 there; anything below 50000 satisfies the usual proxies";

lines about(const std::string& more) {
    fake_world around;
    return examined(examine_timeouts, around, more);
}

std::string websocket(const std::string& options) {
    return "[[listen.http]]\nport = 5280\n[[listen.http.handlers.mongoose_websocket_handler]]\nhost = "
           "\"_\"\npath = "
           "\"/ws\"\n" +
           options;
}

std::string module_pings(int seconds) {
    return "[modules.mod_ping]\nsend_pings = true\nping_interval = " + std::to_string(seconds) + "\n";
}

}  // namespace

TEST_CASE("a WebSocket that is never pinged draws an advice") {
    CHECK(
        about(websocket("")) ==
        lines{
            "advice: the WebSocket handler (line 6): a silent client is not pinged, but cut off after 60 s" +
                all_proxies,
            websocket_to_do});
    CHECK(about(websocket("timeout = \"infinity\"\n")) ==
          lines{"advice: the WebSocket handler (line 6): a silent client is never pinged" + all_proxies,
                websocket_to_do});
}

TEST_CASE("pings of a WebSocket are held against each proxy's patience") {
    CHECK(about(websocket("ping_rate = 30000\n")) ==
          lines{"fine: the WebSocket handler (line 6): a silent client is pinged after 30 s [pings]"});
    CHECK(about(websocket("ping_rate = 55500\n")) ==
          lines{"advice: the WebSocket handler (line 6): a silent client is pinged after 55500 ms; a proxy "
                "in between "
                "may close the connection before: HAProxy (timeout client, usually 50 s) [silence]",
                websocket_to_do});
    CHECK(about(websocket("ping_rate = 60000\n")) ==
          lines{"advice: the WebSocket handler (line 6): a silent client is pinged after 60 s" + all_proxies,
                websocket_to_do});
}

TEST_CASE("a ping that comes after the timeout is none") {
    CHECK(about(websocket("timeout = 90000\nping_rate = 120000\n")) ==
          lines{"advice: the WebSocket handler (line 6): a silent client is cut off after 90 s, before the "
                "first ping, "
                "which is due after 120 s" +
                    all_proxies,
                websocket_to_do});
}

TEST_CASE("a server that cuts silent WebSockets off early is faster than any proxy") {
    CHECK(about(websocket("timeout = 20000\n")) ==
          lines{"fine: the WebSocket handler (line 6): a silent client is not pinged, but cut off after 20 s "
                "[pings]"});
}

TEST_CASE("the pings of mod_ping count for WebSockets too, and are examined for sockets") {
    const std::string c2s = "[[listen.c2s]]\nport = 5222\n";
    CHECK(about(websocket("") + module_pings(40)) ==
          lines{"fine: the WebSocket handler (line 6): a silent client is pinged after 40 s [pings]"});
    CHECK(about(c2s + module_pings(40)) ==
          lines{"fine: modules.mod_ping on TCP connections: a silent client is pinged after 40 s [pings]"});
    CHECK(about(c2s + module_pings(300)) ==
          lines{"advice: modules.mod_ping on TCP connections: a silent client is pinged after 300 s" +
                    all_proxies,
                "    write ping_interval = 30 there; anything below 50 satisfies the usual proxies"});
    CHECK(about(c2s + "[modules.mod_ping]\n").empty());
}
