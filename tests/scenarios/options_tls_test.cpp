// What options of TLS change in a handshake, on every kind of listener.

#include "tests/scenarios/runner/connection.hpp"
#include "tests/scenarios/runner/served_text.hpp"
#include "tests/support/certificate_maker.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace meerkat::testing;

namespace {

class key_pair {
public:
    explicit key_pair(const std::string& passphrase = {}) {
        const made_certificate made(certificate_plan{});
        std::ofstream(folder_ / "cert.pem") << made.pem();
        std::ofstream(folder_ / "key.pem") << made.key_pem(passphrase);
    }

    // A listener for clients with direct TLS, and one for HTTPS.
    std::string listeners(const std::string& options) const {
        const std::string tls = "verify_mode = \"none\"\ncertfile = \"" + (folder_ / "cert.pem").string() +
                                "\"\nkeyfile = \"" + (folder_ / "key.pem").string() + "\"\n" + options;
        return listener("c2s") + "[listen.c2s.tls]\nmode = \"tls\"\n" + tls + listener("http") +
               "[listen.http.tls]\n" + tls + "[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\n";
    }

private:
    temporary_directory folder_;
};

}  // namespace

TEST_CASE("the TLS versions of a listener are those of its configuration") {
    const key_pair keys;
    for (const std::string version : {"1.2", "1.3"}) {
        const served_text server(keys.listeners("versions = [\"tlsv" + version + "\"]\n"));
        for (const std::size_t each : {0U, 1U}) {
            connection client(server.port(each));
            REQUIRE(client.start_tls());
            CHECK(client.tls_version() == "TLSv" + version);
        }
    }
}

TEST_CASE("the ciphers of a listener are those of its configuration") {
    const key_pair keys;
    for (const std::string cipher : {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"}) {
        const served_text server(keys.listeners("versions = [\"tlsv1.2\"]\nciphers = \"" + cipher + "\"\n"));
        for (const std::size_t each : {0U, 1U}) {
            connection client(server.port(each));
            REQUIRE(client.start_tls());
            CHECK(client.cipher() == cipher);
        }
    }
}

TEST_CASE("a key behind a passphrase is opened by the configured one only") {
    const key_pair keys("correct horse");
    const served_text server(keys.listeners("password = \"correct horse\"\n"));
    REQUIRE(server.refusal().empty());
    for (const std::size_t each : {0U, 1U}) {
        connection client(server.port(each));
        CHECK(client.start_tls());
    }
    CHECK(served_text(keys.listeners("password = \"wrong horse\"\n")).refusal().find("key.pem") !=
          std::string::npos);
    CHECK(served_text(keys.listeners("")).refusal().find("key.pem") != std::string::npos);
}
