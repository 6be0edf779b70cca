// What options of the server and of its listeners change for those who come.

#include "gateway/base/log.hpp"
#include "tests/scenarios/runner/served_text.hpp"
#include "tests/scenarios/runner/server_program.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"
#include "tests/support/captured_log.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <fstream>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

class bare_socket {
public:
    bare_socket() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
    bare_socket(bare_socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    bare_socket& operator=(bare_socket&&) = delete;
    ~bare_socket() {
        if (fd_ >= 0) ::close(fd_);
    }

    // On any free port, which is returned.
    std::uint16_t listen_somewhere() const {
        sockaddr_in at = loopback(0);
        socklen_t size = sizeof at;
        REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
        REQUIRE(::listen(fd_, 1) == 0);
        REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
        return ntohs(at.sin_port);
    }

    void begin_connecting(std::uint16_t port) const {
        const sockaddr_in to = loopback(port);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
            REQUIRE(errno == EINPROGRESS);
    }
    bool connected(int patience) const {
        pollfd waiting{fd_, POLLOUT, 0};
        return ::poll(&waiting, 1, patience) == 1 && (waiting.revents & POLLERR) == 0;
    }

private:
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_port = htons(port);
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return at;
    }
    int fd_;
};

// How many of twenty clients get a connection while nobody accepts any. With `patience`, in milliseconds for
// each, those who may have to wait for the machine are counted too.
int held_with_backlog(int backlog, int patience) {
    const served_text server(listener("c2s") + "max_connections = 1\nbacklog = " + std::to_string(backlog) +
                             '\n');
    connection first(server.port());
    first.write(client_header);
    std::string answer;
    first.read(answer);  // it is accepted, and the listener is full
    std::vector<bare_socket> others(20);
    for (const bare_socket& each : others) each.begin_connecting(server.port());
    int held = 0;
    for (const bare_socket& each : others) held += each.connected(patience) ? 1 : 0;
    return held;
}

const std::string user(test_user);
const std::string password(test_password);

}  // namespace

TEST_CASE("a listener has the port that it is given, or the server does not start") {
    const bare_socket taken;
    const std::uint16_t port = taken.listen_somewhere();
    const std::string handler = "[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\n";
    for (const std::string kind : {"c2s", "http"}) {
        INFO(kind);
        const std::string rest = kind == "http" ? handler : "";
        const served_text server(listener(kind, "127.0.0.1", port) + rest);
        CHECK(server.refusal().find("127.0.0.1 port " + std::to_string(port)) != std::string::npos);
    }
}

TEST_CASE("a listener is reached at its address and at no other") {
    const served_text server(listener("c2s", "127.0.0.2") + listener("http", "127.0.0.3") +
                             "[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\n");
    CHECK_NOTHROW(connection(server.port(0), "127.0.0.2"));
    CHECK_NOTHROW(connection(server.port(1), "127.0.0.3"));
    for (const std::size_t each : {0U, 1U}) CHECK_THROWS(connection(server.port(each), "127.0.0.9"));
}

TEST_CASE("a listener holds as many waiting connections as its backlog says") {
    // The system may hold one more than it was told.
    CHECK(held_with_backlog(3, 0) <= 5);
    CHECK(held_with_backlog(100, 10'000) == 20);
}

TEST_CASE("a listener for clients that is full serves the next when one leaves") {
    test_server server({.c2s = "max_connections = 1\n"});
    server.make_accounts({{user, password}});
    xmpp_client first(server, transport::tcp);
    first.log_in(user, password, "first");
    // The one shard that there is takes new connections in between, if it does at all: it may serve the first
    // a hundred times before it looks for another.
    connection second(server.port(transport::tcp));
    second.write(client_header);
    for (int i = 0; i < 1000 && !second.readable(); ++i) {
        first.send("<iq type='get' id='p' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>");
        REQUIRE(first.element().root().attr("type") == "result");
    }
    CHECK_FALSE(second.readable());
    first.lose_connection();
    std::string answer;
    second.read(answer);
    CHECK(answer.starts_with("<?xml"));
}

TEST_CASE("the server speaks the language of its configuration") {
    test_server server({.general = "language = \"pl\"\n"});
    connection client(server.port(transport::tcp));
    client.write(client_header);
    client.write("</stream:stream>");
    CHECK(client.read_all().find(" xml:lang='pl'") != std::string::npos);
}

TEST_CASE("between two registrations from one address passes registration_timeout") {
    const auto register_two = [](const std::string& timeout) {
        test_server server({.general = "registration_timeout = " + timeout + "\n"});
        std::string outcomes;
        for (const std::string name : {"peter", "sampson"}) {
            xmpp_client client(server, transport::tcp);
            client.open();
            client.send("<iq type='set' id='r' to='localhost'><query xmlns='jabber:iq:register'><username>" +
                        name + "</username><password>" + password + "</password></query></iq>");
            outcomes += std::string(client.element().root().attr("type")) + ' ';
        }
        return outcomes;
    };
    CHECK(register_two("3600") == "result error ");
    CHECK(register_two("\"infinity\"") == "result result ");
}

TEST_CASE("an anonymous name belongs to one client, unless several are allowed") {
    for (const bool several : {false, true}) {
        test_server server({.auth = "methods = [\"internal\", \"anonymous\"]\n",
                            .sections = std::string("[auth.anonymous]\nprotocol = \"login_anon\"\n") +
                                        "allow_multiple_connections = " + (several ? "true\n" : "false\n")});
        xmpp_client first(server, transport::tcp);
        first.log_in("guest", "anything", "first");
        xmpp_client second(server, transport::tcp);
        second.open();
        REQUIRE(second.authenticate("guest", "something else"));
        second.bind("second");
        if (several) {
            second.open_session();
        } else {
            CHECK_THROWS(second.open_session());
        }
    }
}

TEST_CASE("log lines have the form that is asked for") {
    for (const std::string form : {"logfmt", "json"}) {
        const temporary_directory folder;
        std::ofstream(folder / "meerkat.toml")
            << "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\n"
               "loglevel = \"notice\"\nlog.format = \""
            << form << "\"\ndata_dir = \"" << (folder / "data").string() << "\"\n[auth.internal]\n"
            << listener("c2s");
        const server_program server(folder.path());
        server.wait_for_log(form == "json" ? "\"what\":\"ready\"" : "what=ready");
    }
}

TEST_CASE("a client that takes nothing loses its session when max_fsm_queue stanzas wait") {
    // Nothing that compression could shorten.
    std::string body;
    for (std::uint32_t state = 1; body.size() < 60'000; body += static_cast<char>('0' + (state >> 16) % 64))
        state = state * 1'664'525 + 1'013'904'223;
    for (char& c : body) c = c == '<' || c == '>' ? 'x' : c;
    test_server server({.client = "max_fsm_queue = 5\n"});
    log::configure(log::level::warning, log::format::logfmt);
    server.make_accounts({{user, password}, {"romeo", password}});
    for (const transport how : all_transports) {
        INFO(to_string(how));
        captured_log log;
        xmpp_client stubborn(server, how);
        const std::string jid = stubborn.log_in(user, password, "balcony");
        xmpp_client romeo(server, transport::tcp);
        romeo.log_in("romeo", password, "x");
        // Until messages come back because there is no session any more.
        int sent = 0;
        for (bool bounced = false; !bounced && sent < 2000; ++sent) {
            romeo.send(
                "<message to='" + jid + "'><body>" + body +
                "</body></message><iq type='get' id='p' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>");
            std::string_view name;
            for (xml::document answer; name != "iq";) {
                answer = romeo.element();
                name = answer.root().name();
                bounced = bounced || answer.root().attr("type") == "error";
            }
        }
        CHECK(sent < 2000);
        CHECK(log.text().find("stanzas=5") != std::string::npos);
        // What was sent before is whole, and then it is said why.
        xml::document last;
        for (int got = 0; got <= sent; ++got) {
            last = stubborn.element();
            if (last.root().name() == "error") break;
            REQUIRE(last.root().child_text("body", ns::client) == body);
        }
        INFO(describe(last));
        CHECK(matches(
            "<stream:error><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
            "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>too much unsent data</text>"
            "</stream:error>",
            last.root()));
        CHECK(stubborn.receive().what == received::kind::closed);
    }
}
