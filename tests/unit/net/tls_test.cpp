#include "gateway/base/digest.hpp"
#include "gateway/net/outbox.hpp"
#include "tests/support/test_certificate.hpp"
#include "tests/unit/net/tls_peers.hpp"

#include <catch2/catch.hpp>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <fstream>

using namespace meerkat;
using namespace meerkat::net;
using meerkat::testing::accept_into;
using meerkat::testing::shard_runner;
using meerkat::testing::test_certificate;
using connection = meerkat::testing::tls_connection;

namespace {

tls_settings settings_of(const test_certificate& certificate) {
    tls_settings settings;
    settings.certfile = certificate.certfile();
    settings.keyfile = certificate.keyfile();
    return settings;
}

std::string hash_of_certificate(SSL* client, const char* function) {
    X509* const certificate = SSL_get1_peer_certificate(client);
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    X509_digest(certificate, EVP_get_digestbyname(function), bytes, &size);
    X509_free(certificate);
    return {reinterpret_cast<const char*>(bytes), size};
}

task<> talks(shard& home, int version, const char* name) {
    const test_certificate certificate;
    connection c(home, settings_of(certificate));
    c.client->version(version);
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
    const tls_facts* const facts = c.server().tls();
    REQUIRE(facts != nullptr);
    REQUIRE(facts->version == name);
    REQUIRE(facts->server_name == "localhost");
    REQUIRE(facts->alpn.empty());

    c.client->write("hello");
    const bool readable = co_await c.server().readable();
    REQUIRE(readable);
    char buffer[3];
    REQUIRE(c.server().read(buffer).bytes == 3);
    REQUIRE(c.server().has_pending());
    REQUIRE(c.server().read(buffer).bytes == 2);
    REQUIRE_FALSE(c.server().has_pending());
    REQUIRE(c.server().read(buffer).status == io_status::would_block);

    const std::string_view pieces[] = {"one ", "", "two ", "three"};
    REQUIRE(c.server().write(pieces).bytes == 13);
    const std::string got = co_await c.client->read(13);
    REQUIRE(got == "one two three");
    REQUIRE(SSL_get_shutdown(c.client->native()) == 0);
    c.server().shutdown_write();
    const std::string rest = co_await c.client->read(1);
    REQUIRE(rest.empty());
    REQUIRE(SSL_get_shutdown(c.client->native()) == SSL_RECEIVED_SHUTDOWN);
    SSL_shutdown(c.client->native());
    co_await testing::turns(2);
    REQUIRE(c.server().read(buffer).status == io_status::end);
}

task<> binds(shard& home, int version) {
    const test_certificate certificate;
    connection c(home, settings_of(certificate));
    c.client->version(version);
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
    REQUIRE(c.server().channel_binding("tls-exporter") == c.client->exporter());
    REQUIRE(c.server().channel_binding("tls-server-end-point") ==
            hash_of_certificate(c.client->native(), "SHA256"));
    if (version == TLS1_2_VERSION) {
        REQUIRE(c.server().channel_binding("tls-unique") == c.client->finished());
    } else {
        REQUIRE_FALSE(c.server().channel_binding("tls-unique"));
    }
    REQUIRE_FALSE(c.server().channel_binding("tls-unheard-of"));
}

task<> binds_without_extended_secret(shard& home) {
    const test_certificate certificate("SHA384");
    connection c(home, settings_of(certificate));
    c.client->version(TLS1_2_VERSION);
    SSL_set_options(c.client->native(), SSL_OP_NO_EXTENDED_MASTER_SECRET);
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
    REQUIRE_FALSE(c.server().channel_binding("tls-exporter"));
    REQUIRE(c.server().channel_binding("tls-server-end-point") ==
            hash_of_certificate(c.client->native(), "SHA384"));
}

task<> negotiates(shard& home, std::string offer, bool expected, std::string chosen) {
    const test_certificate certificate;
    tls_settings settings = settings_of(certificate);
    settings.alpn = {"xmpp-client", "http/1.1"};
    connection c(home, settings);
    if (!offer.empty()) c.client->offer(offer);
    const bool shaken = co_await c.shake();
    REQUIRE(shaken == expected);
    if (expected) REQUIRE(c.server().tls()->alpn == chosen);
}

task<> refuses_version(shard& home, int version, tls_settings settings) {
    connection c(home, settings);
    SSL_set_security_level(c.client->native(), 0);
    SSL_set_cipher_list(c.client->native(), "ALL");
    c.client->version(version);
    const bool shaken = co_await c.shake();
    REQUIRE_FALSE(shaken);
    REQUIRE(c.outcome.error().code == errc::unavailable);
}

task<> refuses_plain(shard& home) {
    const test_certificate certificate;
    connection c(home, settings_of(certificate));
    const std::string_view hello = "<?xml version='1.0'?><stream:stream>";
    c.client->stream().write({&hello, 1});
    c.group.spawn_closable(accept_into(std::move(c.waiting), c.context, c.outcome));
    co_await c.group.join();
    REQUIRE(c.outcome.has_error());
    REQUIRE(c.outcome.error().code == errc::unavailable);
}

task<> runs_out_of_time(shard& home) {
    const test_certificate certificate;
    connection c(home, settings_of(certificate));
    c.group.spawn_closable(accept_into(std::move(c.waiting), c.context, c.outcome));
    co_await testing::turns(3);
    REQUIRE(c.group.size() == 1);
    testing::pass(milliseconds{5000});
    co_await c.group.join();
    REQUIRE(c.outcome.error().code == errc::timed_out);
    char byte[1];
    REQUIRE(c.client->stream().read(byte).status == io_status::end);
}

task<> moves_between_event_loops(shard& home) {
    const test_certificate certificate;
    connection c(home, settings_of(certificate));
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
    c.client->write("hello");
    const bool readable = co_await c.server().readable();
    REQUIRE(readable);
    char buffer[8];
    REQUIRE(c.server().read(std::span(buffer, 2)).bytes == 2);
    c.server().detach();
    c.server().attach(home);
    REQUIRE(c.server().has_pending());
    REQUIRE(c.server().read(buffer).bytes == 3);
    const std::string_view answer = "still here";
    c.server().write({&answer, 1});
    const std::string got = co_await c.client->read(10);
    REQUIRE(got == "still here");
}

task<> sends_much(shard& home) {
    const test_certificate certificate;
    connection c(home, settings_of(certificate));
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
    std::string sent;
    outbox out(c.server(), 16 << 20);
    for (int i = 0; sent.size() < (4 << 20); ++i) {
        const std::string block(7'001, static_cast<char>('a' + i % 26));
        sent += block;
        REQUIRE(out.append(block));
    }
    REQUIRE_FALSE(out.empty());
    const std::string got = co_await c.client->read(sent.size());
    REQUIRE(got == sent);
    REQUIRE(out.settle());
}

}  // namespace

TEST_CASE("TLS 1.2 carries bytes both ways and closes properly") {
    shard_runner runner;
    runner.run(talks(runner.home(), TLS1_2_VERSION, "TLSv1.2"));
}

TEST_CASE("TLS 1.3 carries bytes both ways and closes properly") {
    shard_runner runner;
    runner.run(talks(runner.home(), TLS1_3_VERSION, "TLSv1.3"));
}

TEST_CASE("channel bindings agree with the client's") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        shard_runner runner;
        runner.run(binds(runner.home(), version));
    }
}

TEST_CASE("without the extended master secret TLS 1.2 has no exporter binding") {
    shard_runner runner;
    runner.run(binds_without_extended_secret(runner.home()));
}

TEST_CASE("ALPN chooses by the server's preference and refuses a client with nothing in common") {
    using namespace std::string_literals;
    const std::tuple<std::string, bool, std::string> offers[] = {
        {"\x08http/1.1\x0bxmpp-client"s, true, "xmpp-client"},
        {"\x02h2\x08http/1.1"s, true, "http/1.1"},
        {"\x02h2"s, false, ""},
        {"", true, ""},
    };
    for (const auto& [offer, expected, chosen] : offers) {
        shard_runner runner;
        runner.run(negotiates(runner.home(), offer, expected, chosen));
    }
}

TEST_CASE("versions that are old or not configured are refused") {
    const test_certificate certificate;
    tls_settings only_12 = settings_of(certificate);
    only_12.versions = {"tlsv1.2"};
    tls_settings only_13 = settings_of(certificate);
    only_13.versions = {"tlsv1.3"};
    tls_settings suites_13 = settings_of(certificate);
    suites_13.ciphers = "TLS_AES_256_GCM_SHA384";
    const std::pair<int, tls_settings> refused[] = {
        {TLS1_VERSION, settings_of(certificate)},
        {TLS1_1_VERSION, settings_of(certificate)},
        {TLS1_3_VERSION, only_12},
        {TLS1_2_VERSION, only_13},
        {TLS1_2_VERSION, suites_13},
    };
    for (const auto& [version, settings] : refused) {
        shard_runner runner;
        runner.run(refuses_version(runner.home(), version, settings));
    }
}

TEST_CASE("a plain-text client on a TLS port is turned away") {
    shard_runner runner;
    runner.run(refuses_plain(runner.home()));
}

TEST_CASE("a handshake that takes too long ends and closes the connection") {
    shard_runner runner;
    runner.run(runs_out_of_time(runner.home()));
}

TEST_CASE("a TLS connection moves with the bytes it holds") {
    shard_runner runner;
    runner.run(moves_between_event_loops(runner.home()));
}

TEST_CASE("an outbox over TLS waits for a slow peer and loses nothing") {
    shard_runner runner;
    runner.run(sends_much(runner.home()));
}

TEST_CASE("an unusable certificate, key, cipher list or version is named in the refusal") {
    const test_certificate certificate;
    const test_certificate other;
    const auto refusal = [](const tls_settings& settings) {
        const auto made = tls_context::make(settings);
        REQUIRE(made.has_error());
        REQUIRE(made.error().code == errc::invalid);
        return made.error().detail;
    };
    tls_settings absent = settings_of(certificate);
    absent.certfile = "/nonexistent/cert.pem";
    REQUIRE(refusal(absent).find("/nonexistent/cert.pem") != std::string::npos);
    tls_settings keyless = settings_of(certificate);
    keyless.keyfile = "/nonexistent/key.pem";
    REQUIRE(refusal(keyless).find("/nonexistent/key.pem") != std::string::npos);
    tls_settings foreign = settings_of(certificate);
    foreign.keyfile = other.keyfile();
    REQUIRE_FALSE(refusal(foreign).empty());
    tls_settings ciphers = settings_of(certificate);
    ciphers.ciphers = "NO-SUCH-CIPHER";
    REQUIRE(refusal(ciphers).find("NO-SUCH-CIPHER") != std::string::npos);
    tls_settings version = settings_of(certificate);
    version.versions = {"tlsv1.1"};
    REQUIRE(refusal(version).find("tlsv1.1") != std::string::npos);
    tls_settings contradiction = settings_of(certificate);
    contradiction.ciphers = "TLS_AES_256_GCM_SHA384";
    contradiction.versions = {"tlsv1.2"};
    REQUIRE_FALSE(refusal(contradiction).empty());
}

TEST_CASE("certificate and key may share a file") {
    const test_certificate certificate;
    const std::string both = certificate.certfile() + ".both";
    std::ofstream(both) << std::ifstream(certificate.certfile()).rdbuf()
                        << std::ifstream(certificate.keyfile()).rdbuf();
    tls_settings settings;
    settings.certfile = both;
    REQUIRE(tls_context::make(settings).has_value());
}
