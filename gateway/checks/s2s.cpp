#include "gateway/checks/checks.hpp"
#include "gateway/checks/walk.hpp"
#include "xmpp/address/jid.hpp"

#include <array>
#include <map>

namespace meerkat::checks {

using config::member;
using config::node;
using config::place;
using config::reader;

void s2s_hosts(reader& r, const node& root, const configuration&) {
    struct list {
        const char* path;
        const char* what;
    };
    constexpr std::array lists = {list{"s2s.host_policy", "policy"}, list{"s2s.outgoing.address", "address"}};
    for_each_scope(r, root, [&](const node& scope, const std::string&) {
        for (const list& each : lists) {
            visit(r, scope, each.path, [&](const member& m) {
                std::map<std::string, place> seen;
                if (!m.value.array()) return;
                for (const node& entry : *m.value.array()) {
                    const node* const host = entry.find("host");
                    if (!host || !host->text()) continue;
                    const std::string name = nameprep(*host->text()).value_or(*host->text());
                    const auto [at, fresh] = seen.emplace(name, host->where());
                    if (fresh) continue;
                    const reader::step here(r, "host");
                    r.error(host->where(), "duplicate_values",
                            shown(name) + " has another " + each.what + " already, at line " +
                                std::to_string(at->second.line) + ": keep one of them");
                }
            });
        }
    });
}

}  // namespace meerkat::checks
