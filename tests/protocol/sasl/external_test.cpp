#include "xmpp/sasl/external.hpp"

#include <catch2/catch.hpp>

using namespace meerkat::sasl;
using namespace std::string_literals;
using enum external_form;
using strings = std::vector<std::string>;

namespace {

struct shown {
    std::string common_name = {};
    strings addresses = {};
};

external_settings settings_for(const std::vector<external_form>& forms, const shown& by) {
    return {.forms = forms,
            .prefix = {},
            .suffix = {},
            .domain = "localhost",
            .certificate = certificate_names{by.common_name, by.addresses}};
}

// The outcome as one line; whoever is asked about takes everybody but mercutio.
std::string run(external_settings settings, std::string_view message) {
    const auto mechanism = make_external(std::move(settings));
    step_result next = mechanism->step(message);
    if (const auto* const asked = std::get_if<need_consent>(&next)) {
        const bool known = asked->local != "mercutio";
        next = mechanism->supply_verdict(known);
    }
    if (const auto* const done = std::get_if<success>(&next)) {
        CHECK_FALSE(done->data.has_value());
        return done->local + " as " + done->authzid;
    }
    return std::string(to_string(std::get<failure>(next).reason));
}

std::string run(const std::vector<external_form>& forms, const shown& by, std::string_view message = {}) {
    return run(settings_for(forms, by), message);
}

}  // namespace

TEST_CASE("EXTERNAL standard: one address needs no authorization identity, of several one is chosen") {
    const std::vector<external_form> forms = {standard};
    const shown one{"", {"bob@localhost"}};
    const shown several{"", {"kate@localhost", "kate@fed1", "bob@localhost"}};
    CHECK(run(forms, one) == "bob as ");
    CHECK(run(forms, one, "bob@localhost") == "bob as bob@localhost");
    CHECK(run(forms, one, "BOB@Localhost") == "bob as BOB@Localhost");
    CHECK(run(forms, one, "kate@localhost") == "invalid-authzid");
    CHECK(run(forms, several) == "invalid-authzid");
    CHECK(run(forms, several, "kate@localhost") == "kate as kate@localhost");
    CHECK(run(forms, several, "bob@localhost") == "bob as bob@localhost");
    CHECK(run(forms, several, "kate@fed1") == "not-authorized");
    CHECK(run(forms, several, "juliet@localhost") == "not-authorized");
    CHECK(run(forms, {"john", {}}) == "not-authorized");
    CHECK(run(forms, {"john", {}}, "john@localhost") == "not-authorized");
    CHECK(run(forms, {"", {"bob@elsewhere"}}) == "not-authorized");
    CHECK(run(forms, {"", {"localhost"}}) == "not-authorized");
    CHECK(run(forms, {"", {"bob@localhost/resource"}}) == "not-authorized");
    CHECK(run(forms, {"", {"no address@@"}}) == "not-authorized");
}

TEST_CASE("EXTERNAL common_name: a user name or an address, which the authorization identity must equal") {
    const std::vector<external_form> forms = {common_name};
    CHECK(run(forms, {"john", {}}) == "john as ");
    CHECK(run(forms, {"John", {}}) == "john as ");
    CHECK(run(forms, {"john", {}}, "john@localhost") == "john as john@localhost");
    CHECK(run(forms, {"john", {}}, "mike@localhost") == "invalid-authzid");
    CHECK(run(forms, {"john", {}}, "john@elsewhere") == "invalid-authzid");
    CHECK(run(forms, {"john@localhost", {}}) == "john as ");
    CHECK(run(forms, {"grace@localhost", {"grace@fed1", "grace@reg1"}}) == "grace as ");
    CHECK(run(forms, {"john@elsewhere", {}}) == "not-authorized");
    CHECK(run(forms, {"John Smith", {}}) == "not-authorized");
    CHECK(run(forms, {"", {"bob@localhost"}}) == "not-authorized");
    external_settings around = settings_for(forms, {"john", {}});
    around.prefix = "x-";
    around.suffix = "-y";
    CHECK(run(around, "") == "x-john-y as ");
    CHECK(run(around, "x-john-y@localhost") == "x-john-y as x-john-y@localhost");
    CHECK(run(around, "john@localhost") == "invalid-authzid");
}

TEST_CASE("EXTERNAL auth_id: the authorization identity, where the certificate has no address") {
    const std::vector<external_form> forms = {auth_id};
    CHECK(run(forms, {"john", {}}, "mike@localhost") == "mike as mike@localhost");
    CHECK(run(forms, {"john", {}}) == "not-authorized");
    CHECK(run(forms, {"john", {}}, "mike@elsewhere") == "not-authorized");
    CHECK(run(forms, {"john", {"bob@localhost"}}, "mike@localhost") == "not-authorized");
}

TEST_CASE("EXTERNAL: the first form that names somebody decides, else the last one's failure") {
    CHECK(run({standard, common_name}, {"john", {"bob@localhost"}}) == "bob as ");
    CHECK(run({common_name, standard}, {"john", {"bob@localhost"}}) == "john as ");
    CHECK(run({standard, common_name}, {"john", {}}) == "john as ");
    CHECK(run({standard, common_name}, {"john", {}}, "mike@localhost") == "invalid-authzid");
    CHECK(run({standard, auth_id}, {"john", {"a@localhost", "b@localhost"}}) == "not-authorized");
    CHECK(run(std::vector<external_form>{}, {"john", {"bob@localhost"}}) == "not-authorized");
}

TEST_CASE("EXTERNAL without a certificate, or for whom nobody vouches, is not authorized") {
    external_settings none = settings_for({standard, common_name, auth_id}, {});
    none.certificate.reset();
    CHECK(run(none, "") == "not-authorized");
    CHECK(run(none, "mike@localhost") == "not-authorized");
    CHECK(run({standard}, {"", {"mercutio@localhost"}}) == "not-authorized");
}

TEST_CASE("EXTERNAL messages that are none are malformed") {
    const shown one{"", {"bob@localhost"}};
    CHECK(run({standard}, one, "bob\xff") == "malformed-request");
    CHECK(run({standard}, one, "bob\0@localhost"s) == "malformed-request");
    CHECK(run({standard}, one, std::string(server_mechanism::max_message + 1, 'x')) == "malformed-request");
    const auto mechanism = make_external(settings_for({standard}, one));
    mechanism->step("");
    const step_result again = mechanism->step("");
    CHECK(std::get<failure>(again).reason == condition::malformed_request);
}
