#include "gateway/checks/checks.hpp"
#include "gateway/checks/walk.hpp"

#include <array>

namespace meerkat::checks {

using config::member;
using config::node;
using config::reader;

// In the files this section comes from, a backend without its database was refused. Here both names mean the
// embedded database, which is always there.
void internal_databases(reader& r, const node& root, const configuration&) {
    const node* const databases = root.find("internal_databases");
    if (!databases) return;
    constexpr std::array options = {
        "general.sm_backend",
        "general.component_backend",
        "general.s2s_backend",
        "services.*.backend",
        "auth.anonymous.backend",
        "modules.*.backend",
        "modules.mod_muc.online_backend",
    };
    for_each_scope(r, root, [&](const node& scope, const std::string&) {
        for (const char* const path : options) {
            visit(r, scope, path, [&](const member& m) {
                const std::string* const name = m.value.text();
                if (!name || (*name != "mnesia" && *name != "cets") || databases->find(*name)) return;
                r.warn(m.value.where(), "backend_requires_internal_database",
                       "[internal_databases] does not name " + shown(*name) +
                           "; the data is kept in the embedded database all the same",
                       "write [internal_databases." + *name + "], or remove [internal_databases]");
            });
        }
    });
}

}  // namespace meerkat::checks
