#include "gateway/doctor/port_probe.hpp"
#include "gateway/doctor/ports.hpp"
#include "gateway/net/socket_address.hpp"
#include "tests/unit/app/doctor_fixture.hpp"

#include <netinet/in.h>
#include <unistd.h>

using namespace meerkat;
using namespace meerkat::doctor;

namespace {

const std::string listener = "[[listen.c2s]]\nport = 5222\nip_address = \"192.0.2.1\"\n";

lines said_of(const port_facts& port) {
    fake_world around;
    around.ports[5222] = port;
    return examined(examine_ports, around, listener);
}

port_facts facts(port_facts::state what) {
    port_facts port;
    port.what = what;
    return port;
}

// A socket of this process on a port that the system chose.
class open_port {
public:
    explicit open_port(const std::string& ip) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const auto address = net::make_socket_address(ip, 0);
        REQUIRE(::bind(fd_, address->generic(), address->size) == 0);
        REQUIRE(::listen(fd_, 1) == 0);
    }
    ~open_port() { ::close(fd_); }
    open_port(const open_port&) = delete;
    open_port& operator=(const open_port&) = delete;
    std::uint16_t number() const { return net::local_endpoint(fd_).port; }

private:
    int fd_;
};

}  // namespace

TEST_CASE("the doctor finds every listener's port free, and leaves out those that the system chooses") {
    fake_world around;
    CHECK(examined(examine_ports, around,
                   listener + "[[listen.c2s]]\nport = 0\n[[listen.http]]\nport = 5280\n"
                              "[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\n") ==
          lines{"fine: 192.0.2.1 port 5222 (listen.c2s, line 4): free [port_free]",
                "fine: 0.0.0.0 port 5280 (listen.http, line 9): free [port_free]"});
}

TEST_CASE("the doctor names the process that holds a port, as far as it may be known") {
    port_facts port = facts(port_facts::state::taken);
    CHECK(said_of(port) ==
          lines{"problem: 192.0.2.1 port 5222 (listen.c2s, line 4): in use by another process [port_taken]",
                "    find it with ss -ltnp 'sport = :5222' as root; stop it, or write another port or "
                "ip_address for "
                "this listener"});
    port.user = "prosody";
    CHECK(said_of(port).front() ==
          "problem: 192.0.2.1 port 5222 (listen.c2s, line 4): in use by another process of "
          "the user prosody [port_taken]");
    port.program = "lua5.4";
    port.process = 217;
    CHECK(
        said_of(port) ==
        lines{
            "problem: 192.0.2.1 port 5222 (listen.c2s, line 4): in use by lua5.4 (process 217) [port_taken]",
            "    stop it, or write another port or ip_address for this listener"});
}

TEST_CASE("a port that a running meerkat holds is no problem") {
    port_facts port = facts(port_facts::state::taken);
    port.program = "meerkat";
    port.process = 99;
    CHECK(said_of(port) ==
          lines{"fine: 192.0.2.1 port 5222 (listen.c2s, line 4): in use by meerkat (process 99), as it "
                "should be while the server runs [held_by_meerkat]"});
}

TEST_CASE("the doctor tells why a port cannot be bound") {
    CHECK(said_of(facts(port_facts::state::not_here)) ==
          lines{"problem: 192.0.2.1 port 5222 (listen.c2s, line 4): this machine does not have the address "
                "192.0.2.1 "
                "[address_not_here]",
                "    write an address that `ip address` shows, or \"0.0.0.0\" or \"::\" for all of them"});
    CHECK(said_of(facts(port_facts::state::forbidden)) ==
          lines{"problem: 192.0.2.1 port 5222 (listen.c2s, line 4): this user may not listen here "
                "[port_forbidden]",
                "    ask what restricts this machine (containers and security modules can)"});
    port_facts other = facts(port_facts::state::unusable);
    other.reason = "Address family not supported by protocol";
    CHECK(said_of(other) ==
          lines{"problem: 192.0.2.1 port 5222 (listen.c2s, line 4): cannot be bound: Address family "
                "not supported by protocol [port_unusable]",
                "    write another ip_address or port for this listener"});
}

TEST_CASE("for a privileged port the doctor says how the server gets the right") {
    fake_world around;
    around.ports[443] = facts(port_facts::state::forbidden);
    CHECK(
        examined(examine_ports, around, "[[listen.c2s]]\nport = 443\n") ==
        lines{
            "problem: 0.0.0.0 port 443 (listen.c2s, line 4): this user may not listen here [port_forbidden]",
            "    give the server the right to: AmbientCapabilities=CAP_NET_BIND_SERVICE in its systemd unit; "
            "or "
            "write a port above 1023"});
}

TEST_CASE("the probe finds the holder of a listening port, also of one bound to all addresses") {
    for (const char* ip : {"127.0.0.1", "0.0.0.0"}) {
        const open_port held(ip);
        const port_facts port = probe_port("127.0.0.1", held.number());
        CHECK(port.what == port_facts::state::taken);
        CHECK(port.process == ::getpid());
        CHECK(port.program.starts_with("unit_app"));
        CHECK_FALSE(port.user.empty());
    }
}

TEST_CASE("the probe tells a foreign address and text that is no address from a free port") {
    CHECK(probe_port("127.0.0.1", 0).what == port_facts::state::free);
    CHECK(probe_port("192.0.2.1", 0).what == port_facts::state::not_here);
    CHECK(probe_port("localhost", 0).what == port_facts::state::unusable);
}
