// The control socket as a client on it meets it.

#include "gateway/control/control_server.hpp"

#include "gateway/control/control_client.hpp"
#include "gateway/control/control_request.hpp"
#include "gateway/net/unix_address.hpp"
#include "tests/support/running_shards.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

task<> joined(control_server* server) { co_await server->join(); }

// A server with two commands, as the application runs it.
class running_control {
public:
    explicit running_control(const std::filesystem::path& socket) {
        auto bound = control_server::bind(shards_.all().at(0), socket);
        REQUIRE(bound.has_value());
        server_ = std::move(*bound);
        server_->add("echo", [](const boost::json::object& request) {
            return boost::json::object{{"ok", true}, {"said", request.at("say")}};
        });
        server_->add("fail", [](const boost::json::object&) -> boost::json::object {
            throw std::runtime_error("on purpose");
        });
        server_->start();
    }
    ~running_control() { stop(); }
    running_control(const running_control&) = delete;
    running_control& operator=(const running_control&) = delete;

    void stop() {
        if (!server_) return;
        server_->stop();
        shards_.run(joined(server_.get()));
        shards_.all().stop();
        shards_.all().join();
        server_.reset();
    }

private:
    running_shards shards_;
    std::unique_ptr<control_server> server_;
};

// Bytes as they are.
class raw_client {
public:
    explicit raw_client(const std::filesystem::path& socket) : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        const auto address = net::unix_address::of(socket);
        connected_ = address && ::connect(fd_, address->generic(), address->size()) == 0;
    }
    ~raw_client() { ::close(fd_); }
    raw_client(const raw_client&) = delete;
    raw_client& operator=(const raw_client&) = delete;

    bool connected() const { return connected_; }
    void write(const std::string& bytes) const { ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
    std::string read_line() const {
        std::string line;
        for (char c = 0; ::recv(fd_, &c, 1, 0) == 1 && c != '\n';) line += c;
        return line;
    }
    bool at_end() const {
        char c = 0;
        return ::recv(fd_, &c, 1, 0) <= 0;
    }

private:
    int fd_;
    bool connected_ = false;
};

boost::json::object ask(const std::filesystem::path& socket, const boost::json::object& request) {
    const auto answer = ask_server(socket, request, std::chrono::seconds(30));
    REQUIRE(answer.has_value());
    return *answer;
}

}  // namespace

TEST_CASE("a command is answered over the socket, which only its user may open") {
    temporary_directory folder;
    running_control server(folder / "control");
    struct stat found{};
    REQUIRE(::stat((folder / "control").c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
    CHECK(ask(folder / "control", {{"command", "echo"}, {"say", "hi"}}).at("said").as_string() == "hi");
    server.stop();
    CHECK_FALSE(std::filesystem::exists(folder / "control"));
    const auto nobody = ask_server(folder / "control", {{"command", "echo"}}, std::chrono::seconds(30));
    REQUIRE(nobody.has_error());
    CHECK(nobody.error() == errc::closed);
}

TEST_CASE("requests on one connection are answered in their order, however they are cut") {
    temporary_directory folder;
    running_control server(folder / "control");
    const raw_client client(folder / "control");
    REQUIRE(client.connected());
    client.write(R"({"command":"echo","say":1})"
                 "\n"
                 R"({"command":"echo","say":2})"
                 "\n"
                 R"({"command":)");
    CHECK(client.read_line() == R"({"ok":true,"said":1})");
    CHECK(client.read_line() == R"({"ok":true,"said":2})");
    client.write("\"echo\",\"say\":3}\n");
    CHECK(client.read_line() == R"({"ok":true,"said":3})");
}

TEST_CASE("an unknown command, a failing one and nonsense are refused, and the connection goes on") {
    temporary_directory folder;
    running_control server(folder / "control");
    const raw_client client(folder / "control");
    client.write("nonsense\n");
    CHECK(client.read_line().starts_with(R"({"ok":false,"problems":["a request is a JSON object)"));
    client.write("{\"command\":\"dance\"}\n");
    CHECK(client.read_line() ==
          R"({"ok":false,"problems":["there is no command \"dance\" here; there are: echo, fail"]})");
    client.write("{\"command\":\"fail\"}\n");
    CHECK(client.read_line().starts_with(R"({"ok":false,"problems":["the command was not run)"));
    client.write("{\"command\":\"echo\",\"say\":null}\n");
    CHECK(client.read_line() == R"({"ok":true,"said":null})");
}

TEST_CASE("a request without an end is refused once it is too long") {
    temporary_directory folder;
    running_control server(folder / "control");
    const raw_client client(folder / "control");
    client.write(std::string(control_request::largest + 1, 'x'));
    CHECK(client.read_line() == R"({"ok":false,"problems":["the request is longer than 65536 bytes"]})");
    CHECK(client.at_end());
}

TEST_CASE("a connection that says nothing does not keep the server from stopping") {
    temporary_directory folder;
    running_control server(folder / "control");
    const raw_client silent(folder / "control");
    const raw_client half(folder / "control");
    half.write("{\"comm");
    ask(folder / "control", {{"command", "echo"}, {"say", 1}});
    server.stop();
    CHECK(silent.at_end());
    CHECK(half.at_end());
}

TEST_CASE("the socket of a server that was killed is replaced, anything else is left alone") {
    temporary_directory folder;
    {
        const auto address = net::unix_address::of(folder / "control");
        const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
        REQUIRE(::bind(left, address->generic(), address->size()) == 0);
        ::close(left);
    }
    runtime shards(1);
    {
        running_control server(folder / "control");
        const auto second = control_server::bind(shards.at(0), folder / "control");
        REQUIRE(second.has_error());
        CHECK(second.error().detail.ends_with("another process answers there"));
    }
    std::ofstream(folder / "control") << "precious";
    const auto third = control_server::bind(shards.at(0), folder / "control");
    REQUIRE(third.has_error());
    CHECK(third.error().detail.find("it is no socket") != std::string::npos);
    CHECK(std::filesystem::file_size(folder / "control") == 8);
}

TEST_CASE("a folder with a long name has a control socket too") {
    temporary_directory folder;
    const auto deep = folder / std::string(200, 'd');
    std::filesystem::create_directory(deep);
    running_control server(deep / "control");
    CHECK(ask(deep / "control", {{"command", "echo"}, {"say", 1}}).at("said") == 1);
}
