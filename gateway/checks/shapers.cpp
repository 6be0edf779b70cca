#include "gateway/checks/checks.hpp"
#include "gateway/checks/walk.hpp"

#include <array>

namespace meerkat::checks {

using config::member;
using config::node;
using config::reader;

void shapers(reader& r, const node& root, const configuration& c) {
    constexpr std::array of_connections = {
        "listen.c2s.shaper",
        "listen.s2s.shaper",
        "listen.component.shaper",
        "listen.http.handlers.mongoose_websocket_handler.shaper",
        "listen.http.handlers.mongoose_bosh_handler.shaper",
        "s2s.outgoing.shaper",
    };
    constexpr std::array of_rooms = {
        "modules.mod_muc.room_shaper",
        "modules.mod_muc.user_message_shaper",
        "modules.mod_muc.user_presence_shaper",
    };
    const auto undefined = [&c](const member& m) {
        const std::string* name = m.value.text();
        return name && *name != "none" && !c.access.shaper.contains(*name);
    };
    const auto text = [](const member& m) { return "there is no shaper " + shown(*m.value.text()); };
    const auto hint = [](const member& m) {
        return "define it: [shaper." + *m.value.text() + "] with max_rate = ..., or write \"none\"";
    };
    for_each_scope(r, root, [&](const node& scope, const std::string&) {
        for (const char* const path : of_connections)
            visit(r, scope, path, [&](const member& m) {
                if (undefined(m)) r.error(m.value.where(), "undefined_shapers", text(m), hint(m));
            });
        for (const char* const path : of_rooms)
            visit(r, scope, path, [&](const member& m) {
                if (undefined(m))
                    r.warn(m.value.where(), "undefined_shapers", text(m) + ": nothing is bounded by it",
                           hint(m));
            });
    });
}

}  // namespace meerkat::checks
