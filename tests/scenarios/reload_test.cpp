// What a reload changes for those who are connected, and for those who come after it.

#include "gateway/base/log.hpp"
#include "tests/scenarios/runner/chatting.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/test_certificate.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <future>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

using clock = std::chrono::steady_clock;
using lines = std::vector<std::string>;

const std::string user(test_user);
const std::string password(test_password);

std::string shaped(int rate) { return "[shaper.c2s]\nmax_rate = " + std::to_string(rate) + "\n"; }

// Sends that many requests at once and takes the answers.
void ask_and_take(xmpp_client& client, int count) {
    const std::string filler(300, 'x');
    std::string all;
    for (int i = 0; i < count; ++i)
        all += "<iq type='get' id='" + filler + "' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>";
    client.send(all);
    for (int i = 0; i < count; ++i) REQUIRE(client.element().root().attr("type") == "result");
}

}  // namespace

TEST_CASE("a connection sees another shaper rate, lower or higher") {
    server_settings settings{.client = "shaper = \"c2s\"\n", .sections = shaped(10'000'000)};
    for (const transport how : {transport::tcp, transport::tls}) {
        settings.sections = shaped(10'000'000);
        test_server server(settings);
        server.make_accounts({{user, password}});
        xmpp_client client(server, how);
        client.log_in(user, password, "x");
        ask_and_take(client, 20);

        settings.sections = shaped(4000);
        CHECK(server.reload(settings).changed == lines{"shaper.c2s.max_rate"});
        const auto before = clock::now();
        ask_and_take(client, 20);  // some 7,600 bytes
        ask_and_take(client, 1);
        CHECK(clock::now() - before > std::chrono::milliseconds(500));

        // A debt of minutes is paid at the new rate.
        settings.sections = shaped(10);
        CHECK(server.reload(settings).applied());
        settings.sections = shaped(10'000'000);
        auto later = std::async(std::launch::async, [&] { return server.reload(settings).applied(); });
        ask_and_take(client, 20);
        ask_and_take(client, 1);
        CHECK(later.get());
        CHECK(clock::now() - before < std::chrono::seconds(30));
    }
}

TEST_CASE("a listener may get another shaper, or none, for the connections it has") {
    server_settings settings{.client = "shaper = \"c2s\"\n", .sections = shaped(10)};
    settings.client = "shaper = \"none\"\n";
    test_server server(settings);
    server.make_accounts({{user, password}});
    xmpp_client tcp(server, transport::tcp);
    xmpp_client websocket(server, transport::websocket);
    tcp.log_in(user, password, "tcp");
    websocket.log_in(user, password, "websocket");
    settings.client = "shaper = \"c2s\"\n";
    settings.sections = shaped(2000);
    REQUIRE(server.reload(settings).applied());
    for (xmpp_client* each : {&tcp, &websocket}) {
        const auto before = clock::now();
        for (int i = 0; i < 12; ++i) ask_and_take(*each, 1);  // 4,500 bytes, of which 2,000 are free
        CHECK(clock::now() - before > std::chrono::milliseconds(500));
    }
    settings.client = "shaper = \"none\"\n";
    REQUIRE(server.reload(settings).applied());
    ask_and_take(tcp, 20);
    ask_and_take(websocket, 20);
}

TEST_CASE("who is no longer admitted gets no new session, and keeps the one there is") {
    const std::string all = "[[access.c2s]]\nacl = \"all\"\nvalue = \"allow\"\n";
    const std::string nobody = "[[access.c2s]]\nacl = \"all\"\nvalue = \"deny\"\n";
    server_settings settings{.shards = 2, .client = "access = \"c2s\"\n", .sections = all};
    test_server server(settings);
    server.make_accounts({{user, password}});
    xmpp_client inside(server, transport::tcp);
    inside.log_in(user, password, "inside");

    settings.sections = nobody;
    CHECK(server.reload(settings).changed == lines{"access.c2s[0].value"});
    for (const transport how : all_transports) {
        xmpp_client outside(server, how);
        outside.open();
        REQUIRE(outside.authenticate(user, password));
        outside.bind("outside");
        CHECK_THROWS(outside.open_session());
    }
    ask_and_take(inside, 1);

    settings.sections = all;
    REQUIRE(server.reload(settings).applied());
    xmpp_client again(server, transport::websocket);
    again.log_in(user, password, "again");
}

TEST_CASE("a host gets rules of its own by a reload, other rules, and none again") {
    const auto own = [](const std::string& value) {
        return "[[host_config]]\nhost = \"localhost\"\n[[host_config.access.members]]\nacl = \"all\"\nvalue "
               "= \"" +
               value + "\"\n[host_config.general]\nreplaced_wait_timeout = 3000\n";
    };
    server_settings settings{.shards = 2, .client = "access = \"members\"\n"};
    test_server server(settings);
    server.make_accounts({{user, password}});
    const auto admitted = [&] {
        xmpp_client client(server, transport::tcp);
        client.open();
        REQUIRE(client.authenticate(user, password));
        client.bind("x");
        client.send("<iq type='set' id='s'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>");
        return client.element().root().attr("type") == "result";
    };
    CHECK_FALSE(admitted());
    settings.sections = own("allow");
    CHECK(server.reload(settings).problems.empty());
    CHECK(admitted());
    using std::chrono::milliseconds;
    const auto patience = [&](std::string_view host) {
        return server.running().settings()->general.replaced_wait_timeout_of(host);
    };
    CHECK(patience("localhost") == milliseconds(3000));
    CHECK(patience("other.example") == milliseconds(2000));
    settings.sections = own("deny");
    CHECK(server.reload(settings).changed == lines{"host_config[localhost].access.members[0].value"});
    CHECK_FALSE(admitted());
    settings.sections = own("allow") + "[host_config.auth.anonymous]\n";
    CHECK_FALSE(server.reload(settings).applied());
    CHECK_FALSE(admitted());
    settings.sections.clear();
    CHECK(server.reload(settings).applied());
    CHECK(patience("localhost") == milliseconds(2000));
}

TEST_CASE("the log level and limits change") {
    server_settings settings;
    test_server server(settings);
    CHECK_FALSE(log::enabled(log::level::warning));
    settings.loglevel = "warning";
    settings.general = "replaced_wait_timeout = 5000\n";
    CHECK(server.reload(settings).changed == lines{"general.loglevel", "general.replaced_wait_timeout"});
    CHECK(log::enabled(log::level::warning));
    CHECK(server.running().settings()->general.replaced_wait_timeout == std::chrono::milliseconds(5000));
    settings.client = "max_stanza_size = 2000\n";
    REQUIRE(server.reload(settings).applied());
    server.make_accounts({{user, password}});
    xmpp_client client(server, transport::tcp);
    client.log_in(user, password, "x");
    client.send("<message to='juliet@localhost'><body>" + std::string(3000, 'x') + "</body></message>");
    CHECK(client.rest().find("policy-violation") != std::string::npos);
}

TEST_CASE("one option that needs a restart, and no other is changed either") {
    server_settings settings{.shards = 1};
    test_server server(settings);
    settings.shards = 2;
    settings.loglevel = "debug";
    settings.sections = shaped(10);
    const reload_report report = server.reload(settings);
    CHECK(report.problems == lines{"general.shards needs a restart"});
    CHECK(report.changed.empty());
    CHECK_FALSE(log::enabled(log::level::debug));
    CHECK(server.running().settings()->process.loglevel == log::level::error);
    settings.shards = 1;
    settings.registration = false;
    CHECK_FALSE(server.reload(settings).applied());
    settings.registration = true;
    CHECK(server.reload(settings).changed == lines{"general.loglevel", "shaper.c2s.max_rate"});
    CHECK(log::enabled(log::level::debug));
    settings.loglevel = "error";
    CHECK(server.reload(settings).applied());
}

TEST_CASE("a certificate or key that cannot be used leaves everything as it was") {
    server_settings settings;
    test_server server(settings);
    settings.loglevel = "debug";
    const auto refused = [&](const std::string& file) {
        const reload_report report = server.reload(settings);
        REQUIRE(report.problems.size() == 4);  // as many listeners
        for (const std::string& each : report.problems) {
            INFO(each);
            CHECK(each.find(file) != std::string::npos);
        }
        CHECK_FALSE(log::enabled(log::level::debug));
        connection client(server.port(transport::tls));
        REQUIRE(client.start_tls("xmpp-client"));
        CHECK(client.certificate_name() == "localhost");
    };
    std::ofstream(server.certfile()) << "no certificate";
    refused(server.certfile().string());
    // A certificate whose key is another one's.
    const test_certificate other("SHA256", "other");
    std::filesystem::copy_file(other.certfile(), server.certfile(),
                               std::filesystem::copy_options::overwrite_existing);
    refused(server.keyfile().string());
    std::filesystem::copy_file(other.keyfile(), server.keyfile(),
                               std::filesystem::copy_options::overwrite_existing);
    CHECK(server.reload(settings).applied());
    connection client(server.port(transport::tls));
    REQUIRE(client.start_tls("xmpp-client"));
    CHECK(client.certificate_name() == "other");
    settings.loglevel = "error";
    CHECK(server.reload(settings).applied());
}

TEST_CASE("reloads under load lose no message and no session") {
    const std::size_t sessions = sanitized ? 40 : 200;
    const int reloads = sanitized ? 40 : 200;
    server_settings first{
        .shards = 2,
        .client = "shaper = \"c2s\"\naccess = \"c2s\"\n",
        .sections = shaped(10'000'000) + "[[access.c2s]]\nacl = \"all\"\nvalue = \"allow\"\n"};
    server_settings second = first;
    second.loglevel = "critical";
    second.client = "shaper = \"none\"\naccess = \"all\"\nmax_stanza_size = 5000\nstate_timeout = 7000\n";
    second.sections = shaped(20'000'000) + "[[access.c2s]]\nacl = \"all\"\nvalue = \"deny\"\n";
    test_server server(first);

    chatting_users users(server, sessions);
    users.start();
    const auto begin = clock::now();
    int applied = 0;
    for (int i = 0; i < reloads; ++i) {
        const reload_report report = server.reload(i % 2 == 0 ? second : first);
        if (report.applied() && !report.changed.empty()) ++applied;
    }
    const auto took = clock::now() - begin;
    CHECK(applied == reloads);
    std::uint64_t said = 0;
    CHECK_NOTHROW(said = users.stop());
    CHECK(server.live_streams() == sessions);
    CHECK(server.counters().sessions_opened == sessions);
    INFO(reloads << " reloads in " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                 << " ms; meanwhile " << said << " messages between " << sessions << " sessions");
    CHECK(took < std::chrono::seconds(60));
}
