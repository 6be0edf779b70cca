// Who comes with a version of TLS that is too old, or with a cipher that is not configured, gets nowhere.

#include "tests/scenarios/runner/connection.hpp"
#include "tests/scenarios/runner/served_text.hpp"
#include "tests/scenarios/runner/tls_site.hpp"

#include <catch2/catch.hpp>

using namespace meerkat::testing;
using namespace std::string_literals;

namespace {

// A client's first message in a version that today's libraries do not speak any more, without extensions.
std::string hello(char minor) {
    const std::string version = "\x03"s + minor;
    const std::string body = version + std::string(32, 'r') + "\0"s + "\0\x02\0\x2f"s + "\x01\0"s;
    const std::string message = "\x01\0\0"s + static_cast<char>(body.size()) + body;
    return "\x16"s + version + "\0"s + static_cast<char>(message.size()) + message;
}

}  // namespace

TEST_CASE("SSL 3 and TLS up to 1.1 are answered by an alert or by nothing") {
    const tls_site site({.rsa_bits = 2048});
    const served_text server(site.listeners(anybody));
    REQUIRE(server.refusal().empty());
    for (const dialogue& each : dialogues) {
        for (const char minor : {'\0', '\x01', '\x02'}) {
            INFO("3." << static_cast<int>(minor));
            connection client(server.port(each.listener));
            client.write(hello(minor));
            const std::string answer = client.read_all();
            CHECK((answer.empty() || answer.front() == '\x15'));
        }
    }
}

TEST_CASE("a listener takes the ciphers of its configuration and refuses every other") {
    const tls_site site({.rsa_bits = 2048});
    const std::string strong = "ECDHE-RSA-AES256-GCM-SHA384";
    const std::string usual = "ECDHE-RSA-AES128-GCM-SHA256";
    for (const bool both : {false, true}) {
        const served_text server(site.listeners(anybody + "versions = [\"tlsv1.2\"]\nciphers = \"" + strong +
                                                (both ? ":" + usual : "") + "\"\n"));
        REQUIRE(server.refusal().empty());
        const std::pair<std::string, bool> rows[] = {{strong, true},
                                                     {usual, both},
                                                     {"ECDHE-RSA-CHACHA20-POLY1305", false},
                                                     {"AES256-GCM-SHA384", false}};
        for (const dialogue& each : dialogues) {
            for (const auto& [cipher, taken] : rows) {
                INFO(cipher);
                tuned_client client;
                client.prepare(server.port(each.listener));
                REQUIRE(SSL_set_cipher_list(client.native(), cipher.c_str()) == 1);
                REQUIRE(client.shake() == taken);
                if (!taken) continue;
                CHECK(SSL_get_cipher_name(client.native()) == cipher);
                CHECK(client.ask(each.question).starts_with(each.answer));
            }
        }
    }
}
