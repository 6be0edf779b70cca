#include "tests/support/xmpp_fixture.hpp"
#include "xmpp/access/access_rules.hpp"
#include "xmpp/modules/register/registration_limit.hpp"
#include "xmpp/modules/register/registration_policy.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace meerkat;
using namespace meerkat::test;
using namespace std::chrono_literals;
using storage::pending;
using storage::subscription;

namespace {

constexpr std::string_view orchard = "romeo@example.org/orchard";

std::string set(std::string_view fields) {
    return "<iq type='set' id='r'><query xmlns='jabber:iq:register'>" + std::string(fields) + "</query></iq>";
}
std::string account(std::string_view name, std::string_view password) {
    return set("<username>" + std::string(name) + "</username><password>" + std::string(password) +
               "</password>");
}

// "result", or the condition of the error with its type.
std::string outcome_of(std::string_view answer) {
    if (answer.empty()) return "no answer";
    const xml::document got = parsed(answer);
    const xml::element* const error = got.root().child("error", "jabber:client");
    if (error == nullptr) return std::string(got.root().attr("type"));
    return std::string(error->first_child()->name()) + "/" + std::string(error->attr("type"));
}

std::string outcome(test_client& client, std::string_view request) {
    client.skip();
    client.send(request);
    for (const std::string& each : client.waiting()) {
        if (each.starts_with("<iq")) return outcome_of(each);
    }
    return "no answer";
}

modules_options registering(mod_register_options with = {}) {
    modules_options options;
    options.mod_register = std::move(with);
    return options;
}

general_options unlimited() {
    general_options general;
    general.registration_timeout = limit<std::chrono::seconds>::infinity();
    return general;
}

}  // namespace

TEST_CASE("a stranger is told what to fill in, and not who exists") {
    xmpp_fixture server(registering());
    server.accounts.keep("romeo@example.org");
    const auto wanted = parsed(
        "<iq type='result' id='g' from='example.org'><query "
        "xmlns='jabber:iq:register'><instructions>*</instructions>"
        "<username/><password/></query></iq>");
    for (const auto* name : {"", "<username>romeo</username>"}) {
        const std::string got = server.ask_unauthenticated(
            "<iq type='get' id='g'><query xmlns='jabber:iq:register'>" + std::string(name) + "</query></iq>");
        CHECK(same(wanted.root(), parsed(got).root()));
    }
}

TEST_CASE("a user is told that the account is registered") {
    xmpp_fixture server(registering());
    auto& romeo = server.connect(orchard);
    romeo.send("<iq type='get' id='g' to='example.org'><query xmlns='jabber:iq:register'/></iq>");
    romeo.receives(
        "<iq type='result' id='g' from='example.org' to='romeo@example.org/orchard'>"
        "<query "
        "xmlns='jabber:iq:register'><instructions>*</instructions><username>romeo</username><password/>"
        "<registered/></query></iq>");
}

TEST_CASE("a stranger registers and the server remembers") {
    xmpp_fixture server(registering());
    const std::string got = server.ask_unauthenticated(account("Nurse", "s3cret"));
    CHECK(outcome_of(got) == "result");
    CHECK(server.accounts.has("nurse@example.org"));
}

TEST_CASE("other iqs before authentication are not registration's") {
    xmpp_fixture server(registering());
    CHECK(
        server.ask_unauthenticated("<iq type='get' id='g'><query xmlns='jabber:iq:version'/></iq>").empty());
    CHECK(server.ask_unauthenticated("<iq type='get' id='g'/>").empty());
}

TEST_CASE("registration refuses what is not right") {
    mod_register_options options;
    options.password_strength = 32;
    xmpp_fixture server(registering(options), unlimited());
    server.accounts.keep("romeo@example.org");
    const auto ask = [&server](std::string_view request) {
        return outcome_of(server.ask_unauthenticated(request));
    };
    CHECK(ask(set("")) == "bad-request/modify");
    CHECK(ask(set("<unknown/>")) == "bad-request/modify");
    CHECK(ask(set("<username>a</username>")) == "bad-request/modify");
    CHECK(ask(set("<password>a</password>")) == "bad-request/modify");
    CHECK(ask(set("<remove/>")) == "bad-request/modify");
    CHECK(ask(account("a@b", "s3cretSECRET")) == "bad-request/modify");
    CHECK(ask(account("", "s3cretSECRET")) == "bad-request/modify");
    CHECK(ask(account("romeo", "s3cretSECRET")) == "conflict/cancel");
    CHECK(ask(account("nurse", "")) == "not-acceptable/modify");
    CHECK(ask(account("nurse", "abc")) == "not-acceptable/modify");
    server.accounts.mode = store_mode::fails;
    CHECK(ask(account("nurse", "s3cretSECRET")) == "internal-server-error/wait");
    CHECK_FALSE(server.accounts.has("nurse@example.org"));
}

TEST_CASE("a domain that is full says so") {
    auth_options auth;
    auth.max_users_per_domain = 1;
    xmpp_fixture server(registering(), {}, auth);
    server.accounts.keep("romeo@example.org");
    CHECK(outcome_of(server.ask_unauthenticated(account("nurse", "x"))) == "resource-constraint/wait");
}

TEST_CASE("one address registers once in a while, and failures do not count") {
    xmpp_fixture server(registering());
    server.accounts.keep("romeo@example.org");
    const auto ask = [&server](std::string_view name, std::string ip) {
        return outcome_of(server.ask_unauthenticated(account(name, "x"), std::move(ip)));
    };
    CHECK(ask("romeo", "127.0.0.1") == "conflict/cancel");
    CHECK(ask("a", "127.0.0.1") == "result");
    CHECK(ask("b", "127.0.0.1") == "resource-constraint/wait");
    CHECK(ask("b", "127.0.0.2") == "result");
}

TEST_CASE("the access rule and the networks decide who registers") {
    mod_register_options options;
    SECTION("nobody") {
        options.access = "nobody";
        xmpp_fixture server(registering(options));
        CHECK(outcome_of(server.ask_unauthenticated(account("a", "x"))) == "forbidden/auth");
        auto& romeo = server.connect(orchard);
        CHECK(outcome(romeo, account("a", "x")) == "forbidden/auth");
        CHECK(outcome(romeo, set("<remove/>")) == "not-allowed/cancel");
        CHECK(outcome(romeo, account("romeo", "x")) == "result");
    }
    SECTION("only one network") {
        options.ip_access = {{"10.1.0.0/16", ip_policy::allow}, {"0.0.0.0/0", ip_policy::deny}};
        xmpp_fixture server(registering(options));
        CHECK(outcome_of(server.ask_unauthenticated(account("a", "x"), "10.2.3.4")) == "forbidden/auth");
        CHECK(outcome_of(server.ask_unauthenticated(account("a", "x"), "10.1.3.4")) == "result");
    }
}

TEST_CASE("a user registers another account, once in a while") {
    xmpp_fixture server(registering());
    auto& romeo = server.connect(orchard);
    CHECK(outcome(romeo, account("mercutio", "x")) == "result");
    CHECK(server.accounts.has("mercutio@example.org"));
    CHECK(outcome(romeo, account("benvolio", "x")) == "resource-constraint/wait");
}

TEST_CASE("a user changes the own password") {
    mod_register_options options;
    options.password_strength = 32;
    xmpp_fixture server(registering(options));
    auto& romeo = server.connect(orchard);
    CHECK(outcome(romeo, account("ROMEO", "s3cretSECRET")) == "result");
    CHECK(server.accounts.changed_keys == 1);
    CHECK(outcome(romeo, account("romeo", "")) == "bad-request/modify");
    CHECK(outcome(romeo, account("romeo", "abc")) == "not-acceptable/modify");
    CHECK(server.accounts.changed_keys == 1);
}

TEST_CASE("only local users have business with registration") {
    xmpp_fixture server(registering());
    auto& romeo = server.connect(orchard);
    server.connect("juliet@example.org/balcony");
    romeo.send("<iq type='get' id='g' to='juliet@example.org'><query xmlns='jabber:iq:register'/></iq>");
    CHECK(outcome_of(romeo.waiting().front()) == "forbidden/auth");
}

TEST_CASE("a removed account is gone with its roster, its friends and its sessions") {
    xmpp_fixture server(registering());
    server.rosters.keep("romeo@example.org", contact("juliet@example.org", subscription::both));
    server.rosters.keep("juliet@example.org", contact("romeo@example.org", subscription::both));
    auto& romeo = server.online(orchard);
    auto& elsewhere = server.online("romeo@example.org/street");
    auto& juliet = server.online("juliet@example.org/balcony");
    CHECK(outcome(romeo, set("<remove/><username>romeo</username>")) == "bad-request/modify");
    juliet.skip();
    CHECK(outcome(romeo, set("<remove/>")) == "result");
    CHECK_FALSE(server.accounts.has("romeo@example.org"));
    CHECK(server.rosters.size_of("romeo@example.org") == 0);
    CHECK(server.rosters.find("juliet@example.org", "romeo@example.org")->subscription == subscription::none);
    for (const test_client* each : {&romeo, &elsewhere}) {
        REQUIRE(each->ended());
        CHECK(each->ended()->condition == stream_condition::conflict);
        CHECK(each->ended()->text == "User removed");
    }
    CHECK_FALSE(juliet.ended());
}

TEST_CASE("an account stays when what belongs to it cannot be removed") {
    xmpp_fixture server(registering());
    auto& romeo = server.online(orchard);
    server.rosters.mode = store_mode::fails;
    CHECK(outcome(romeo, set("<remove/>")) == "internal-server-error/wait");
    CHECK(server.accounts.has("romeo@example.org"));
    CHECK_FALSE(romeo.ended());
}

TEST_CASE("a new user is welcomed and the watchers are told") {
    mod_register_options options;
    options.welcome_message = welcome_message_options{"Hello", "Welcome here"};
    options.registration_watchers = {"admin@example.org"};
    xmpp_fixture server(registering(options));
    auto& admin = server.online("admin@example.org/desk");
    auto& nurse = server.online("nurse@example.org/kitchen");
    // A session of the name whose account is still to be made.
    test_client peter(server, "peter@example.org/stairs", "192.0.2.1");
    peter.send("<presence/>").skip();
    REQUIRE(server.ask_unauthenticated(account("peter", "x")).find("result") != std::string::npos);
    peter.receives(
        "<message type='normal' from='example.org' to='peter@example.org'><subject>Hello</subject>"
        "<body>Welcome here</body></message>");
    peter.disconnect();
    admin.receives("<message type='chat' from='example.org' to='admin@example.org'><body>*</body></message>");
    nurse.receives_nothing();
}

TEST_CASE("registration is offered before authentication only") {
    xmpp_fixture server(registering());
    xml::document features("features", "http://etherx.jabber.org/streams");
    server.at->hooks.stream_features.run_now(feature_offer{features.root(), true, true, "example.org"});
    CHECK(features.root().child_count() == 0);
    server.at->hooks.stream_features.run_now(feature_offer{features.root(), false, false, "example.org"});
    CHECK(features.root().child("register", "http://jabber.org/features/iq-register") != nullptr);
}

TEST_CASE("entropy grows with length and kinds of characters") {
    CHECK(password_entropy("") == 0.0);
    CHECK(password_entropy("aaaa") == Approx(4 * std::log2(26)));
    CHECK(password_entropy("aA1") == Approx(3 * std::log2(61)));
    CHECK(password_entropy("a!") == Approx(2 * std::log2(59)));
    CHECK(password_entropy("\xC3\xA9") == Approx(2 * std::log2(128)));
}

TEST_CASE("networks are tried in order, in both versions of IP") {
    const swapped<access_rules> rules(
        std::make_shared<const access_rules>(access_options{}, std::vector<std::string>{"example.org"}));
    mod_register_options options;
    options.ip_access = {{"192.0.2.128/25", ip_policy::deny},
                         {"2001:db8::/33", ip_policy::deny},
                         {"192.0.2.200", ip_policy::allow},
                         {"198.51.100.7", ip_policy::deny}};
    const registration_policy policy(options, rules);
    CHECK(policy.admits_address("192.0.2.1"));
    CHECK_FALSE(policy.admits_address("192.0.2.200"));
    CHECK_FALSE(policy.admits_address("::ffff:192.0.2.129"));
    CHECK_FALSE(policy.admits_address("2001:db8:7fff::1"));
    CHECK(policy.admits_address("2001:db8:8000::1"));
    CHECK_FALSE(policy.admits_address("198.51.100.7"));
    CHECK(policy.admits_address("198.51.100.8"));
    CHECK_FALSE(policy.admits_address("no address"));
}

TEST_CASE("a source may register again when its time is over") {
    registration_limit limit(std::chrono::seconds(600));
    const registration_limit::clock::time_point start{};
    CHECK(limit.admit("192.0.2.1", start));
    CHECK_FALSE(limit.admit("192.0.2.1", start + 599s));
    CHECK(limit.admit("192.0.2.2", start + 599s));
    CHECK(limit.admit("192.0.2.1", start + 600s));
    CHECK_FALSE(limit.admit("192.0.2.1", start + 601s));
}

TEST_CASE("an IPv6 network of 64 bits counts as one source") {
    registration_limit limit(std::chrono::seconds(600));
    CHECK(limit.admit("2001:db8:0:1::1"));
    CHECK_FALSE(limit.admit("2001:db8:0:1:ffff::2"));
    CHECK(limit.admit("2001:db8:0:2::1"));
}

TEST_CASE("what was taken back and admitted again keeps its own time") {
    registration_limit limit(std::chrono::seconds(600));
    const registration_limit::clock::time_point start{};
    CHECK(limit.admit("192.0.2.1", start));
    limit.take_back("192.0.2.1");
    CHECK(limit.admit("192.0.2.1", start + 100s));
    CHECK_FALSE(limit.admit("192.0.2.1", start + 650s));
    CHECK(limit.admit("192.0.2.1", start + 700s));
}

TEST_CASE("without a limit everybody registers as often as they like") {
    registration_limit limit(meerkat::limit<std::chrono::seconds>::infinity());
    CHECK(limit.admit("192.0.2.1"));
    CHECK(limit.admit("192.0.2.1"));
}
