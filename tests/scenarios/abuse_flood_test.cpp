// Floods, of connections and on one connection: what they cost the server stays small, and clients that mean
// it are served meanwhile.

#include "tests/scenarios/runner/server_program.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/test_certificate.hpp"
#include "tests/support/websocket_bytes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <fstream>
#include <functional>
#include <netinet/in.h>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using namespace meerkat::testing;
using namespace std::chrono_literals;

namespace {

using std::chrono::steady_clock;

// Listeners for clients without TLS and with it, and one for HTTP, in this order.
class site {
public:
    site() {
        const std::string socket = "port = 0\nip_address = \"127.0.0.1\"\n";
        std::ofstream(folder_ / "meerkat.toml")
            << "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\nshards = 2\n"
               "loglevel = \"error\"\ndata_dir = \""
            << (folder_ / "data").string() << "\"\nregistration_timeout = \"infinity\"\n"
            << "[auth.internal]\n[modules.mod_register]\n"
               "[[listen.c2s]]\n"
            << socket << "state_timeout = 60000\n[[listen.c2s]]\n"
            << socket << "state_timeout = 60000\n[listen.c2s.tls]\nmode = \"tls\"\nverify_mode = \"none\"\n"
            << "certfile = \"" << certificate_.certfile() << "\"\nkeyfile = \"" << certificate_.keyfile()
            << "\"\n[[listen.http]]\n"
            << socket
            << "[[listen.http.handlers.mongoose_websocket_handler]]\nhost = \"_\"\npath = "
               "\"/ws-xmpp\"\n[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\npath = \"/\"\n";
    }
    const std::filesystem::path& folder() const { return folder_.path(); }

private:
    temporary_directory folder_;
    test_certificate certificate_{"SHA256", "localhost"};
};

const std::string upgrade =
    "GET /ws-xmpp HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: xmpp\r\n\r\n";

// Sockets that were connected and nothing more.
class crowd {
public:
    ~crowd() {
        for (const int fd : sockets_) ::close(fd);
    }
    // False when there can be no more.
    bool join(std::uint16_t port) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0) return false;
        sockets_.push_back(fd);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    }
    std::size_t size() const { return sockets_.size(); }

private:
    std::vector<int> sockets_;
};

// As many as can be, up to `most`: some descriptors are for everything else.
std::size_t affordable(std::size_t most) {
    rlimit bound{};
    if (::getrlimit(RLIMIT_NOFILE, &bound) != 0) return 500;
    bound.rlim_cur = bound.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &bound);
    return std::min<std::size_t>(most, bound.rlim_cur - 500);
}

std::chrono::milliseconds time_of(const std::function<void()>& work) {
    const auto began = steady_clock::now();
    work();
    return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began);
}

void register_and_log_in(std::uint16_t port, const std::string& name) {
    xmpp_client client(port, transport::tcp);
    client.open();
    client.send("<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>" + name +
                "</username><password>correct horse</password></query></iq>");
    client.element();
    REQUIRE(client.authenticate(name, "correct horse"));
    client.bind("x");
}

}  // namespace

TEST_CASE("fifteen thousand connections that say nothing cost little, and others are served") {
    const site place;
    const server_program server(place.folder());
    const std::size_t count = affordable(sanitized ? 900 : 15'000);
    register_and_log_in(server.port(0), "before");
    const auto before = server.taken();
    crowd silent;
    for (std::size_t i = 0; i < count; ++i) REQUIRE(silent.join(server.port(i % 3)));
    const auto served = time_of([&] { register_and_log_in(server.port(0), "amid"); });
    const auto after = server.taken();
    const std::size_t each = (after.resident_bytes - before.resident_bytes) / count;
    const auto processor = after.processor - before.processor;
    INFO(count << " connections: " << each << " bytes each, " << processor.count()
               << " ms of processor; a login among them took " << served.count() << " ms");
    if (!sanitized) {
        CHECK(each < 12'000);
        CHECK(processor < std::chrono::milliseconds(count));
    }
    CHECK(served < 10s);
}

TEST_CASE("what never ends is cut off and not kept, in every phase") {
    const site place;
    const server_program server(place.folder());
    register_and_log_in(server.port(0), "before");
    const std::string header(client_header);
    const std::string get = "GET / HTTP/1.1\r\nHost: localhost\r\n";
    const struct {
        std::string_view phase;
        std::size_t listener;
        std::string first;  // answered when `awaited` is not empty
        std::string_view awaited;
        std::string more;
        bool ends = true;  // else it may last as long as negotiation does: nothing of it is kept
    } phases[] = {
        {"opening tag", 0, "<stream:stream a='", "", "a"},
        {"attributes of the opening tag", 0, "<stream:stream", "", " a='b'"},
        {"white space before the stream", 0, "", "", " ", false},
        {"XML declaration", 0, "<?xml ", "", "a"},
        {"element before authentication", 0, header, "</stream:features>", "<auth>"},
        {"text before authentication", 0, header + "<auth>", "</stream:features>", "a"},
        {"attribute before authentication", 0, header + "<auth a='", "</stream:features>", "a"},
        {"white space before authentication", 0, header, "</stream:features>", " ", false},
        {"TLS of another kind", 1, "\x16\x03\x01\xff\xff", "", "a"},
        {"request line", 2, "GET /", "", "a"},
        {"field", 2, get + "A: ", "", "a"},
        {"fields", 2, get, "", "A: b\r\n"},
        {"empty lines before a request", 2, "", "", "\r\n"},
        {"body", 2, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n", "", "a"},
        {"chunks", 2, "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", "",
         "1\r\na\r\n"},
        {"WebSocket message", 2, upgrade + "\x81\xff\x3f\xff\xff\xff\xff\xff\xff\xff\1\1\1\1", "\r\n\r\n",
         "a"},
        {"WebSocket fragments", 2, upgrade, "\r\n\r\n", std::string("\x01\x81\0\0\0\0a", 7)},
        {"WebSocket pings", 2, upgrade, "\r\n\r\n", std::string("\x89\x80\0\0\0\0", 6), false},
    };
    for (const auto& each : phases) {
        INFO(each.phase);
        const auto before = server.taken();
        connection client(server.port(each.listener));
        client.write(each.first);
        std::string answer;
        while (!each.awaited.empty() && answer.find(each.awaited) == std::string::npos)
            REQUIRE(client.read(answer));
        std::string piece;
        while (piece.size() < 65536) piece += each.more;
        bool ended = false;
        std::size_t pieces = 0;
        for (; !ended && pieces < 1000; ++pieces) {
            client.write(piece);
            while (!ended && client.readable()) ended = !client.read(answer);
        }
        INFO(pieces << " pieces of 64 KiB; " << answer.substr(0, 500));
        if (each.ends) CHECK(ended);
        const auto after = server.taken();
        CHECK(after.processor - before.processor < 5s);
        if (!sanitized) CHECK(after.resident_bytes < before.resident_bytes + 3'000'000);
    }
    register_and_log_in(server.port(0), "after");
}

TEST_CASE("who pings over WebSocket before signing in and never reads is cut off, and no answers are kept") {
    const site place;
    const server_program server(place.folder());
    register_and_log_in(server.port(0), "before");
    const auto before = server.taken();
    connection client(server.port(2));
    client.write(upgrade);
    std::string piece, answer;
    while (piece.size() < 65536)
        piece += make_frame("", {.opcode = 9}) + make_frame(std::string(125, 'a'), {.opcode = 9});
    while (answer.find("\r\n\r\n") == std::string::npos) REQUIRE(client.read(answer));
    // More than the system holds for both sides. Once it is over, what is written is lost at once.
    for (int i = 0; i < 2000; ++i) client.write(piece);
    answer += client.read_all();
    INFO(answer.size() << " bytes of answers");
    CHECK(answer.size() < std::size_t{1000} * piece.size());
    const auto after = server.taken();
    CHECK(after.processor - before.processor < 5s);
    if (!sanitized) CHECK(after.resident_bytes < before.resident_bytes + 1'000'000);
    register_and_log_in(server.port(0), "after");
}

TEST_CASE("a flood of key updates ends its connection and no other") {
    const site place;
    const server_program server(place.folder());
    register_and_log_in(server.port(0), "before");
    connection flood(server.port(1));
    REQUIRE(flood.start_tls("xmpp-client"));
    const auto before = server.taken();
    int sent = 0;
    while (sent < 100'000 && flood.update_keys()) ++sent;
    INFO(sent << " key updates");
    CHECK(sent < 100'000);
    const auto after = server.taken();
    CHECK(after.processor - before.processor < 2s);
    if (!sanitized) CHECK(after.resident_bytes < before.resident_bytes + 4'000'000);
    register_and_log_in(server.port(0), "after");
}

TEST_CASE("nobody renegotiates TLS") {
    const site place;
    const server_program server(place.folder());
    connection client(server.port(1));
    REQUIRE(client.start_tls_1_2());
    CHECK_FALSE(client.renegotiate());
    register_and_log_in(server.port(0), "after");
}
