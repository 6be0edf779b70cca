// What the server has acknowledged is there after it was killed, at whatever step.

#include "tests/scenarios/runner/server_program.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"
#include "tests/scenarios/runner/xmpp_client.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

const std::filesystem::path& with_file(const std::filesystem::path& folder) {
    std::ofstream(folder / "meerkat.toml")
        << "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\n"
           "loglevel = \"error\"\nshards = 2\nregistration_timeout = \"infinity\"\ndata_dir = \""
        << (folder / "data").string()
        << "\"\n[auth.internal]\n[auth.password]\nscram_iterations = 16\n"
           "[modules.mod_roster]\n[modules.mod_presence]\n[modules.mod_register]\n"
           "[[listen.c2s]]\nport = 0\nip_address = \"127.0.0.1\"\n";
    return folder;
}

class server_process : public server_program {
public:
    explicit server_process(const std::filesystem::path& folder) : server_program(with_file(folder)) {}
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
