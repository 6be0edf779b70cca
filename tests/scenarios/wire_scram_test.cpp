// SCRAM with every hash that passwords may be kept for, and the channel bindings that are announced.

#include "gateway/base/encoding.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/support/scram_client.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <catch2/catch.hpp>

#include <iterator>
#include <set>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

constexpr std::string_view domain = "other.example";

struct variant {
    std::string option;
    hash_function hash;
    std::string mechanism;
};
const variant variants[] = {{"sha", hash_function::sha1, "SCRAM-SHA-1"},
                            {"sha224", hash_function::sha224, "SCRAM-SHA-224"},
                            {"sha256", hash_function::sha256, "SCRAM-SHA-256"},
                            {"sha384", hash_function::sha384, "SCRAM-SHA-384"},
                            {"sha512", hash_function::sha512, "SCRAM-SHA-512"}};

std::unique_ptr<xmpp_client> opened(const test_server& server) {
    auto client = std::make_unique<xmpp_client>(server, transport::tls);
    client->open(domain);
    return client;
}

void sign_up(const test_server& server) {
    xmpp_client client(server, transport::tcp);
    client.open(domain);
    client.send("<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>" +
                std::string(test_user) + "</username><password>" + std::string(test_password) +
                "</password></query></iq>");
    REQUIRE(client.element().root().attr("type") == "result");
}

// "success", or what came instead.
std::string log_in(const test_server& server, hash_function hash, const std::string& mechanism,
                   const std::string& header) {
    const auto client = opened(server);
    scram_client scram;
    scram.hash = hash;
    scram.user = test_user;
    scram.password = test_password;
    scram.header = header;
    if (mechanism.ends_with("-PLUS")) scram.binding_data = client->socket().exported_key();
    client->send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='" + mechanism + "'>" +
                 to_base64(scram.first()) + "</auth>");
    const xml::document challenge = client->element();
    if (challenge.root().name() != "challenge") return describe(challenge);
    const auto message = scram.final_message(from_base64(challenge.root().text()).value_or(""));
    if (!message) return "a challenge that is not SCRAM's";
    client->send("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" + to_base64(*message) + "</response>");
    const xml::document answer = client->element();
    if (answer.root().name() != "success") return describe(answer);
    return scram.accepts(from_base64(answer.root().text()).value_or("")) ? "success" : "no proof of it";
}

std::set<std::string> mechanisms(const xmpp_client& client) {
    std::set<std::string> offered;
    const xml::element* const list = client.features().root().child("mechanisms", ns::sasl);
    if (list == nullptr) return offered;
    for (const xml::element& each : xml::elements(*list)) offered.emplace(each.text());
    return offered;
}

using types = std::vector<std::string>;

types bindings(const xmpp_client& client) {
    types announced;
    const xml::element* const list = client.features().root().child("sasl-channel-binding", ns::sasl_cb);
    if (list == nullptr) return announced;
    for (const xml::element& each : xml::elements(*list)) announced.emplace_back(each.attr("type"));
    return announced;
}

}  // namespace

TEST_CASE("passwords that are kept for one hash serve its mechanisms and no others") {
    for (std::size_t i = 0; i < std::size(variants); ++i) {
        const variant& kept = variants[i];
        const variant& other = variants[(i + 1) % std::size(variants)];
        INFO(kept.option);
        test_server server({.sections = "[[host_config]]\nhost = \"other.example\"\n"
                                        "[host_config.auth.internal]\n[host_config.auth.password]\n"
                                        "scram_iterations = 16\nhash = [\"" +
                                        kept.option + "\"]\n"});
        sign_up(server);
        CHECK(mechanisms(*opened(server)) ==
              std::set<std::string>{kept.mechanism + "-PLUS", kept.mechanism, "PLAIN"});
        CHECK(log_in(server, kept.hash, kept.mechanism, "n,,") == "success");
        CHECK(log_in(server, kept.hash, kept.mechanism + "-PLUS", "p=tls-exporter,,") == "success");
        // Somebody took the -PLUS name out of the list.
        CHECK(log_in(server, kept.hash, kept.mechanism, "y,,").find("<not-authorized/>") !=
              std::string::npos);
        CHECK(log_in(server, other.hash, other.mechanism, "n,,").find("<invalid-mechanism/>") !=
              std::string::npos);
    }
}

TEST_CASE("the channel bindings that work on a connection are announced, and no others") {
    test_server server;
    connection newer(server.port(transport::tls));
    connection older(server.port(transport::tls));
    REQUIRE(newer.start_tls("xmpp-client"));
    REQUIRE(older.start_tls_1_2());
    xmpp_client by_1_3(std::move(newer), transport::tls);
    xmpp_client by_1_2(std::move(older), transport::tls);
    by_1_3.open();
    by_1_2.open();
    CHECK(bindings(by_1_3) == types{"tls-exporter", "tls-server-end-point"});
    CHECK(bindings(by_1_2) == types{"tls-exporter", "tls-unique", "tls-server-end-point"});
}
