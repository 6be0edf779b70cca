// Modules that keep something for each user: lists, notes, cards.

#include "xmpp/modules/options/known_modules.hpp"
#include "xmpp/modules/options/module_pieces.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace meerkat {

using namespace config;
using namespace module_pieces;

namespace {

option backend(const std::string& fallback) {
    return known_backend({"mnesia", "rdbms", "riak"}, fallback, "Where the module's data is kept.");
}

option privacy() {
    const known_table t{
        backend("mnesia"),
        riak({"defaults_bucket_type", "names_bucket_type", "bucket_type"}),
    };
    return section_not_yet("mod_privacy", t, without::warns, "Users' lists of who may reach them, XEP-0016.");
}

option blocking() {
    const known_table t{
        known_backend({"mnesia", "rdbms"}, "mnesia", "Where the module's data is kept.").since("5.1.0"_r)};
    return section_not_yet("mod_blocking", t, without::warns, "Users block addresses, XEP-0191.");
}

option last() {
    const known_table t{backend("mnesia"), iqdisc(), riak({"bucket_type"})};
    return section_not_yet("mod_last", t, without::warns, "When users were last seen, XEP-0012.");
}

option private_storage() {
    known_table t{backend("rdbms"), iqdisc(), riak({"bucket_type"})};
    t.modernize([](rewriter& r, node& section) {
        if (r.read_as() >= "5.1.0"_r || section.find("backend")) return;
        const place where = section.where();
        r.warn(where, "old_default", "without a backend this module's data was in mnesia up to 5.0",
               "write backend = \"mnesia\"");
        r.put(section, "backend", {"backend", where, node(std::string("mnesia"), where)});
    });
    return section_not_yet("mod_private", t, without::warns, "Data that clients leave here, XEP-0049.");
}

// The entries as they were named up to 5.0, each with what becomes of it.
void add_older(known_table& to, const known_table& options, rewriting (*becomes)(std::string modern)) {
    for (option each : options.content().options) {
        each.modernize = becomes(each.key);
        each.key = "ldap_" + each.key;
        each.older = true;
        each.required = false;
        each.read = nullptr;
        to.add(throughout(std::move(each), {.since = "4.0.0"_r, .until = "5.0.1"_r}));
    }
}

known_table directory_table() {
    return {
        known("pool_tag", non_empty_text(), "default", "The pool of connections to the directory."),
        known("base", text(), std::nullopt, "Where the search begins."),
        known("deref", one_word_of({"never", "always", "finding", "searching"}), "never",
              "When aliases are followed."),
        known("filter", text(), "", "What entries must match."),
    };
}

known_table vcard_directory_table() {
    const known_table uids{
        known_required("attr", text(), "The attribute that holds a user's name."),
        known("format", text(), "%u", "How the attribute holds it; %u stands for the name."),
    };
    const known_table map{
        known_required("vcard_field", non_empty_text(), "The field of the card."),
        known_required("ldap_pattern", non_empty_text(), "Its content; %s stands for an attribute."),
        known_required("ldap_field", non_empty_text(), "The attribute."),
    };
    const known_table fields{
        known_required("search_field", non_empty_text(), "The field of the form."),
        known_required("ldap_field", non_empty_text(), "The attribute it is compared with."),
    };
    const known_table reported{
        known_required("search_field", non_empty_text(), "The field of the answer."),
        known_required("vcard_field", non_empty_text(), "The card's field it shows."),
    };
    known_table t = directory_table();
    t.add(known_sections("uids", uids, "The attributes that hold users' names; if unset, uid."))
        .add(known_sections("vcard_map", map, "How cards are made from attributes; replaces the usual map."))
        .add(known_sections("search_fields", fields, "What can be searched for; replaces the usual fields."))
        .add(known_sections("search_reported", reported, "What is found; replaces the usual fields."))
        .add(known("search_operator", one_word_of({"and", "or"}), "and",
                   "Whether all fields of a search must match, or any."))
        .add(known("binary_search_fields", list(non_empty_text()), std::vector<std::string>(),
                   "Fields whose attributes are binary."));
    return t;
}

option vcard() {
    const known_table directory = vcard_directory_table();
    known_table t{
        known("host", host_template(), "vjud.@HOST@", "The domain of the search for users."),
        known("search", boolean(), true, "Whether there is one."),
        known_backend({"mnesia", "rdbms", "ldap", "riak"}, "mnesia", "Where cards are kept."),
        known("matches", limited(at_least(0)), limit<std::int64_t>(30),
              "The most users that a search finds."),
        iqdisc(),
        throughout(known_section("ldap", directory, "Cards from a directory, with backend = \"ldap\"."),
                   {.since = "5.1.0"_r, .until = {}}),
        riak({"bucket_type", "search_index"}),
    };
    add_older(t, directory, [](std::string key) { return moved_inside("ldap", std::move(key)); });
    return section_not_yet("mod_vcard", t, without::warns,
                           "Users' cards and the search for users, XEP-0054.");
}

option shared_roster() {
    known_table t = directory_table();
    t.add(known("groupattr", text(), "cn", "The attribute that holds a group's name."))
        .add(known("groupdesc", text(), std::nullopt, "The one that holds its title; if unset, groupattr."))
        .add(known("userdesc", text(), "cn", "The attribute that holds the name a user is shown by."))
        .add(known("useruid", text(), "cn", "The one that holds the user's name in addresses."))
        .add(known("memberattr", text(), "memberUid", "The attribute that holds a group's members."))
        .add(known("memberattr_format", text(), "%u", "How it holds one; %u stands for the user's name."))
        .add(known("memberattr_format_re", text(), "", "The same as a regular expression."))
        .add(known("rfilter", text(), "", "Finds the groups."))
        .add(known("gfilter", text(), "", "Finds what is known of a group."))
        .add(known("ufilter", text(), "", "Finds what is known of a user."))
        .add(known("auth_check", boolean(), true, "Shows only users that can log in."))
        .add(known("user_cache_validity", seconds(1), std::chrono::seconds(300),
                   "How long what is known of a user is remembered."))
        .add(known("group_cache_validity", seconds(1), std::chrono::seconds(300),
                   "How long what is known of a group is remembered."))
        .add(known("user_cache_size", at_least(1), 1000, "How many users are remembered."))
        .add(known("group_cache_size", at_least(1), 1000, "How many groups are remembered."));
    known_table all;
    for (const option& each : t.content().options)
        all.add(throughout(each, {.since = "5.1.0"_r, .until = {}}));
    add_older(all, t, renamed);
    return section_not_yet("mod_shared_roster_ldap", all, without::warns,
                           "Groups of a directory in users' contact lists.");
}

}  // namespace

std::vector<option> user_data_modules() {
    return {blocking(), last(), privacy(), private_storage(), shared_roster(), vcard()};
}

}  // namespace meerkat
