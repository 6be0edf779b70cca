#include "xmpp/auth/mechanism_list.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::auth;

namespace {

std::string names(const auth_options& options, const sasl::channel_facts& facts = {}) {
    std::string joined;
    for (const sasl_mechanism m : offered_mechanisms(options, facts)) joined += std::string(name_of(m)) + " ";
    return joined;
}

auth_options with(std::vector<auth_method> methods) {
    auth_options options;
    options.methods = std::move(methods);
    return options;
}

}  // namespace

TEST_CASE("accounts are offered every SCRAM, strongest first, then PLAIN") {
    CHECK(names(with({auth_method::internal})) ==
          "SCRAM-SHA-512 SCRAM-SHA-384 SCRAM-SHA-256 SCRAM-SHA-224 SCRAM-SHA-1 PLAIN ");
}

TEST_CASE("the -PLUS mechanisms are offered where the channel can be bound") {
    sasl::channel_facts facts{.encrypted = true};
    CHECK(names(with({auth_method::internal}), facts).find("PLUS") == std::string::npos);
    facts.tls_server_end_point = "hash";
    CHECK(
        names(with({auth_method::internal}), facts) ==
        "SCRAM-SHA-512-PLUS SCRAM-SHA-512 SCRAM-SHA-384-PLUS SCRAM-SHA-384 SCRAM-SHA-256-PLUS SCRAM-SHA-256 "
        "SCRAM-SHA-224-PLUS SCRAM-SHA-224 SCRAM-SHA-1-PLUS SCRAM-SHA-1 PLAIN ");
}

TEST_CASE("only the hashes that keys are made for are offered") {
    auth_options options = with({auth_method::internal});
    options.password.hash = {hash_function::sha256};
    CHECK(names(options) == "SCRAM-SHA-256 PLAIN ");
}

TEST_CASE("sasl_mechanisms gives the list and the order") {
    auth_options options = with({auth_method::internal, auth_method::anonymous});
    options.sasl_mechanisms = {sasl_mechanism::plain, sasl_mechanism::scram_sha1, sasl_mechanism::external};
    CHECK(names(options) == "PLAIN SCRAM-SHA-1 ");
}

TEST_CASE("each method is offered what it can serve") {
    CHECK(names(with({})).empty());
    CHECK(names(with({auth_method::dummy})) == "PLAIN ");
    CHECK(names(with({auth_method::anonymous})) == "ANONYMOUS ");
    auth_options options = with({auth_method::anonymous});
    options.anonymous = anonymous_auth_options{.protocol = anonymous_protocol::login_anon};
    CHECK(names(options) == "PLAIN ");
    options.anonymous->protocol = anonymous_protocol::both;
    CHECK(names(options) == "PLAIN ANONYMOUS ");
}

TEST_CASE("EXTERNAL is offered to whom TLS accepted a certificate of, where it is listed and pki serves it") {
    auth_options options = with({auth_method::pki});
    sasl::channel_facts facts{.encrypted = true};
    facts.certificate.emplace();
    CHECK(names(options, facts).empty());
    options.sasl_mechanisms = {sasl_mechanism::external, sasl_mechanism::plain};
    CHECK(names(options, facts) == "EXTERNAL ");
    CHECK(names(options).empty());
    options.methods = {auth_method::internal};
    CHECK(names(options, facts) == "PLAIN ");
}
