#include "xmpp/auth/auth_options_older.hpp"

#include "config/table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace meerkat {

using namespace config;

namespace {

// Those whose sections may be empty. The others are nothing without what only a section can say.
constexpr std::array<std::string_view, 7> methods_without_options = {"anonymous", "dummy", "http", "internal",
                                                                     "ldap",      "pki",   "rdbms"};

// Riak is no method any more; its section stands for it, and says so when it is read.
void take_riak_out(rewriter& r, node& auth, node_array& methods) {
    const auto at = std::find_if(methods.begin(), methods.end(),
                                 [](const node& n) { return n.text() && *n.text() == "riak"; });
    if (at == methods.end()) return;
    const place where = at->where();
    methods.erase(at);
    r.put_missing(auth, "riak", node(node_table{}, where));
}

// Up to 5.0.1 a method without options needed no section.
void write_method_sections(rewriter& r, node& auth) {
    node* const methods = auth.find("methods");
    if (!methods || !methods->array()) return;
    const node_array listed = *methods->array();
    take_riak_out(r, auth, *methods->array());
    for (const node& each : listed) {
        const std::string name = each.text() ? *each.text() : std::string();
        if (std::find(methods_without_options.begin(), methods_without_options.end(), name) ==
                methods_without_options.end() ||
            auth.find(name))
            continue;
        const rewriter::step here(r, "methods");
        r.warn(each.where(), "missing_section_for_auth_method",
               "methods names \"" + name + "\", which has no section: its defaults apply",
               "write [auth." + name + ']');
        r.put_missing(auth, name, node(node_table{}, each.where()));
    }
}

}  // namespace

void add_older_auth(table<auth_options>& auth) {
    known_table riak{
        known("bucket_type", non_empty_text(), "users", "Where in Riak accounts were."),
    };
    auth.add(older("scram_iterations", whole_number(1, std::numeric_limits<std::int64_t>::max()), "4.0.0"_r,
                   "5.0.1"_r, moved_within("password.scram_iterations", "auth.password.scram_iterations"),
                   "Older place of auth.password.scram_iterations."))
        .add(known_section("riak", riak, "Accounts in Riak, which does not come here.").until("6.1.0"_r));
    auth.modernize(write_method_sections);
}

}  // namespace meerkat
