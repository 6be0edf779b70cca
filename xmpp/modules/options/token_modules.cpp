// Modules that let clients log in with tokens, and the keys that sign them.

#include "xmpp/modules/options/known_modules.hpp"
#include "xmpp/modules/options/module_pieces.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace meerkat {

using namespace config;
using namespace module_pieces;

namespace {

option period(std::string key, std::string meaning) {
    const known_table t{
        known_required("value", at_least(0), "How many of the units."),
        known_required("unit", one_word_of({"days", "hours", "minutes", "seconds"}), "What is counted."),
    };
    return known_section(std::move(key), t, std::move(meaning));
}

// Up to 5.0 periods were an array of tables that named their token.
void name_periods(rewriter& r, node& section) {
    const node* const old = section.find("validity_period");
    if (!old || !old->array() || (old->array()->empty() && r.read_as() >= "5.1.0"_r)) return;
    node_table named;
    for (const node& each : *old->array()) {
        const node* const token = each.find("token");
        if (!token || !token->text()) return;  // no release took this: the reader says what it expects
        if (*token->text() == "provision") {
            r.warn(each.where(), "no_effect",
                   "this has no effect: provision tokens are handed out by others and carry their own end",
                   "remove it");
            continue;
        }
        member m{*token->text(), token->where(), each};
        take_member(m.value, "token");
        const bool twice =
            std::any_of(named.begin(), named.end(), [&m](const member& other) { return other.key == m.key; });
        if (twice) {
            r.error(each.where(), "duplicate_values", "the period of this token is written already");
            continue;
        }
        named.push_back(std::move(m));
    }
    auto taken = take_member(section, "validity_period");
    r.warn(taken->where, "old_form", "this is an older form of validity_period, which is a table now",
           "write validity_period.access and validity_period.refresh, each with value and unit");
    const place where = taken->value.where();
    taken->value = node(std::move(named), where);
    r.put(section, "validity_period", std::move(*taken));
}

option auth_token() {
    constexpr release_range tables{.since = "5.1.0"_r, .until = {}};
    const known_table periods{
        throughout(period("access", "How long a token is good for logging in; if unset, 1 hour."), tables),
        throughout(period("refresh", "How long one is good for asking for others; if unset, 25 days."),
                   tables),
    };
    known_table t{
        known_backend({"rdbms"}, "rdbms", "Where it is noted which tokens were taken back.").since("5.1.0"_r),
        known_section("validity_period", periods, "How long tokens are good."),
        iqdisc("5.1.0"_r),
    };
    t.modernize(name_periods);
    return section_not_yet("mod_auth_token", t, without::warns,
                           "Tokens that clients get after a login and use for later ones, SASL X-OAUTH.");
}

option fast_auth_token() {
    const known_table periods{
        period("access", "How long a token is good for logging in; if unset, 3 days."),
        period("rotate_before_expire",
               "Time before its end in which a login gets a new token, 0 for never; if unset, 6 hours."),
    };
    const known_table t{
        known_backend({"rdbms"}, "rdbms", "Where tokens are kept."),
        known_section("validity_period", periods, "How long tokens are good."),
    };
    return throughout(section_not_yet("mod_fast_auth_token", t, without::warns,
                                      "Tokens for fast logins of clients that come back, XEP-0484."),
                      {.since = "6.3.2"_r, .until = {}});
}

struct key_options {
    std::string name;
    bool in_file = false;
    std::string path;
};

struct keystore_options {
    std::int64_t ram_key_size = 2048;
    std::vector<key_options> keys;
};

table<key_options> key_table() {
    using k = key_options;
    table<k> t{
        required("name", &k::name, non_empty_text(), "Name by which other modules ask for it."),
        required("type", &k::in_file, one_of<bool>({{"file", true}, {"ram", false}}),
                 "Read from a file, or made at start and kept in memory."),
        optional("path", &k::path, existing_file(), "The file that holds it."),
        older("file", existing_file(), "4.0.0"_r, "4.0.1"_r, renamed("path"), "The file that holds it."),
    };
    t.check([](reader& r, const node& section, key_options& k) {
        if (k.in_file && k.path.empty()) {
            r.error(section.where(), "missing_mandatory_keys", "missing mandatory key \"path\"",
                    "a key of type \"file\" needs one");
        }
    });
    return t;
}

option keystore() {
    using k = keystore_options;
    table<k> t{
        optional("ram_key_size", &k::ram_key_size, at_least(0),
                 "Length in bytes of the keys that are made at start."),
        sections("keys", &k::keys, key_table(), "The keys."),
    };
    t.check([](reader& r, const node& section, keystore_options& k) {
        for (auto key = k.keys.begin(); key != k.keys.end(); ++key) {
            const bool twice = std::any_of(k.keys.begin(), key,
                                           [&key](const auto& other) { return other.name == key->name; });
            if (twice)
                r.error(section.find("keys")->where(), "duplicate_values", "two keys have the same name");
        }
    });
    return section_not_yet("mod_keystore", t, without::warns, "Keys that other modules sign with.");
}

}  // namespace

std::vector<option> token_modules() { return {auth_token(), fast_auth_token(), keystore()}; }

}  // namespace meerkat
