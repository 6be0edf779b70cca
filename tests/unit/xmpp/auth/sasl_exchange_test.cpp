#include "xmpp/auth/sasl_exchange.hpp"

#include "gateway/base/encoding.hpp"
#include "tests/support/fake_accounts.hpp"
#include "tests/support/running_shards.hpp"
#include "tests/support/scram_client.hpp"
#include "xmpp/auth/authenticator.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::auth;
using meerkat::testing::fake_accounts;
using meerkat::testing::running_shards;
using meerkat::testing::scram_client;
using namespace std::string_literals;

namespace {

struct fixture {
    fake_accounts accounts;
    running_shards shards;  // outlives the pool, which answers to it
    worker_pool passwords{"password", 1, 100};
    authenticator auth{settings(), accounts, passwords, "secret"};
    sasl::channel_facts facts;
    method_set allowed;

    fixture() { REQUIRE(shards.run(auth.create_account("juliet", "localhost", "secret")).has_value()); }

    static auth_settings settings() {
        auth_settings s;
        s.general.methods = {auth_method::internal, auth_method::anonymous};
        s.general.password.scram_iterations = 16;
        return s;
    }

    std::unique_ptr<sasl_exchange> begin(std::string_view mechanism) {
        return std::make_unique<sasl_exchange>(auth, "localhost", mechanism, facts, allowed);
    }
    sasl::outcome step(sasl_exchange& exchange, std::string text) {
        auto wait = [](sasl_exchange& e, std::string t) -> task<sasl::outcome> {
            auto answer = co_await e.step(t);
            co_return answer;
        };
        return shards.run(wait(exchange, std::move(text)));
    }

    // The outcome of a first step as one word or name.
    std::string first(std::string_view mechanism, std::string text) {
        const auto exchange = begin(mechanism);
        return describe(step(*exchange, std::move(text)));
    }
    static std::string describe(const sasl::outcome& o) {
        if (const auto* const c = std::get_if<sasl::challenge>(&o)) return "challenge " + c->data;
        if (const auto* const s = std::get_if<sasl::success>(&o)) return "success " + s->local;
        return std::string(to_string(std::get<sasl::failure>(o).reason));
    }
    std::string plain(const std::string& message) { return first("PLAIN", to_base64(message)); }

    std::string scram(std::string_view mechanism, scram_client client) {
        const auto exchange = begin(mechanism);
        const sasl::outcome asked = step(*exchange, to_base64(client.first()));
        if (!std::holds_alternative<sasl::challenge>(asked)) return describe(asked);
        const auto text = from_base64(std::get<sasl::challenge>(asked).data);
        const sasl::outcome last = step(*exchange, to_base64(*client.final_message(*text)));
        const auto* const done = std::get_if<sasl::success>(&last);
        if (done != nullptr && !client.accepts(from_base64(*done->data).value_or("")))
            return "no proof of the server";
        if (done != nullptr) CHECK(exchange->method() == auth_method::internal);
        return describe(last);
    }
};

}  // namespace

TEST_CASE("each failing row of the mechanisms' table has its condition") {
    fixture f;
    CHECK(f.first("", "") == "invalid-mechanism");
    CHECK(f.first("NO-SUCH", "") == "invalid-mechanism");
    CHECK(f.first("plain", "") == "invalid-mechanism");
    CHECK(f.first("SCRAM-SHA-256-PLUS", "") == "invalid-mechanism");  // no TLS here
    CHECK(f.first("X-OAUTH", "") == "invalid-mechanism");
    CHECK(f.first("EXTERNAL", "=") == "invalid-mechanism");
    CHECK(f.plain("juliet") == "malformed-request");
    CHECK(f.plain("\0a\0b\0c"s) == "malformed-request");
    CHECK(f.plain("\0juliet\0wrong"s) == "not-authorized");
    CHECK(f.plain("\0nobody\0secret"s) == "not-authorized");
    CHECK(f.plain("\0ju liet\0secret"s) == "not-authorized");
    CHECK(f.plain("\0\0secret"s) == "not-authorized");
    CHECK(f.plain("\0juliet\0secret"s) == "success juliet");
    CHECK(f.plain("\0juliet@example.org\0secret"s) == "success juliet");
}

TEST_CASE("a message is strict base64, an equals sign or nothing") {
    fixture f;
    for (const char* const text :
         {"AGp1bGlldABzZWNyZXQ", "AGp1bGlldABzZWNyZXQ= ", "\nAGp1bGlldABzZWNyZXQ=", "====",
          "AGp1bGlldABzZWNyZXR=", "%%%%", "=AAA", "A", "AGp1bGlldABzZWNyZX_="}) {
        INFO(text);
        CHECK(f.first("PLAIN", text) == "incorrect-encoding");
    }
    CHECK(f.first("PLAIN", "AGp1bGlldABzZWNyZXQ=") == "success juliet");
    CHECK(f.first("PLAIN", "=") == "malformed-request");
    CHECK(f.first("PLAIN", std::string(100000, 'A')) == "malformed-request");
}

TEST_CASE("a client without an initial response is asked for it") {
    fixture f;
    for (const char* const mechanism : {"PLAIN", "SCRAM-SHA-256"})
        CHECK(f.first(mechanism, "") == "challenge ");
    const auto exchange = f.begin("PLAIN");
    f.step(*exchange, "");
    CHECK(f.describe(f.step(*exchange, to_base64("\0juliet\0secret"s))) == "success juliet");
    const auto silent = f.begin("PLAIN");
    f.step(*silent, "");
    CHECK(f.describe(f.step(*silent, "")) == "malformed-request");
}

TEST_CASE("every SCRAM mechanism logs in, with and without channel binding") {
    fixture f;
    f.facts = {
        .encrypted = true, .tls_exporter = "exporter", .tls_unique = {}, .tls_server_end_point = "end point"};
    for (const hash_function hash : {hash_function::sha1, hash_function::sha224, hash_function::sha256,
                                     hash_function::sha384, hash_function::sha512}) {
        const std::string name = "SCRAM-" + std::string(sasl::name_of(hash));
        scram_client client{.hash = hash, .user = "juliet", .password = "secret"};
        CHECK(f.scram(name, client) == "success juliet");
        client.password = "wrong";
        CHECK(f.scram(name, client) == "not-authorized");
        client.user = "nobody";
        CHECK(f.scram(name, client) == "not-authorized");
        scram_client binding{
            .hash = hash, .user = "juliet", .password = "secret", .header = "p=tls-exporter,,"};
        binding.binding_data = "exporter";
        CHECK(f.scram(name + "-PLUS", binding) == "success juliet");
        binding.binding_data = "elsewhere";
        CHECK(f.scram(name + "-PLUS", binding) == "not-authorized");
        scram_client deceived{.hash = hash, .user = "juliet", .password = "secret", .header = "y,,"};
        CHECK(f.scram(name, deceived) == "not-authorized");
    }
}

TEST_CASE("an anonymous client gets a fresh name, with an initial response or without") {
    fixture f;
    const std::string one = f.first("ANONYMOUS", "");
    const std::string other = f.first("ANONYMOUS", to_base64("trace"));
    CHECK(one.starts_with("success "));
    CHECK(other.starts_with("success "));
    CHECK(one != other);
    const auto exchange = f.begin("ANONYMOUS");
    f.step(*exchange, "=");
    CHECK(exchange->method() == auth_method::anonymous);
}

TEST_CASE("a method the listener does not admit authenticates nobody") {
    fixture f;
    f.allowed = method_set(std::vector{auth_method::dummy});
    CHECK(f.first("ANONYMOUS", "") == "not-authorized");
    CHECK(f.plain("\0juliet\0secret"s) == "not-authorized");
    CHECK(f.scram("SCRAM-SHA-256", {.user = "juliet", .password = "secret"}) == "not-authorized");
}

TEST_CASE("accounts that cannot be reached are a temporary failure") {
    fixture f;
    f.accounts.fails = true;
    CHECK(f.plain("\0juliet\0secret"s) == "temporary-auth-failure");
    CHECK(f.scram("SCRAM-SHA-256", {.user = "juliet", .password = "secret"}) == "temporary-auth-failure");
}

TEST_CASE("an exchange that has ended answers nothing but failures") {
    fixture f;
    const auto exchange = f.begin("PLAIN");
    CHECK(f.describe(f.step(*exchange, to_base64("\0juliet\0wrong"s))) == "not-authorized");
    CHECK(f.describe(f.step(*exchange, to_base64("\0juliet\0secret"s))) == "malformed-request");
}
