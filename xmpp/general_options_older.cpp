#include "xmpp/general_options_older.hpp"

#include "config/table.hpp"

#include <algorithm>
#include <string>

namespace meerkat {

using namespace config;

namespace {

// The section it moves to is switched on by being written, so only `true` may write it.
void move_metrics_flag(rewriter& r, node&, const member& old) {
    constexpr const char* modern = "instrumentation.exometer.all_metrics_are_global";
    const bool off = old.value.boolean() && !*old.value.boolean();
    r.warn(old.where, "old_place", std::string("this is an older place of ") + modern,
           off ? "remove it: this is the default" : std::string("write it as ") + modern);
    if (!off) r.put_at(modern, old);
}

bool asks_for_rdbms(const node& root) {
    const node* const auth = root.find("auth");
    if (!auth) return false;
    if (auth->find("rdbms")) return true;
    const node* const methods = auth->find("methods");
    if (!methods || !methods->array()) return false;
    return std::any_of(methods->array()->begin(), methods->array()->end(),
                       [](const node& n) { return n.text() && *n.text() == "rdbms"; });
}

// The section it moves to switches an auth method on, so it is written only where the method is used.
void move_users_estimate(rewriter& r, node&, const member& old) {
    if (asks_for_rdbms(r.root())) {
        r.warn(old.where, "old_place", "this is an older place of auth.rdbms.users_number_estimate",
               "write it as auth.rdbms.users_number_estimate");
        r.put_at("auth.rdbms.users_number_estimate", old);
    } else {
        r.warn(old.where, "no_effect", "this has no effect: accounts are not in a relational database",
               "remove it");
    }
}

// Until 6.1.0 also of every client that no listener said something else of.
void bound_every_queue(rewriter& r, node& general, const member& old) {
    node* const listen = r.root().find("listen");
    node* const c2s = listen ? listen->find("c2s") : nullptr;
    if (r.read_as() >= "6.1.0"_r || !c2s || !c2s->array())
        return dropped("connections to servers and components have no such queues here")(r, general, old);
    r.warn(old.where, "old_default",
           "in files of " + to_string(r.read_as()) + " this bounds what may wait for each client",
           "write max_fsm_queue in listen.c2s");
    for (node& listener : *c2s->array()) {
        if (listener.table()) r.put_missing(listener, "max_fsm_queue", old.value);
    }
}

option command_access() {
    known_table rule{
        known("commands", list(non_empty_text()), std::nullopt, "The commands that are allowed."),
    };
    option arguments =
        known_names("argument_restrictions", known_table(), "Values that arguments of them must have.");
    rule.add(arguments);
    option o =
        older_section("mongooseimctl_access_commands", rule, "4.0.0"_r, "6.1.0"_r,
                      dropped("the command line it belonged to is gone from every release since 6.2.0"),
                      "Who could use which command of the oldest command line.");
    o.form = option_form::named_sections;
    return o;
}

}  // namespace

void add_older_general(table<general_options>& general) {
    const release first = releases::first_toml;
    known_table certificate{
        known_required("domain", non_empty_text(), "The domain."),
        known_required("certfile", non_empty_text(), "Its certificate and key (PEM)."),
    };
    general
        .add(older("max_fsm_queue", whole_number(1, std::numeric_limits<std::int64_t>::max()), first,
                   "6.3.3"_r, bound_every_queue,
                   "Stanzas that may wait for a connection; today said where clients are listened for."))
        .add(older("all_metrics_are_global", boolean(), first, "6.2.1"_r, move_metrics_flag,
                   "Older place of instrumentation.exometer.all_metrics_are_global."))
        .add(older("pgsql_users_number_estimate", boolean(), first, "4.1.0"_r, move_users_estimate,
                   "Older place of auth.rdbms.users_number_estimate."))
        .add(older("rdbms_server_type", one_of_words({"mssql", "pgsql"}), first, "6.5.0"_r,
                   dropped("it is about databases reached over ODBC, which does not come"),
                   "The kind of database behind ODBC."))
        .add(older("override", list(one_of_words({"local", "global", "acls"}), list_rule::unique), first,
                   "5.0.1"_r, dropped("no options are kept outside of this file"),
                   "Which options of earlier starts are forgotten."))
        .add(older_sections("domain_certfile", certificate, "5.1.0"_r, "6.3.3"_r, nullptr,
                            "Certificates by domain; today in the tls tables of listeners."))
        .add(command_access());
}

}  // namespace meerkat
