// What the server has acknowledged is there after it was killed, at whatever step.

#include "tests/scenarios/runner/xml_pattern.hpp"
#include "tests/scenarios/runner/xmpp_client.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

// The program as it is installed, in a process that can be killed.
class server_process {
public:
    explicit server_process(const std::filesystem::path& folder) : folder_(folder) {
        const auto addresses = folder_ / "data" / "addresses.json";
        std::filesystem::remove(addresses);
        std::ofstream(folder_ / "meerkat.toml")
            << "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\n"
               "loglevel = \"error\"\nshards = 2\nregistration_timeout = \"infinity\"\ndata_dir = \""
            << (folder_ / "data").string()
            << "\"\n[auth.internal]\n[auth.password]\nscram_iterations = 16\n"
               "[modules.mod_roster]\n[modules.mod_presence]\n[modules.mod_register]\n"
               "[[listen.c2s]]\nport = 0\nip_address = \"127.0.0.1\"\n";
        const std::string file = (folder_ / "meerkat.toml").string();
        process_ = ::fork();
        if (process_ == 0) {
            ::execl(MEERKAT_PROGRAM, MEERKAT_PROGRAM, "serve", "--config", file.c_str(), nullptr);
            ::_exit(127);
        }
        port_ = wait_for_port(addresses);
    }
    ~server_process() { kill(); }
    server_process(const server_process&) = delete;
    server_process& operator=(const server_process&) = delete;

    void kill() {
        if (process_ <= 0) return;
        ::kill(process_, SIGKILL);
        int status = 0;
        ::waitpid(process_, &status, 0);
        process_ = -1;
    }

    std::uint16_t port() const { return port_; }

private:
    // The file appears whole, once the server listens.
    std::uint16_t wait_for_port(const std::filesystem::path& addresses) const {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!std::filesystem::exists(addresses)) {
            int status = 0;
            if (::waitpid(process_, &status, WNOHANG) != 0)
                throw std::runtime_error("the server did not start");
            if (std::chrono::steady_clock::now() > deadline) throw silence("the server does not listen");
            std::this_thread::yield();
        }
        std::stringstream text;
        text << std::ifstream(addresses).rdbuf();
        const std::string all = text.str();
        const std::size_t place = all.find("\"port\": ");
        return static_cast<std::uint16_t>(std::stoi(all.substr(place + 8)));
    }

    std::filesystem::path folder_;
    pid_t process_ = -1;
    std::uint16_t port_ = 0;
};

void register_account(const server_process& server, const std::string& user, const std::string& password) {
    xmpp_client client(server.port(), transport::tcp);
    client.open();
    client.send("<iq xmlns='jabber:client' type='set' id='r'><query xmlns='jabber:iq:register'><username>" +
                user + "</username><password>" + password + "</password></query></iq>");
    REQUIRE(client.element().root().attr("type") == "result");
}

// Sends a request and returns with its acknowledgement; pushes pass by.
void ask(xmpp_client& client, const std::string& request) {
    client.send("<iq xmlns='jabber:client' type='set' id='ask'>" + request + "</iq>");
    for (;;) {
        const xml::document found = client.element();
        if (found.root().attr("id") != "ask") continue;
        INFO(describe(found));
        REQUIRE(found.root().attr("type") == "result");
        return;
    }
}

std::string item(const std::string& inside) {
    return "<query xmlns='jabber:iq:roster'><item " + inside + "/></query>";
}

void expect_roster(xmpp_client& client, const std::string& items) {
    client.send("<iq xmlns='jabber:client' type='get' id='g'><query xmlns='jabber:iq:roster'/></iq>");
    const xml::document found = client.element();
    INFO(describe(found));
    CHECK(matches(
        "<iq type='result' id='g' to='{*}'><query xmlns='jabber:iq:roster'>" + items + "</query></iq>",
        found.root()));
}

}  // namespace

TEST_CASE("what was acknowledged is there after kill -9, step by step") {
    temporary_directory folder;
    std::string password = "first";
    const struct {
        std::string request;
        std::string items;
        std::string password_after;
    } steps[] = {
        {item("jid='romeo@localhost' name='Romeo'"),
         "<item jid='romeo@localhost' name='Romeo' subscription='none'/>", "first"},
        {item("jid='nurse@localhost'"),
         "<item jid='nurse@localhost' subscription='none'/>"
         "<item jid='romeo@localhost' name='Romeo' subscription='none'/>",
         "first"},
        {item("jid='romeo@localhost' name='My Romeo'"),
         "<item jid='nurse@localhost' subscription='none'/>"
         "<item jid='romeo@localhost' name='My Romeo' subscription='none'/>",
         "first"},
        {"<query xmlns='jabber:iq:register'><username>juliet</username><password>second</password></query>",
         "<item jid='nurse@localhost' subscription='none'/>"
         "<item jid='romeo@localhost' name='My Romeo' subscription='none'/>",
         "second"},
        {item("jid='nurse@localhost' subscription='remove'"),
         "<item jid='romeo@localhost' name='My Romeo' subscription='none'/>", "second"},
    };
    {
        server_process server(folder.path());
        register_account(server, "juliet", password);
        server.kill();
    }
    for (const auto& step : steps) {
        INFO(step.request);
        {
            server_process server(folder.path());
            xmpp_client client(server.port(), transport::tcp);
            client.log_in("juliet", password, "balcony");
            ask(client, step.request);
            server.kill();
        }
        password = step.password_after;
        server_process server(folder.path());
        xmpp_client client(server.port(), transport::tcp);
        client.log_in("juliet", password, "balcony");
        expect_roster(client, step.items);
    }
    {
        server_process server(folder.path());
        xmpp_client client(server.port(), transport::tcp);
        client.log_in("juliet", password, "balcony");
        ask(client, "<query xmlns='jabber:iq:register'><remove/></query>");
        server.kill();
    }
    server_process server(folder.path());
    xmpp_client client(server.port(), transport::tcp);
    client.open();
    CHECK_FALSE(client.authenticate("juliet", password));
    register_account(server, "juliet", "third");
    xmpp_client again(server.port(), transport::tcp);
    again.log_in("juliet", "third", "balcony");
    expect_roster(again, "");
}

TEST_CASE("accounts that were acknowledged amid a kill are all there") {
    temporary_directory folder;
    int made = 0;
    {
        server_process server(folder.path());
        for (; made < 20; ++made) register_account(server, "user" + std::to_string(made), "secret");
        server.kill();
    }
    server_process server(folder.path());
    for (int i = 0; i < made; ++i) {
        xmpp_client client(server.port(), transport::tcp);
        CHECK_NOTHROW(client.log_in("user" + std::to_string(i), "secret", "x"));
    }
}
