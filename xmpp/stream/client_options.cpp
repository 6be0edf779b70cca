#include "xmpp/stream/client_options.hpp"

#include "config/table.hpp"
#include "xmpp/auth/auth_method_shape.hpp"

namespace meerkat {

using namespace config;

bound_option<client_options> queue_option() {
    return optional("max_fsm_queue", &client_options::max_fsm_queue, integer<std::size_t>(1),
                    "Stanzas that may wait for a client to take them; one more ends its session.")
        .reload();
}

table<client_options> client_table() {
    using c = client_options;
    return {
        optional("access", &c::access, non_empty_text(),
                 "The access rule a user must pass to open a session; \"all\" and \"none\" need no rule.")
            .reload(),
        optional("shaper", &c::shaper, non_empty_text(),
                 "The shaper that bounds what a connection may send; \"none\" for no bound.")
            .reload(),
        optional("max_stanza_size", &c::max_stanza_size, limited(integer<std::size_t>(1)),
                 "Bytes a stanza may have; a larger one ends the stream.")
            .reload(),
        optional("state_timeout", &c::state_timeout, limited(milliseconds(0)),
                 "Time for each step until the session is open.")
            .reload(),
        optional("backwards_compatible_session", &c::backwards_compatible_session, boolean(),
                 "Offers and answers the session request that older clients need.")
            .reload(),
        optional("hibernate_after", &c::hibernate_after, limited(milliseconds(0)),
                 "Silence after which a compressed session gives memory back; others hold none while idle.")
            .reload(),
        queue_option().own(),
        optional("allowed_auth_methods", &c::allowed_auth_methods,
                 list(auth_method_shape(), list_rule::unique),
                 "The auth methods that are accepted here; if unset, all that are enabled.")
            .reload(),
    };
}

}  // namespace meerkat
