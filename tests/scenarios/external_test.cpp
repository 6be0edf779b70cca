// Clients that are known by their certificates (SASL EXTERNAL, XEP-0178), over every transport with TLS.

#include "tests/scenarios/runner/served_text.hpp"
#include "tests/scenarios/runner/xmpp_client.hpp"
#include "tests/support/certificate_maker.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

// What a test's listeners and accounts are to be.
struct external_site {
    std::string tls = "verify_mode = \"peer\"\ndisconnect_on_failure = false\n";
    std::string auth = {};  // of [auth]
    std::string c2s = {};   // of the listeners for raw sockets
};

class site {
public:
    explicit site(const external_site& how = {}) : folder_(), server_(text(how)) {
        if (!server_.refusal().empty()) throw std::runtime_error(server_.refusal());
    }

    xmpp_client client(transport how, const made_certificate* shown) const {
        const std::uint16_t port = server_.port(how == transport::starttls ? 0
                                                : how == transport::tls    ? 1
                                                                           : 2);
        const auto connect = [port, how, shown] {
            connection made(port);
            if (shown != nullptr) made.show(*shown);
            const bool direct = how != transport::starttls;
            if (direct && !made.start_tls(how == transport::tls ? "xmpp-client" : "http/1.1"))
                throw std::runtime_error("the TLS handshake failed");
            return made;
        };
        return {connect, how};
    }

private:
    std::string put(const std::string& name, const std::string& content) const {
        const std::string path = (folder_ / name).string();
        std::ofstream(path) << content;
        return path;
    }

    std::string text(const external_site& how) const {
        const made_certificate own(certificate_plan{});
        const std::string tls = "certfile = \"" + put("cert.pem", own.pem()) + "\"\nkeyfile = \"" +
                                put("key.pem", own.key_pem()) + "\"\ncacertfile = \"" +
                                put("ca.pem", authority().pem()) + "\"\n" + how.tls;
        return "[auth]\nsasl_mechanisms = [\"plain\", \"external\"]\n" + how.auth +
               "[auth.pki]\n[auth.dummy]\nbase_time = 0\nvariance = 1\n" + listener("c2s") + how.c2s +
               "[listen.c2s.tls]\nmode = \"starttls_required\"\n" + tls + listener("c2s") + how.c2s +
               "[listen.c2s.tls]\nmode = \"tls\"\n" + tls + listener("http") + "[listen.http.tls]\n" + tls +
               "[[listen.http.handlers.mongoose_websocket_handler]]\nhost = \"_\"\npath = \"/ws-xmpp\"\n"
               "[[listen.http.handlers.mongoose_bosh_handler]]\nhost = \"_\"\npath = \"/http-bind\"\n"
               "[services.service_bosh]\n";
    }

    temporary_directory folder_;
    served_text server_;

public:
    static const made_certificate& authority() {
        static const made_certificate made({.common_name = "Root", .authority = true});
        return made;
    }
};

constexpr transport encrypted[] = {transport::starttls, transport::tls, transport::wss, transport::bosh};

made_certificate signed_for(const std::string& names, const std::string& common_name = "nobody") {
    return made_certificate({.common_name = common_name, .alternative_names = names}, &site::authority());
}

bool offers_external(const xmpp_client& client) {
    const xml::element* const offered = client.features().root().child("mechanisms", ns::sasl);
    return offered != nullptr && describe(client.features()).find(">EXTERNAL<") != std::string::npos;
}

// The bare address of the session, or the failure's condition.
std::string outcome(const site& where, transport how, const made_certificate* shown,
                    const std::string& authzid = {}) {
    xmpp_client client = where.client(how, shown);
    client.open();
    if (client.authenticate_by_certificate(authzid)) {
        const std::string full = client.bind("x");
        return full.substr(0, full.find('/'));
    }
    for (const char* condition : {"not-authorized", "invalid-authzid", "invalid-mechanism"}) {
        if (client.failure().find(condition) != std::string::npos) return condition;
    }
    return client.failure();
}

void check(const site& where, const std::string& expected, const made_certificate* shown,
           const std::string& authzid = {}) {
    for (const transport how : encrypted) {
        INFO(to_string(how) << " as \"" << authzid << '"');
        CHECK(outcome(where, how, shown, authzid) == expected);
    }
}

}  // namespace

TEST_CASE(
    "a client with a certificate is offered EXTERNAL and logs in without an account, on every transport") {
    const site where;
    const auto bob = signed_for(xmpp_address("bob@localhost"));
    for (const transport how : encrypted) {
        xmpp_client client = where.client(how, &bob);
        client.open();
        CHECK(offers_external(client));
        REQUIRE(client.authenticate_by_certificate());
        CHECK(client.bind("balcony") == "bob@localhost/balcony");
        client.open_session();
    }
}

TEST_CASE("without an acceptable certificate EXTERNAL is neither offered nor taken, and passwords are") {
    const site where;
    const made_certificate alone({.alternative_names = xmpp_address("bob@localhost")});
    const made_certificate critical(
        {.alternative_names = xmpp_address("bob@localhost"), .unknown_critical = true}, &site::authority());
    const made_certificate* const shown[] = {nullptr, &alone, &critical};
    for (const transport how : encrypted) {
        for (const made_certificate* each : shown) {
            xmpp_client client = where.client(how, each);
            client.open();
            CHECK_FALSE(offers_external(client));
            REQUIRE_FALSE(client.authenticate_by_certificate());
            CHECK(client.failure().find("not-authorized") != std::string::npos);
            CHECK(client.authenticate("juliet", "anything"));
        }
    }
}

TEST_CASE("with disconnect_on_failure a client without an acceptable certificate gets nowhere") {
    const site where({.tls = "verify_mode = \"peer\"\n"});
    const made_certificate alone(certificate_plan{});
    for (const transport how : encrypted) {
        CHECK_THROWS(outcome(where, how, nullptr));
        CHECK_THROWS(outcome(where, how, &alone));
    }
    const auto bob = signed_for(xmpp_address("bob@localhost"));
    check(where, "bob@localhost", &bob);
}

TEST_CASE("selfsigned_peer lets those in who sign their certificates themselves") {
    const site where({.tls = "verify_mode = \"selfsigned_peer\"\n"});
    const made_certificate alone({.alternative_names = xmpp_address("bob@localhost")});
    check(where, "bob@localhost", &alone);
}

TEST_CASE("standard: the certificate's address is the client's, and one of several is to be named") {
    const site where;
    const auto one = signed_for(xmpp_address("bob@localhost"));
    const auto several = signed_for(xmpp_address("kate@localhost") + "," + xmpp_address("kate@fed1"));
    const auto elsewhere = signed_for(xmpp_address("bob@elsewhere"));
    const auto none = signed_for("DNS:localhost", "john");
    check(where, "bob@localhost", &one, "bob@localhost");
    check(where, "invalid-authzid", &one, "juliet@localhost");
    check(where, "kate@localhost", &several, "kate@localhost");
    check(where, "invalid-authzid", &several);
    check(where, "not-authorized", &several, "juliet@localhost");
    check(where, "not-authorized", &several, "kate@fed1");
    check(where, "not-authorized", &elsewhere);
    check(where, "not-authorized", &none);
    check(where, "not-authorized", &none, "john@localhost");
}

TEST_CASE("common_name: the name or address that the certificate is issued to, with what is put around it") {
    const auto john = signed_for("", "john");
    const auto address =
        signed_for(xmpp_address("grace@fed1") + "," + xmpp_address("grace@reg1"), "grace@localhost");
    {
        const site where({.auth = "sasl_external = [\"standard\", \"common_name\"]\n"});
        check(where, "john@localhost", &john);
        check(where, "john@localhost", &john, "john@localhost");
        check(where, "invalid-authzid", &john, "mike@localhost");
        check(where, "grace@localhost", &address);
    }
    const site around({.auth = "sasl_external = [\"common_name\"]\n"
                               "sasl_external_common_name = { prefix = \"x-\", suffix = \"-y\" }\n"});
    check(around, "x-john-y@localhost", &john);
}

TEST_CASE("auth_id: without an address in the certificate the client is whom it says") {
    const site where({.auth = "sasl_external = [\"auth_id\"]\n"});
    const auto john = signed_for("", "john");
    const auto bob = signed_for(xmpp_address("bob@localhost"));
    check(where, "mike@localhost", &john, "mike@localhost");
    check(where, "not-authorized", &john);
    check(where, "not-authorized", &john, "mike@elsewhere");
    check(where, "not-authorized", &bob, "mike@localhost");
}

TEST_CASE("a listener that does not admit pki lets nobody in by a certificate") {
    const site where({.c2s = "allowed_auth_methods = [\"dummy\"]\n"});
    const auto bob = signed_for(xmpp_address("bob@localhost"));
    CHECK(outcome(where, transport::tls, &bob) == "not-authorized");
    CHECK(outcome(where, transport::wss, &bob) == "bob@localhost");
}
