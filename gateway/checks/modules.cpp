#include "gateway/checks/checks.hpp"
#include "gateway/checks/walk.hpp"

#include <array>

namespace meerkat::checks {

using config::member;
using config::node;
using config::reader;

void module_companions(reader& r, const node& root, const configuration&) {
    struct pair {
        const char* module;
        const char* needs;
    };
    constexpr std::array pairs = {pair{"mod_fast_auth_token", "mod_sasl2"},
                                  pair{"mod_offline_chatmarkers", "mod_smart_markers"}};
    for_each_scope(r, root, [&](const node& scope, const std::string&) {
        const node* const modules = scope.find("modules");
        if (!modules) return;
        for (const pair& each : pairs) {
            // mod_bind2 brings mod_sasl2 with it.
            const bool brought = std::string_view(each.needs) == "mod_sasl2" && modules->find("mod_bind2");
            if (brought || modules->find(each.needs)) continue;
            visit(r, scope, std::string("modules.") + each.module, [&](const member& m) {
                r.warn(m.where, "missing_module",
                       std::string("without ") + each.needs + " this module has nothing to do",
                       std::string("write [modules.") + each.needs + "]");
            });
        }
    });
}

}  // namespace meerkat::checks
