#include "xmpp/sasl/plain.hpp"

#include "xmpp/sasl/anonymous.hpp"

#include <catch2/catch.hpp>

using namespace meerkat::sasl;
using namespace std::string_literals;

namespace {

// The outcome as one line, the password's own verdict being that it is "secret".
std::string run(std::string_view message) {
    const auto mechanism = make_plain();
    step_result next = mechanism->step(message);
    if (const auto* const asked = std::get_if<need_password>(&next)) {
        const bool right = asked->password == "secret" && asked->local == "juliet";
        next = mechanism->supply_verdict(right);
    }
    if (const auto* const done = std::get_if<success>(&next)) {
        CHECK_FALSE(done->data.has_value());
        return done->local + " as " + done->authzid;
    }
    return std::string(to_string(std::get<failure>(next).reason));
}

}  // namespace

TEST_CASE("PLAIN takes the forms that clients send") {
    CHECK(run("\0juliet\0secret"s) == "juliet as ");
    CHECK(run("\0juliet@anywhere\0secret"s) == "juliet as juliet@anywhere");
    CHECK(run("romeo@localhost\0juliet\0secret"s) == "juliet as romeo@localhost");
    CHECK(run("romeo@localhost\0juliet@anywhere\0secret"s) == "juliet as romeo@localhost");
    CHECK(run("juliet\0secret"s) == "juliet as ");
    CHECK(run("\0JULIET\0secret"s) == "juliet as ");
}

TEST_CASE("PLAIN that is no PLAIN is malformed") {
    CHECK(run("") == "malformed-request");
    CHECK(run("juliet") == "malformed-request");
    CHECK(run("\0\0juliet\0secret"s) == "malformed-request");
    CHECK(run("\0juliet\0secret\0"s) == "malformed-request");
    CHECK(run("\0juliet\0sec\xffret"s) == "malformed-request");
    CHECK(run("\0juliet\0"s + std::string(server_mechanism::max_message, 'x')) == "malformed-request");
}

TEST_CASE("PLAIN with a wrong name or password is not authorized, whatever is wrong with it") {
    CHECK(run("\0juliet\0wrong"s) == "not-authorized");
    CHECK(run("\0nobody\0secret"s) == "not-authorized");
    CHECK(run("\0\0secret"s) == "not-authorized");
    CHECK(run("\0@localhost\0secret"s) == "not-authorized");
    CHECK(run("\0juliet\0"s) == "not-authorized");
    CHECK(run("\0ju liet\0secret"s) == "not-authorized");
    CHECK(run("\0juliet\0sec\x07ret"s) == "not-authorized");
    CHECK(run("\0"s + std::string(1024, 'x') + "\0secret"s) == "not-authorized");
}

TEST_CASE("PLAIN cut off anywhere does not authenticate") {
    const std::string whole = "me@localhost\0juliet\0secret"s;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        INFO(size);
        const std::string ends = run(whole.substr(0, size));
        CHECK((ends == "malformed-request" || ends == "not-authorized"));
    }
}

TEST_CASE("PLAIN takes one message only") {
    const auto mechanism = make_plain();
    CHECK(std::holds_alternative<need_password>(mechanism->step("\0juliet\0secret"s)));
    CHECK(std::holds_alternative<failure>(mechanism->step("\0juliet\0secret"s)));
    const auto fresh = make_plain();
    CHECK(std::holds_alternative<failure>(fresh->supply_verdict(true)));
    CHECK(std::holds_alternative<failure>(fresh->supply_keys(nullptr)));
}

TEST_CASE("ANONYMOUS gets the name it is given, with and without a trace") {
    for (const char* const trace : {"", "somebody", "sirhc@example.org"}) {
        const auto mechanism = make_anonymous();
        REQUIRE(std::holds_alternative<need_name>(mechanism->step(trace)));
        const step_result done = mechanism->supply_name("abc");
        REQUIRE(std::holds_alternative<success>(done));
        CHECK(std::get<success>(done).local == "abc");
    }
    CHECK(std::holds_alternative<failure>(make_anonymous()->step("\xff")));
    CHECK(std::holds_alternative<failure>(make_anonymous()->supply_name("abc")));
}
