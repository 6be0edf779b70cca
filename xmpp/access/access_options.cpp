#include "xmpp/access/access_options.hpp"

#include "config/table.hpp"
#include "xmpp/access/expression.hpp"
#include "xmpp/address/jid.hpp"

#include <algorithm>
#include <iterator>

namespace meerkat {

using namespace config;

namespace {

// Conditions are compared with prepared addresses, so they are prepared alike; an empty one is left alone
// (an empty regular expression matches everybody).
std::optional<std::string> prepared_condition(const std::string& text) {
    if (text.empty()) return text;
    return nodeprep(text);
}

shape<std::string> condition() {
    return prepared_text("a string without spaces and without any of \" & ' / : < > @",
                         "incorrect_acl_condition_value", prepared_condition, "someone");
}

// An expression that cannot be used matches nobody: no error, as in the files that were written for it.
shape<std::string> regexp_condition() {
    shape<std::string> s = condition();
    s.read = [read = s.read](reader& r, const node& n) {
        auto prepared = read(r, n);
        if (!prepared) return prepared;
        if (const auto why = expression(*prepared).wrong())
            r.warn(n.where(), "acl_regexp_match_failed",
                   "this regular expression matches nobody, because it is wrong: " + *why,
                   "it is read as Perl's without back-references and look-around");
        return prepared;
    };
    return s;
}

shape<rule_value> clause_value() {
    const std::string expected = "an integer or a string";
    value_kind kind;
    kind.is = value_kind::type::integer_or_string;
    return {expected,
            [expected](reader& r, const node& n) -> std::optional<rule_value> {
                if (const auto* number = n.integer()) return rule_value(*number);
                if (const auto* name = n.text()) return rule_value(*name);
                r.wrong_type(n, expected);
                return std::nullopt;
            },
            [](const rule_value& v) {
                const auto* number = std::get_if<std::int64_t>(&v);
                return number ? std::to_string(*number) : in_quotes(std::get<std::string>(v));
            },
            kind};
}

// Up to 5.0.1 a pattern for users alone meant those of the domain the rule was asked for, and any other
// pattern all domains.
void write_match(rewriter& r, node& pattern) {
    if (r.read_as() >= "5.1.0"_r || pattern.find("match") || pattern.table()->empty()) return;
    const auto has = [&pattern](const char* const(&keys)[3]) {
        return std::any_of(std::begin(keys), std::end(keys), [&](const char* k) { return pattern.find(k); });
    };
    if (has({"user", "user_regexp", "user_glob"}) && !has({"server", "server_regexp", "server_glob"})) return;
    r.warn(pattern.where(), "old_default",
           "match is not written: in files of " + to_string(r.read_as()) +
               " this means that the pattern is for all domains",
           "write match = \"all\"");
    r.put_missing(pattern, "match", node(std::string("all"), pattern.where()));
}

table<acl_pattern> acl_pattern_table() {
    using p = acl_pattern;
    table<p> t{
        optional("match", &p::match,
                 one_of<acl_match>({{"current_domain", acl_match::current_domain},
                                    {"any_hosted_domain", acl_match::any_hosted_domain},
                                    {"all", acl_match::all},
                                    {"none", acl_match::none}}),
                 "Which domains the pattern is for: the one the rule is asked for, any that is served, all."),
        optional("user", &p::user, condition(), "The user name."),
        optional("server", &p::server, condition(), "The domain."),
        optional("resource", &p::resource, condition(), "The resource."),
        optional("user_regexp", &p::user_regexp, regexp_condition(),
                 "A regular expression found in the user name."),
        optional("server_regexp", &p::server_regexp, regexp_condition(),
                 "A regular expression found in the domain."),
        optional("resource_regexp", &p::resource_regexp, regexp_condition(),
                 "A regular expression found in the resource."),
        optional("user_glob", &p::user_glob, condition(),
                 "The user name, where * is any text, ? any character, [abc] one of these."),
        optional("server_glob", &p::server_glob, condition(), "The domain, likewise."),
        optional("resource_glob", &p::resource_glob, condition(), "The resource, likewise."),
    };
    t.modernize(write_match);
    return t;
}

table<access_clause> access_clause_table() {
    using c = access_clause;
    return {
        required("acl", &c::acl, text(),
                 "The class of users this clause is for; \"all\", \"none\" or its name.")
            .reload(),
        required(
            "value", &c::value, clause_value(),
            "What holds for them: \"allow\", \"deny\", \"default\", a number, \"infinity\" or a shaper."),
    };
}

table<shaper_options> shaper_table() {
    return {
        required("max_rate", &shaper_options::max_rate, integer<std::uint64_t>(1),
                 "Bytes (or operations) a second; as much again may pass at once after a rest."),
    };
}

}  // namespace

access_options for_host(const access_options& general, const access_options& own) {
    access_options all = general;
    for (const auto& [name, patterns] : own.acl) {
        auto& into = all.acl[name];
        if (into != patterns) into.insert(into.end(), patterns.begin(), patterns.end());
    }
    const access_clause allow_all{"all", std::string("allow")};
    for (const auto& [name, clauses] : own.access) {
        auto& into = all.access[name];
        if (into == clauses) continue;
        const bool open_end = !into.empty() && into.back() == allow_all;
        into.insert(open_end ? into.end() - 1 : into.end(), clauses.begin(), clauses.end());
    }
    return all;
}

table<access_options> access_table() {
    using a = access_options;
    return {
        named_sections("shaper", &a::shaper, shaper_table(), "Rates that listeners and rules name.").reload(),
        named_lists("acl", &a::acl, acl_pattern_table(),
                    "Classes of users: a user belongs to a class that has a pattern all of whose conditions "
                    "hold. An empty pattern holds for every user of the domain the rule is asked for.")
            .reload(),
        named_lists("access", &a::access, access_clause_table(),
                    "Rules: the first clause whose class the user belongs to decides. Without one, deny.")
            .reload(),
    };
}

}  // namespace meerkat
