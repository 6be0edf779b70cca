// Certificates by name, stapled responses, and the rest that a listener's files say.

#include "gateway/net/certificate_expiry.hpp"
#include "gateway/net/server_names.hpp"
#include "tests/unit/net/tls_peers.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <iterator>

using namespace meerkat;
using namespace meerkat::net;
using namespace meerkat::testing;

namespace {

using hours = std::chrono::hours;

std::string shown_to(SSL* client) {
    X509* const certificate = SSL_get0_peer_certificate(client);
    char name[256] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    return name;
}

task<> shows(shard& home, std::shared_ptr<const tls_context> context, std::string asked,
             std::string expected) {
    tls_connection c(home, std::move(context), std::make_shared<client_state>());
    const char* const name = asked.empty() ? nullptr : asked.c_str();
    SSL_set_tlsext_host_name(c.client->native(), name);
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
    INFO(asked);
    CHECK(shown_to(c.client->native()) == expected);
}

task<> staples(shard& home, tls_settings settings, std::string expected) {
    tls_connection c(home, settings);
    SSL_set_tlsext_status_type(c.client->native(), TLSEXT_STATUSTYPE_ocsp);
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
    const unsigned char* response = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(c.client->native(), &response);
    const std::string got(reinterpret_cast<const char*>(response),
                          size < 0 ? 0 : static_cast<std::size_t>(size));
    CHECK(got == expected);
}

task<> shakes_with_dhe(shard& home, tls_settings settings, bool expected) {
    tls_connection c(home, settings);
    c.client->version(TLS1_2_VERSION);
    SSL_set_cipher_list(c.client->native(), "DHE-RSA-AES128-GCM-SHA256");
    const bool shaken = co_await c.shake();
    CHECK(shaken == expected);
}

task<> shakes(shard& home, tls_settings settings) {
    tls_connection c(home, settings);
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
}

std::string content_of(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

certificate_span span_of(const tls_settings& settings) { return context_of(settings)->certificates_valid(); }

}  // namespace

TEST_CASE("names of certificates are compared as clients ask for them") {
    CHECK(server_name_pattern("Example.ORG") == "example.org");
    CHECK(server_name_pattern("*.Example.org") == "*.example.org");
    CHECK(server_name_pattern("b\xC3\xBC"
                              "cher.example") == "xn--bcher-kva.example");
    CHECK(server_name_pattern("*.B\xC3\x9C"
                              "CHER.example") == "*.xn--bcher-kva.example");
    CHECK_FALSE(server_name_pattern(""));
    CHECK_FALSE(server_name_pattern("*."));
    CHECK_FALSE(server_name_pattern("a..b"));
    CHECK_FALSE(server_name_pattern("a b"));
    CHECK_FALSE(server_name_pattern("chat.*.example"));
    CHECK(wildcard_over("chat.example.org") == "*.example.org");
    CHECK(wildcard_over("localhost").empty());
}

TEST_CASE("each name is shown its certificate, any other the default one") {
    tls_files files({.common_name = "default"});
    const made_certificate exact({.common_name = "exact"});
    const made_certificate wildcard({.common_name = "wildcard"});
    const made_certificate foreign({.common_name = "foreign"});
    tls_settings settings = files.settings();
    settings.certificates = {
        files.named({"example.org", "chat.example.org"}, exact),
        files.named({"*.example.org"}, wildcard),
        files.named({"xn--bcher-kva.example"}, foreign),
    };
    const auto context = context_of(settings);
    const std::pair<std::string, std::string> asked[] = {
        {"", "default"},
        {"example.org", "exact"},
        {"EXAMPLE.org", "exact"},
        {"example.org.", "exact"},
        {"chat.example.org", "exact"},
        {"muc.example.org", "wildcard"},
        {"a.muc.example.org", "default"},
        {"xn--bcher-kva.example", "foreign"},
        {"elsewhere.example", "default"},
    };
    for (const auto& [name, expected] : asked) {
        shard_runner runner;
        runner.run(shows(runner.home(), context, name, expected));
    }
}

TEST_CASE("a certificate of a name that cannot be used is named in the refusal") {
    const tls_files files;
    tls_settings settings = files.settings();
    settings.certificates = {{{"example.org"}, "/nonexistent/cert.pem", {}, {}}};
    const auto made = tls_context::make(settings);
    REQUIRE(made.has_error());
    CHECK(made.error().detail.find("/nonexistent/cert.pem") != std::string::npos);
}

TEST_CASE("a stapled response is shown as long as it is about the certificate and not over") {
    const made_certificate root({.common_name = "Root", .authority = true});
    const made_certificate own({.common_name = "localhost"}, &root);
    const tls_files files;
    tls_settings settings = files.settings();
    settings.certfile = files.put("own.pem", own.pem());
    settings.keyfile = files.put("own-key.pem", own.key_pem());
    const std::string good = root.ocsp_response(own, hours(24));
    const std::pair<std::string, std::string> cases[] = {
        {good, good},
        {root.ocsp_response(own, -hours(1)), ""},
        {root.ocsp_response(root, hours(24)), ""},
        {"nothing of the kind", ""},
    };
    for (const auto& [content, expected] : cases) {
        settings.ocsp_file = files.put("ocsp.der", content);
        shard_runner runner;
        runner.run(staples(runner.home(), settings, expected));
    }
}

TEST_CASE("DHE is served with the parameters of dhfile") {
    const made_certificate own({.common_name = "localhost", .rsa_bits = 2048});
    const tls_files files;
    tls_settings settings = files.settings();
    settings.certfile = files.put("own.pem", own.pem());
    settings.keyfile = files.put("own-key.pem", own.key_pem());
    settings.ciphers = "DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256";
    settings.versions = {"tlsv1.2"};
    {
        shard_runner runner;
        runner.run(shakes_with_dhe(runner.home(), settings, false));
    }
    settings.dhfile = files.put("dh.pem", dh_parameters());
    shard_runner runner;
    runner.run(shakes_with_dhe(runner.home(), settings, true));
}

TEST_CASE("session keys are written to the key log only where that is asked for") {
    const tls_files files;
    const std::string log = files.path("keys.log");
    ::setenv("SSLKEYLOGFILE", log.c_str(), 1);
    {
        shard_runner runner;
        runner.run(shakes(runner.home(), files.settings()));
    }
    CHECK(content_of(log).empty());
    tls_settings settings = files.settings();
    settings.keep_secrets = true;
    {
        shard_runner runner;
        runner.run(shakes(runner.home(), settings));
    }
    ::unsetenv("SSLKEYLOGFILE");
    const std::string kept = content_of(log);
    for (const char* label : {"CLIENT_HANDSHAKE_TRAFFIC_SECRET ", "SERVER_HANDSHAKE_TRAFFIC_SECRET ",
                              "CLIENT_TRAFFIC_SECRET_0 ", "SERVER_TRAFFIC_SECRET_0 "}) {
        CHECK(kept.find(label) != std::string::npos);
    }
}

TEST_CASE("the gauge counts the days of the certificate that expires first") {
    const auto now = std::chrono::system_clock::now();
    tls_files files({.end = now + hours(24 * 40)});
    const made_certificate shorter({.common_name = "shorter", .end = now + hours(24 * 20) + hours(1)});
    tls_settings settings = files.settings();
    settings.certificates = {files.named({"example.org"}, shorter)};
    CHECK(remaining_days(span_of(settings), now) == 20);
    CHECK(remaining_days(span_of(settings), now + hours(24 * 21)) == -1);
    CHECK(remaining_days(span_of(settings), now - hours(24)) == certificate_not_yet_valid);

    metrics::registry all;
    certificate_expiry expiry;
    expiry.shown(*context_of(settings));
    expiry.measure(all, {{"port", "5222"}});
    REQUIRE(all.read(certificate_gauge).size() == 1);
    CHECK(all.read(certificate_gauge)[0].value == 20);
    expiry.unreadable();
    CHECK(all.read(certificate_gauge)[0].value == certificate_unreadable);
}
