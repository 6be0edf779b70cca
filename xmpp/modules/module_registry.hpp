#pragma once
// Which modules there are: one readable table, from an option struct to a running module. No static
// registration.

#include "gateway/base/swapped.hpp"
#include "xmpp/auth/authenticator.hpp"
#include "xmpp/general_options.hpp"
#include "xmpp/modules/modules_options.hpp"
#include "xmpp/routing/home.hpp"
#include "xmpp/storage/roster_store.hpp"

namespace meerkat {

class access_rules;
class registration_limit;

// What modules are made from. All outlive the modules.
struct module_context {
    home& at_home;
    host& at_host;
    const general_options& general;
    const modules_options& options;
    const swapped<access_rules>& rules;
    auth::authenticator& accounts;
    storage::roster_store& rosters;
    registration_limit& registrations;  // one for the process
    std::string_view version;           // of the server; static text
};

// Makes every module that the options switch on, in the order of the table, and wires it into its host.
void start_modules(const module_context& context);

}  // namespace meerkat
