// What the options of TLS do that concern names, sessions and revocation, on every kind of listener.

#include "tests/scenarios/runner/served_text.hpp"
#include "tests/scenarios/runner/tls_site.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <stdlib.h>

using namespace meerkat::testing;

namespace {

std::string content_of(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("each domain of a listener has its own certificate") {
    const tls_site site({.common_name = "default"});
    const made_certificate other({.common_name = "other"});
    const made_certificate starred({.common_name = "starred"});
    const std::string other_files = "certfile = " + site.put("other.pem", other.pem()) +
                                    "\nkeyfile = " + site.put("other-key.pem", other.key_pem("locked")) +
                                    "\npassword = \"locked\"\n";
    const std::string starred_files =
        "certfile = " + site.put("starred.pem", starred.pem() + starred.key_pem()) + "\n";
    const served_text server(site.listeners(anybody, [&](const std::string& table) {
        return "[[" + table + ".certificates]]\ndomains = [\"B\\u00fccher.example\", \"other.example\"]\n" +
               other_files + "[[" + table + ".certificates]]\ndomains = [\"*.example.org\"]\n" +
               starred_files;
    }));
    REQUIRE(server.refusal().empty());
    const std::pair<const char*, std::string> names[] = {
        {"xn--bcher-kva.example", "other"}, {"OTHER.example", "other"},   {"chat.example.org", "starred"},
        {"example.org", "default"},         {"somewhere.org", "default"},
    };
    for (const dialogue& each : dialogues) {
        for (const auto& [asked, shown] : names) {
            tuned_client client;
            client.prepare(server.port(each.listener));
            SSL_set_tlsext_host_name(client.native(), asked);
            REQUIRE(client.shake());
            INFO(asked);
            CHECK(client.certificate_name() == shown);
        }
    }
}

TEST_CASE("the OCSP response of a file is stapled") {
    const tls_site site;
    const std::string response = site.authority().ocsp_response(site.own(), std::chrono::hours(24));
    const served_text server(
        site.listeners(anybody + "ocsp_file = " + site.put("ocsp.der", response) + '\n'));
    for (const dialogue& each : dialogues) {
        tuned_client client;
        client.prepare(server.port(each.listener));
        SSL_set_tlsext_status_type(client.native(), TLSEXT_STATUSTYPE_ocsp);
        REQUIRE(client.shake());
        const unsigned char* got = nullptr;
        const long size = SSL_get_tlsext_status_ocsp_resp(client.native(), &got);
        REQUIRE(size > 0);
        CHECK(std::string(reinterpret_cast<const char*>(got), static_cast<std::size_t>(size)) == response);
    }
}

TEST_CASE("clients resume sessions where session_tickets are given, and only there") {
    const tls_site site;
    for (const bool given : {true, false}) {
        const served_text server(
            site.listeners(anybody + (given ? "session_tickets = \"stateless\"\n" : "")));
        for (const dialogue& each : dialogues) {
            tuned_client client;
            client.prepare(server.port(each.listener));
            REQUIRE(client.shake());
            REQUIRE(client.ask(each.question).starts_with(each.answer));
            CHECK(client.has_session() == given);
            client.prepare(server.port(each.listener));
            REQUIRE(client.shake());
            CHECK((SSL_session_reused(client.native()) == 1) == given);
        }
    }
}

TEST_CASE("early data is answered where it is taken, and only once") {
    const tls_site site;
    const served_text server(
        site.listeners(anybody + "session_tickets = \"stateless\"\nearly_data = true\n"));
    for (const dialogue& each : dialogues) {
        tuned_client client;
        client.prepare(server.port(each.listener));
        REQUIRE(client.shake());
        REQUIRE(client.ask(each.question).starts_with(each.answer));
        REQUIRE(client.has_session());
        client.prepare(server.port(each.listener));
        std::size_t written = 0;
        REQUIRE(SSL_write_early_data(client.native(), each.question.data(), each.question.size(), &written) ==
                1);
        REQUIRE(client.shake());
        CHECK(SSL_get_early_data_status(client.native()) == SSL_EARLY_DATA_ACCEPTED);
        CHECK(client.read().starts_with(each.answer));
    }
}

TEST_CASE("a client whose certificate is revoked is refused, one whose is not is served") {
    const tls_site site;
    const made_certificate good({.common_name = "good"}, &site.authority());
    const made_certificate revoked({.common_name = "revoked"}, &site.authority());
    const std::string list = site.put("list.crl", site.authority().revocation_list({&revoked}));
    const served_text server(site.listeners("verify_mode = \"peer\"\ncacertfile = \"" + site.path("ca.pem") +
                                            "\"\ncrl_files = [" + list + "]\n"));
    for (const dialogue& each : dialogues) {
        for (const made_certificate* shown : {&good, &revoked}) {
            tuned_client client;
            client.prepare(server.port(each.listener));
            SSL_use_certificate(client.native(), shown->native());
            SSL_use_PrivateKey(client.native(), shown->key());
            client.shake();
            CHECK(client.ask(each.question).starts_with(each.answer) == (shown == &good));
        }
    }
}

TEST_CASE("clients that know no elliptic curves are served with the parameters of dhfile") {
    const tls_site site({.rsa_bits = 2048});
    const std::string ciphers = anybody + "versions = [\"tlsv1.2\"]\nciphers = \"ECDHE+AESGCM:DHE+AESGCM\"\n";
    const std::string parameters = "dhfile = " + site.put("dh.pem", dh_parameters()) + "\n";
    for (const bool given : {true, false}) {
        const served_text server(site.listeners(ciphers + (given ? parameters : "")));
        for (const dialogue& each : dialogues) {
            tuned_client client;
            client.prepare(server.port(each.listener));
            SSL_set_cipher_list(client.native(), "DHE+AESGCM");
            CHECK(client.shake() == given);
        }
    }
}

TEST_CASE("session keys of a listener are kept where keep_secrets asks for it") {
    const tls_site site;
    const std::string log = site.path("keys.log");
    ::setenv("SSLKEYLOGFILE", log.c_str(), 1);
    const std::string whole = site.listeners(anybody);
    const std::string of_clients = whole.substr(0, whole.find("[[listen.http]]")) + "keep_secrets = true\n";
    for (const bool asked : {false, true}) {
        const served_text server(asked ? of_clients : whole);
        tuned_client client;
        client.prepare(server.port(0));
        REQUIRE(client.shake());
        // The server knows the client's last secret when it has read the end of its handshake.
        REQUIRE(client.ask(dialogues[0].question).starts_with(dialogues[0].answer));
        CHECK((content_of(log).find("CLIENT_TRAFFIC_SECRET_0 ") != std::string::npos) == asked);
    }
    ::unsetenv("SSLKEYLOGFILE");
}
