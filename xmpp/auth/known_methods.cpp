#include "xmpp/auth/known_methods.hpp"

#include "config/table.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace meerkat {

using namespace config;

namespace {

shape<std::vector<std::string>> non_empty_list() {
    auto s = list(text());
    const std::string expected = "a non-empty array of strings";
    s.read = [read = s.read, expected](reader& r, const node& n) {
        auto items = read(r, n);
        if (!items || !items->empty()) return items;
        r.error(n.where(), "empty_value", "found an empty array, expected " + expected);
        return std::optional<std::vector<std::string>>();
    };
    s.expected = expected;
    s.kind.non_empty = true;
    return s;
}

// Whether brackets pair and every innermost pair holds a comparison. What a directory makes of it, it says
// itself.
bool looks_like_filter(const std::string& text) {
    if (text.empty() || text.front() != '(') return false;
    int open = 0;
    std::size_t innermost = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(') {
            ++open;
            innermost = i;
        } else if (text[i] == ')') {
            if (--open < 0 || (open == 0 && i + 1 != text.size())) return false;
            const bool closes_innermost = text.find_first_of("()", innermost + 1) == i;
            if (closes_innermost && text.find('=', innermost) >= i) return false;
        }
    }
    return open == 0;
}

shape<std::string> ldap_filter() {
    return prepared_text(
        "an LDAP filter in brackets, such as \"(objectClass=person)\"", "invalid_ldap_filter",
        [](const std::string& s) -> std::optional<std::string> {
            if (!looks_like_filter(s)) return std::nullopt;
            return s;
        },
        "(objectClass=person)");
}

option program() {
    return known_section("external",
                         known_table{
                             known_required("program", non_empty_text(), "The command that is run."),
                             known("instances", whole_number(1, std::numeric_limits<std::int64_t>::max()), 1,
                                   "How many of it run at a time, for each host."),
                         },
                         "A program that checks passwords.");
}

option web_service() {
    return known_section(
        "http",
        known_table{
            known("basic_auth", text(), std::nullopt,
                  "As \"user:password\": how the server shows the service who it is.")
                .secret(),
        },
        "A web service that checks passwords, reached over the pool outgoing_pools.http.auth.");
}

option tokens() {
    // One of the three; which, is checked with the whole file.
    known_table secret{
        known("file", existing_file(), std::nullopt, "A file that holds the key."),
        known("env", non_empty_text(), std::nullopt, "The environment variable that holds the key."),
        known("value", text(), std::nullopt, "The key itself.").secret(),
    };
    option key =
        known_section("secret", secret, "The key that tokens are signed with, from one of three places.");
    key.required = true;
    return known_section(
        "jwt",
        known_table{
            std::move(key),
            known_required("algorithm",
                           one_of_words({"HS256", "RS256", "ES256", "HS386", "RS386", "ES386", "HS512",
                                         "RS512", "ES512"}),
                           "How tokens are signed; \"HS386\" means HS384, and likewise the others with 386."),
            known_required("username_key", non_empty_text(), "The claim that holds the user name."),
        },
        "JSON web tokens instead of passwords.");
}

option directory() {
    known_table names{
        known_required("attr", text(), "The attribute that holds the user name."),
        known("format", text(), "%u", "How the name stands in it; %u is the name."),
    };
    known_table second_look{
        known_required("filter", ldap_filter(),
                       "What must hold too; %u is the user name, %d the domain, %D the entry found, %s an "
                       "attribute of it."),
        known("attributes", list(text()), std::vector<std::string>(),
              "The attributes that stand for each %s."),
    };
    known_table own_look{
        known_required("operation", one_of_words({"equal", "notequal"}),
                       "Whether the attribute must have one of the values, or none of them."),
        known_required("attribute", non_empty_text(), "The attribute."),
        known_required("values", non_empty_list(), "The values."),
    };
    return known_section(
        "ldap",
        known_table{
            known("pool_tag", non_empty_text(), "default", "The pool of outgoing_pools.ldap to search over."),
            known("bind_pool_tag", non_empty_text(), "bind",
                  "The pool of outgoing_pools.ldap to check passwords over."),
            known("base", text(), "", "Where in the directory users are."),
            known_sections(
                "uids", names,
                "How users are found by their name, any of several ways; if unset, by the attribute "
                "uid."),
            known("filter", text(), "", "What must hold for an entry to be a user."),
            known_section("dn_filter", second_look, "A second search, which must find the entry too."),
            known_section("local_filter", own_look, "A condition that this server checks itself."),
            known("deref", one_of_words({"never", "always", "finding", "searching"}), "never",
                  "When aliases in the directory are followed."),
        },
        "Accounts in a directory.");
}

}  // namespace

std::vector<option> auth_methods_to_come() {
    std::vector<option> all;
    all.push_back(program());
    all.push_back(web_service());
    all.push_back(tokens());
    all.push_back(directory());
    // Its one option is older than the rule that a section switches the method on.
    all.push_back(known_section("rdbms",
                                known_table{
                                    known("users_number_estimate", boolean(), false,
                                          "Counts users by the database's own estimate, which is faster.")
                                        .since("4.2.0"_r),
                                },
                                "Accounts in a relational database, reached over the pool "
                                "outgoing_pools.rdbms.default.")
                      .since("4.2.0"_r));
    return all;
}

}  // namespace meerkat
