#include "xmpp/auth/auth_options.hpp"

#include "config/table.hpp"
#include "xmpp/auth/auth_method_shape.hpp"

#include <algorithm>
#include <string>

namespace meerkat {

using namespace config;

namespace {

const std::vector<word<auth_method>>& method_words() {
    static const std::vector<word<auth_method>> words = {
        {"anonymous", auth_method::anonymous}, {"dummy", auth_method::dummy},
        {"external", auth_method::external},   {"http", auth_method::http},
        {"internal", auth_method::internal},   {"jwt", auth_method::jwt},
        {"ldap", auth_method::ldap},           {"pki", auth_method::pki},
        {"rdbms", auth_method::rdbms},
    };
    return words;
}

shape<sasl_mechanism> mechanism() {
    using m = sasl_mechanism;
    return one_of<m>({{"scram_sha512_plus", m::scram_sha512_plus},
                      {"scram_sha512", m::scram_sha512},
                      {"scram_sha384_plus", m::scram_sha384_plus},
                      {"scram_sha384", m::scram_sha384},
                      {"scram_sha256_plus", m::scram_sha256_plus},
                      {"scram_sha256", m::scram_sha256},
                      {"scram_sha224_plus", m::scram_sha224_plus},
                      {"scram_sha224", m::scram_sha224},
                      {"scram_sha1_plus", m::scram_sha1_plus},
                      {"scram_sha1", m::scram_sha1},
                      {"plain", m::plain},
                      {"anonymous", m::anonymous},
                      {"oauth", m::oauth},
                      {"external", m::external},
                      {"digest", m::digest}},
                     "module_not_found");
}

table<password_options> password_table() {
    using p = password_options;
    table<p> t{
        optional(
            "format", &p::format,
            one_of<password_format>({{"scram", password_format::scram}, {"plain", password_format::plain}}),
            "How passwords are kept: as keys from which they cannot be read back, or as they are."),
        optional("hash", &p::hash,
                 list(one_of<hash_function>({{"sha", hash_function::sha1},
                                             {"sha224", hash_function::sha224},
                                             {"sha256", hash_function::sha256},
                                             {"sha384", hash_function::sha384},
                                             {"sha512", hash_function::sha512}}),
                      list_rule::unique_non_empty),
                 "The hash functions keys are made for; SCRAM is offered with these only."),
        optional("scram_iterations", &p::scram_iterations, integer<unsigned>(1, 1'000'000'000),
                 "Rounds of hashing a password goes through."),
    };
    t.check([](reader& r, const node& section, password_options& p) {
        if (p.format != password_format::plain) return;
        p.format = password_format::scram;
        r.warn(section.where(), "not_supported_yet",
               "passwords are kept as SCRAM keys in this release, also with format = \"plain\"");
    });
    return t;
}

table<anonymous_auth_options> anonymous_table() {
    using a = anonymous_auth_options;
    return {
        optional("allow_multiple_connections", &a::allow_multiple_connections, boolean(),
                 "Several clients may use one anonymous name at a time."),
        optional("protocol", &a::protocol,
                 one_of<anonymous_protocol>({{"sasl_anon", anonymous_protocol::sasl_anon},
                                             {"login_anon", anonymous_protocol::login_anon},
                                             {"both", anonymous_protocol::both}}),
                 "A random name by SASL ANONYMOUS, any free name with any password, or both."),
        accepted("backend", one_of<bool>({{"mnesia", true}, {"cets", true}}), true,
                 "Where anonymous sessions are kept: always in this process."),
    };
}

table<dummy_auth_options> dummy_table() {
    using d = dummy_auth_options;
    return {
        optional("base_time", &d::base_time, milliseconds(0), "Least time an answer takes."),
        optional("variance", &d::variance, milliseconds(1), "Most time an answer takes beyond base_time."),
    };
}

void settle_methods(reader& r, const node& section, auth_options& auth) {
    if (!section.find("methods")) {
        for (const auto& [name, method] : method_words())
            if (section.find(name)) auth.methods.push_back(method);
        return;
    }
    for (const auth_method method : auth.methods) {
        const std::string name(to_string(method));
        if (section.find(name)) continue;
        // COMPAT(files of 4.x and 5.0, for good): there a method without options needed no table.
        if (method == auth_method::internal) {
            auth.internal.emplace();
        } else if (method == auth_method::anonymous) {
            auth.anonymous.emplace();
        } else if (method == auth_method::dummy) {
            auth.dummy.emplace();
        } else {
            r.block(section.where(), "not_supported_yet",
                    "methods names \"" + name + "\", which this release cannot do yet");
            continue;
        }
        r.warn(section.where(), "missing_section_for_auth_method",
               "methods names \"" + name + "\", which has no section: its defaults apply",
               "write [auth." + name + "]");
    }
}

void check_mechanisms(reader& r, const node& section, auth_options& auth) {
    const node* written = section.find("sasl_mechanisms");
    if (!written) return;
    const auto lists = [&](sasl_mechanism m) {
        return std::find(auth.sasl_mechanisms.begin(), auth.sasl_mechanisms.end(), m) !=
               auth.sasl_mechanisms.end();
    };
    const reader::step here(r, "sasl_mechanisms");
    for (const auto& [name, m] :
         {std::pair("oauth", sasl_mechanism::oauth), std::pair("external", sasl_mechanism::external),
          std::pair("digest", sasl_mechanism::digest)}) {
        if (lists(m))
            r.warn(written->where(), "not_supported_yet",
                   "\"" + std::string(name) + "\" is not offered in this release");
    }
}

}  // namespace

std::string_view to_string(auth_method method) {
    for (const auto& [name, value] : method_words())
        if (value == method) return name;
    return {};
}

shape<auth_method> auth_method_shape() { return one_of<auth_method>(method_words(), "module_not_found"); }

table<auth_options> auth_table() {
    using a = auth_options;
    table<a> t{
        optional("methods", &a::methods, list(auth_method_shape()),
                 "Which methods are used and in which order; if unset, every one that has a section."),
        optional("sasl_mechanisms", &a::sasl_mechanisms, list(mechanism()),
                 "The mechanisms offered, in this order, as far as the methods can serve them."),
        optional("max_users_per_domain", &a::max_users_per_domain, limited(integer<std::size_t>(1)),
                 "Most accounts a domain may have."),
        section("password", &a::password, password_table(), "How passwords are kept."),
        section("internal", &a::internal, table<internal_auth_options>(),
                "Accounts in the server's own database. An empty section switches it on."),
        section("anonymous", &a::anonymous, anonymous_table(), "Users without accounts."),
        section("dummy", &a::dummy, dummy_table(),
                "Accepts every password after a delay: for load tests only."),
        section_not_yet("rdbms", without::blocks, "Accounts in a relational database."),
        section_not_yet("external", without::blocks, "A program that checks passwords."),
        section_not_yet("http", without::blocks, "A web service that checks passwords."),
        section_not_yet("jwt", without::blocks, "JSON web tokens instead of passwords."),
        section_not_yet("ldap", without::blocks, "Accounts in a directory."),
        section_not_yet("pki", without::blocks, "Certificates of clients."),
        not_yet("sasl_external", list(non_empty_text()), std::nullopt, without::warns,
                "Where a certificate's user name is taken from."),
        section_not_yet("sasl_external_common_name", without::warns,
                        "How a certificate's common name becomes a user name."),
    };
    t.check(settle_methods).check(check_mechanisms);
    return t;
}

}  // namespace meerkat
