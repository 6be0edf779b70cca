#include "xmpp/modules/module_registry.hpp"

#include "xmpp/modules/disco.hpp"
#include "xmpp/modules/ping.hpp"
#include "xmpp/modules/presence/mod_presence.hpp"
#include "xmpp/modules/register/mod_register.hpp"
#include "xmpp/modules/roster/mod_roster.hpp"
#include "xmpp/modules/time.hpp"
#include "xmpp/modules/undelivered.hpp"
#include "xmpp/modules/version.hpp"

namespace meerkat {

namespace {

// What later modules use of earlier ones.
struct started {
    rosters* contacts = nullptr;
};

using made = std::unique_ptr<module>;

made make_roster(const module_context& with, started& so_far) {
    if (!with.options.mod_roster) return nullptr;
    auto roster = std::make_unique<mod_roster>(with.at_home, with.at_host, with.rosters, with.accounts,
                                               *with.options.mod_roster);
    so_far.contacts = &roster->contacts();
    return roster;
}

made make_presence(const module_context& with, started& so_far) {
    if (!with.options.mod_presence) return nullptr;
    return std::make_unique<mod_presence>(with.at_home, so_far.contacts);
}

made make_disco(const module_context& with, started& so_far) {
    if (!with.options.mod_disco) return nullptr;
    return std::make_unique<mod_disco>(with.at_home, with.at_host, so_far.contacts, *with.options.mod_disco);
}

made make_version(const module_context& with, started&) {
    if (!with.options.mod_version) return nullptr;
    return std::make_unique<mod_version>(with.version, *with.options.mod_version);
}

made make_time(const module_context& with, started&) {
    if (!with.options.mod_time) return nullptr;
    return std::make_unique<mod_time>();
}

made make_ping(const module_context& with, started&) {
    if (!with.options.mod_ping) return nullptr;
    return std::make_unique<mod_ping>(with.at_home, *with.options.mod_ping);
}

made make_register(const module_context& with, started&) {
    if (!with.options.mod_register) return nullptr;
    return std::make_unique<mod_register>(with.at_home, with.at_host, with.accounts, with.registrations,
                                          with.rules, *with.options.mod_register);
}

made make_undelivered(const module_context& with, started&) {
    return std::make_unique<undelivered_messages>(with.at_home, with.accounts);
}

struct entry {
    std::string_view name;
    made (*make)(const module_context&, started&);
};

// mod_roster stands before those that go by who is in whose roster.
constexpr entry table[] = {
    {"mod_roster", make_roster},     {"mod_presence", make_presence},
    {"mod_disco", make_disco},       {"mod_version", make_version},
    {"mod_time", make_time},         {"mod_ping", make_ping},
    {"mod_register", make_register}, {"undelivered messages", make_undelivered},
};

}  // namespace

void start_modules(const module_context& context) {
    host& at = context.at_host;
    started so_far;
    for (const entry& each : table) {
        made module = each.make(context, so_far);
        if (!module) continue;
        module->subscribe(at.hooks);
        hooks::each(at.hooks, [&each](auto& hook) { hook.attribute(each.name); });
        module->answer(at.iqs);
        module->advertise(at.disco);
        at.modules.push_back(std::move(module));
    }
}

}  // namespace meerkat
