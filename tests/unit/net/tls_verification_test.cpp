#include "tests/unit/net/tls_peers.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace meerkat;
using namespace meerkat::net;
using namespace meerkat::testing;

namespace {

using days = std::chrono::hours;

// Authorities, and a client's certificate of each kind.
struct authorities {
    std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
    made_certificate root{{.common_name = "Root", .authority = true}};
    made_certificate intermediate{{.common_name = "Intermediate", .authority = true}, &root};
    made_certificate stranger{{.common_name = "Stranger", .authority = true}};
    made_certificate good{{.common_name = "good", .alternative_names = xmpp_address("juliet@localhost")},
                          &root};
    made_certificate chained{{.common_name = "chained"}, &intermediate};
    made_certificate unknown{{.common_name = "unknown"}, &stranger};
    made_certificate expired{{.common_name = "expired", .begin = now - days(48), .end = now - days(24)},
                             &root};
    made_certificate future{{.common_name = "future", .begin = now + days(24), .end = now + days(48)}, &root};
    made_certificate critical{{.common_name = "critical", .unknown_critical = true}, &root};
    made_certificate for_servers{{.common_name = "server", .extended_key_usage = "serverAuth"}, &root};
    made_certificate alone{{.common_name = "alone"}};
    made_certificate alone_expired{{.common_name = "alone", .begin = now - days(48), .end = now - days(24)}};
    made_certificate alone_critical{{.common_name = "alone", .unknown_critical = true}};
};

const authorities& everybody() {
    static const authorities made;
    return made;
}

struct judged {
    const char* description;
    const made_certificate* shown;  // null: none
    const made_certificate* intermediate = nullptr;
    verify_mode mode = verify_mode::peer;
    bool revocations = false;
    std::string refusal = {};  // empty: accepted
};

tls_settings settings_for(const tls_files& files, const judged& each, bool disconnect) {
    const authorities& a = everybody();
    tls_settings settings = files.settings();
    settings.cacertfile = files.put("ca.pem", a.root.pem());
    settings.verify = each.mode;
    settings.disconnect_on_failure = disconnect;
    if (each.revocations) {
        settings.crl_files = {
            files.put("root.crl", a.root.revocation_list({&a.future})),
            files.put("intermediate.crl", a.intermediate.revocation_list({&a.chained})),
        };
    }
    return settings;
}

task<> is_judged(shard& home, judged each, int version, bool disconnect) {
    const tls_files files;
    tls_connection c(home, settings_for(files, each, disconnect));
    c.client->version(version);
    if (each.shown != nullptr) c.client->show(*each.shown, each.intermediate);
    const bool shaken = co_await c.shake();
    INFO(each.description << " disconnect_on_failure " << disconnect);
    const bool accepted = each.refusal.empty();
    CHECK(shaken == (accepted || !disconnect));
    if (!shaken) co_return;
    const auto& certificate = c.server().tls()->certificate;
    if (each.shown == nullptr || each.mode == verify_mode::none) {
        CHECK(certificate == nullptr);
        co_return;
    }
    REQUIRE(certificate != nullptr);
    CHECK(certificate->refusal == each.refusal);
}

void check(const judged& each) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const bool disconnect : {true, false}) {
            shard_runner runner;
            runner.run(is_judged(runner.home(), each, version, disconnect));
        }
    }
}

task<> names_arrive(shard& home) {
    const tls_files files;
    tls_connection c(home, settings_for(files, {"", nullptr}, true));
    c.client->show(everybody().good);
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
    const auto certificate = c.server().tls()->certificate;
    REQUIRE(certificate != nullptr);
    CHECK(certificate->common_name == "good");
    CHECK(certificate->xmpp_addresses == std::vector<std::string>{"juliet@localhost"});
}

task<> asks_for_names(shard& home) {
    const tls_files files;
    tls_connection c(home, settings_for(files, {"", nullptr}, false));
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
    const STACK_OF(X509_NAME)* const told = SSL_get0_peer_CA_list(c.client->native());
    REQUIRE(sk_X509_NAME_num(told) == 1);
    CHECK(X509_NAME_cmp(sk_X509_NAME_value(told, 0), X509_get_subject_name(everybody().root.native())) == 0);
}

task<> trusts_the_system(shard& home, bool trusted) {
    const tls_files files;
    const std::string system = files.put("system.pem", everybody().root.pem());
    if (trusted) ::setenv("SSL_CERT_FILE", system.c_str(), 1);
    tls_settings settings = files.settings();
    settings.verify = verify_mode::peer;
    tls_connection c(home, settings);
    ::unsetenv("SSL_CERT_FILE");
    c.client->show(everybody().good);
    const bool shaken = co_await c.shake();
    CHECK(shaken == trusted);
}

}  // namespace

TEST_CASE("a client's certificate is accepted where its chain holds, and the handshake says so") {
    const authorities& a = everybody();
    const std::string no_issuer = "unable to get local issuer certificate";
    check({"of a trusted authority", &a.good});
    check({"by an intermediate authority", &a.chained, &a.intermediate});
    check({"by an intermediate authority that is not shown", &a.chained, nullptr, verify_mode::peer, false,
           no_issuer});
    check({"none", nullptr, nullptr, verify_mode::peer, false, "missing"});
    check({"of an unknown authority", &a.unknown, nullptr, verify_mode::peer, false, no_issuer});
    check({"expired", &a.expired, nullptr, verify_mode::peer, false, "certificate has expired"});
    check({"not yet valid", &a.future, nullptr, verify_mode::peer, false, "certificate is not yet valid"});
    check({"with an unknown critical extension", &a.critical, nullptr, verify_mode::peer, false,
           "unhandled critical extension"});
    check(
        {"of a server", &a.for_servers, nullptr, verify_mode::peer, false, "unsuitable certificate purpose"});
    check({"self-signed", &a.alone, nullptr, verify_mode::peer, false, "self-signed certificate"});
}

TEST_CASE("selfsigned_peer also takes a certificate that signs itself, if nothing else is wrong with it") {
    const authorities& a = everybody();
    constexpr auto mode = verify_mode::selfsigned_peer;
    check({"self-signed", &a.alone, nullptr, mode});
    check({"of a trusted authority", &a.good, nullptr, mode});
    check({"of an unknown authority", &a.unknown, nullptr, mode, false,
           "unable to get local issuer certificate"});
    check({"self-signed and expired", &a.alone_expired, nullptr, mode, false, "certificate has expired"});
    check({"self-signed, unknown critical extension", &a.alone_critical, nullptr, mode, false,
           "unhandled critical extension"});
    check({"none", nullptr, nullptr, mode, false, "missing"});
}

TEST_CASE("with verify_mode none certificates are not asked for") {
    check({"of an unknown authority", &everybody().unknown, nullptr, verify_mode::none});
    check({"none", nullptr, nullptr, verify_mode::none});
}

TEST_CASE("a revoked certificate of a client is refused, wherever in the chain the list stands") {
    const authorities& a = everybody();
    check({"not revoked", &a.good, nullptr, verify_mode::peer, true});
    check({"revoked by the intermediate authority", &a.chained, &a.intermediate, verify_mode::peer, true,
           "certificate revoked"});
}

TEST_CASE("an authority without a revocation list makes no client acceptable where lists are asked for") {
    const tls_files files;
    tls_settings settings = files.settings();
    settings.verify = verify_mode::peer;
    settings.cacertfile = files.put("ca.pem", everybody().root.pem());
    settings.crl_files = {files.put("other.crl", everybody().stranger.revocation_list({}))};
    const auto tries = [](shard& home, tls_settings how) -> task<> {
        tls_connection c(home, how);
        c.client->show(everybody().good);
        const bool shaken = co_await c.shake();
        CHECK_FALSE(shaken);
    };
    shard_runner runner;
    runner.run(tries(runner.home(), settings));
}

TEST_CASE("an accepted certificate's names are among the facts of the connection") {
    shard_runner runner;
    runner.run(names_arrive(runner.home()));
}

TEST_CASE("clients are told the authorities of cacertfile, to choose a certificate by") {
    shard_runner runner;
    runner.run(asks_for_names(runner.home()));
}

TEST_CASE("without cacertfile the authorities of the system are trusted") {
    for (const bool trusted : {true, false}) {
        shard_runner runner;
        runner.run(trusts_the_system(runner.home(), trusted));
    }
}

TEST_CASE("unusable authorities, revocation lists and parameters are named in the refusal") {
    const tls_files files;
    const std::string junk = files.put("junk.pem", "nothing of the kind");
    const auto refusal = [](const tls_settings& settings) {
        const auto made = tls_context::make(settings);
        REQUIRE(made.has_error());
        return made.error().detail;
    };
    tls_settings authority = files.settings();
    authority.verify = verify_mode::peer;
    authority.cacertfile = junk;
    CHECK(refusal(authority).find(junk) != std::string::npos);
    tls_settings list = files.settings();
    list.verify = verify_mode::peer;
    list.crl_files = {junk};
    CHECK(refusal(list).find(junk) != std::string::npos);
    tls_settings parameters = files.settings();
    parameters.dhfile = junk;
    CHECK(refusal(parameters).find(junk) != std::string::npos);
}
