#include "xmpp/auth/auth_options.hpp"

#include "config/table.hpp"
#include "xmpp/address/jid.hpp"
#include "xmpp/auth/auth_method_shape.hpp"
#include "xmpp/auth/auth_options_older.hpp"
#include "xmpp/auth/known_methods.hpp"

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

// Mechanisms that are known and not there yet are left out, so their names stand for nothing.
shape<std::optional<sasl_mechanism>> mechanism() {
    using m = sasl_mechanism;
    std::vector<word<std::optional<m>>> words = {
        {"scram_sha512_plus", m::scram_sha512_plus},
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
        {"digest", m::digest},
    };
    for (const char* const hash : {"256", "384", "512", "3_256", "3_384", "3_512"}) {
        for (const char* const binding : {"none", "expr"})
            words.emplace_back(std::string("ht_sha") + hash + '_' + binding, std::nullopt);
    }
    words.emplace_back("scram", std::nullopt);
    words.emplace_back("external_verification", std::nullopt);
    return one_of(words, "module_not_found");
}

shape<std::vector<sasl_mechanism>> mechanisms() {
    const auto named = list(mechanism());
    return {named.expected,
            [named](reader& r, const node& n) -> std::optional<std::vector<sasl_mechanism>> {
                const auto all = named.read(r, n);
                if (!all) return std::nullopt;
                std::vector<sasl_mechanism> there;
                for (std::size_t i = 0; i < all->size(); ++i) {
                    const node& written = (*n.array())[i];
                    if (const auto& each = (*all)[i]) {
                        there.push_back(*each);
                    } else {
                        r.warn(written.where(), "not_supported_yet",
                               '"' + *written.text() + "\" is not offered in this release");
                    }
                }
                return there;
            },
            [named](const std::vector<sasl_mechanism>& v) {
                return named.show(std::vector<std::optional<sasl_mechanism>>(v.begin(), v.end()));
            },
            named.kind};
}

// Empty, or what may stand in front of the @ of an address.
shape<std::string> part_of_name() {
    return prepared_text(
        "a string without spaces and without any of \" & ' / : < > @", "validate_jid_localpart_failed",
        [](const std::string& s) -> std::optional<std::string> {
            if (s.empty()) return s;
            return nodeprep(s);
        },
        "user-");
}

table<password_options> password_table() {
    using p = password_options;
    table<p> t{
        optional(
            "format", &p::format,
            one_of<password_format>({{"scram", password_format::scram}, {"plain", password_format::plain}}),
            "How passwords are kept: as keys from which they cannot be read back, or as they are.")
            .without_effect(),
        optional("hash", &p::hash,
                 list(one_of<hash_function>({{"sha", hash_function::sha1},
                                             {"sha224", hash_function::sha224},
                                             {"sha256", hash_function::sha256},
                                             {"sha384", hash_function::sha384},
                                             {"sha512", hash_function::sha512}}),
                      list_rule::unique_non_empty),
                 "The hash functions keys are made for; SCRAM is offered with these only."),
        optional("scram_iterations", &p::scram_iterations, integer<unsigned>(1, 1'000'000'000),
                 "Rounds of hashing a password goes through.")
            .since("5.1.0"_r),
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
                 "Where anonymous sessions are kept: always in this process.")
            .since("6.2.0"_r),
    };
}

table<common_name_options> common_name_table() {
    using c = common_name_options;
    return {
        optional("prefix", &c::prefix, part_of_name(), "What is put in front of it."),
        optional("suffix", &c::suffix, part_of_name(), "What is put behind it."),
    };
}

table<dummy_auth_options> dummy_table() {
    using d = dummy_auth_options;
    return {
        optional("base_time", &d::base_time, milliseconds(0), "Least time an answer takes.").since("5.0.0"_r),
        optional("variance", &d::variance, milliseconds(1), "Most time an answer takes beyond base_time.")
            .since("5.0.0"_r),
    };
}

// Whoever wrote a check of its own did so in another language.
using external_form = sasl::external_form;
shape<std::vector<external_form>> external_forms() {
    const auto named = list(non_empty_text());
    const auto words = list(one_of<external_form>({{"standard", external_form::standard},
                                                   {"common_name", external_form::common_name},
                                                   {"auth_id", external_form::auth_id}}));
    auto s = words;
    s.read = [named, words](reader& r, const node& n) -> std::optional<std::vector<external_form>> {
        const auto written = named.read(r, n);
        if (!written) return std::nullopt;
        node_array there;
        for (const node& each : *n.array()) {
            const std::string& name = *each.text();
            if (name == "standard" || name == "common_name" || name == "auth_id") {
                there.push_back(each);
            } else {
                r.warn(each.where(), "not_supported",
                       '"' + name + "\" is no form of SASL EXTERNAL here: the forms are \"standard\", " +
                           "\"common_name\" and \"auth_id\"",
                       "remove it");
            }
        }
        return words.read(r, node(std::move(there), n.where()));
    };
    return s;
}

bool lists_mechanism(const auth_options& auth, sasl_mechanism m) {
    return std::find(auth.sasl_mechanisms.begin(), auth.sasl_mechanisms.end(), m) !=
           auth.sasl_mechanisms.end();
}

bool has_method(const auth_options& auth, auth_method m) {
    return std::find(auth.methods.begin(), auth.methods.end(), m) != auth.methods.end();
}

// Each of the two is nothing without the other.
void check_external(reader& r, const node& section, auth_options& auth) {
    const bool listed = lists_mechanism(auth, sasl_mechanism::external);
    const bool served = has_method(auth, auth_method::pki);
    if (listed != served) {
        const char* const at = listed ? "sasl_mechanisms" : "pki";
        const node* const written = section.find(at);
        const reader::step here(r, at);
        r.warn(written != nullptr ? written->where() : section.where(), "no_effect",
               listed ? "\"external\" is not offered: no method here takes clients' certificates"
                      : "pki has no effect: \"external\" is not among sasl_mechanisms, nor is it by default",
               listed ? "add [auth.pki]" : "add \"external\" to sasl_mechanisms");
    }
    if (auth.sasl_external.empty()) auth.sasl_external = {external_form::standard};
}

bool is_there(auth_method method) {
    return method == auth_method::anonymous || method == auth_method::dummy ||
           method == auth_method::internal || method == auth_method::pki;
}

void settle_methods(reader& r, const node& section, auth_options& auth) {
    if (const node* const riak = section.find("riak")) {
        const reader::step here(r, "riak");
        r.block(
            riak->where(), "not_supported",
            "accounts in Riak are not served: every release since 6.2.0 is without it, and so is this one",
            "move the accounts to another method, and remove this one");
    }
    if (!section.find("methods")) {
        for (const auto& [name, method] : method_words())
            if (section.find(name)) auth.methods.push_back(method);
    }
    for (const auth_method method : auth.methods) {
        if (is_there(method)) continue;
        const std::string name(to_string(method));
        const node* const table = section.find(name);
        const reader::step here(r, name);
        r.used_without_effect(table ? table->where() : section.where(), without::blocks);
    }
}

void check_mechanisms(reader& r, const node& section, auth_options& auth) {
    const node* written = section.find("sasl_mechanisms");
    if (!written) return;
    const reader::step here(r, "sasl_mechanisms");
    for (const auto& [name, m] :
         {std::pair("oauth", sasl_mechanism::oauth), std::pair("digest", sasl_mechanism::digest)}) {
        if (lists_mechanism(auth, m))
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
        optional("sasl_mechanisms", &a::sasl_mechanisms, mechanisms(),
                 "The mechanisms offered, in this order, as far as the methods can serve them."),
        optional("max_users_per_domain", &a::max_users_per_domain, limited(integer<std::size_t>(1)),
                 "Most accounts a domain may have.")
            .since("6.2.0"_r),
        section("password", &a::password, password_table(), "How passwords are kept."),
        section("internal", &a::internal, table<internal_auth_options>(),
                "Accounts in the server's own database. An empty section switches it on.")
            .since("5.1.0"_r),
        section("anonymous", &a::anonymous, anonymous_table(), "Users without accounts."),
        section("dummy", &a::dummy, dummy_table(),
                "Accepts every password after a delay: for load tests only.")
            .since("5.0.0"_r),
        section("pki", &a::pki, table<pki_auth_options>(),
                "Clients are whom their certificates name (SASL EXTERNAL). An empty section switches it on.")
            .since("5.1.0"_r),
        optional("sasl_external", &a::sasl_external, external_forms(),
                 "Where a certificate's user name is taken from, tried in this order: its XMPP addresses "
                 "(\"standard\"), its common name (\"common_name\"), or, if it has no XMPP address, what the "
                 "client asks for (\"auth_id\")."),
        section("sasl_external_common_name", &a::sasl_external_common_name, common_name_table(),
                "How a certificate's common name becomes a user name.")
            .since("6.5.0"_r),
    };
    for (option& each : auth_methods_to_come()) t.add(std::move(each));
    add_older_auth(t);
    t.check(settle_methods).check(check_mechanisms).check(check_external);
    return t;
}

}  // namespace meerkat
