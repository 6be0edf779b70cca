#include "handlers/bosh/bosh_options.hpp"

#include "config/table.hpp"

namespace meerkat {

using namespace config;

table<bosh_options> bosh_table() {
    // A page cannot tell beforehand by which method it will log in; idle sessions hold no parser.
    auto client = client_table();
    client.without_keys({"hibernate_after", "allowed_auth_methods"});
    client.own("access").own("shaper").own("max_stanza_size").own("state_timeout");
    client.own("backwards_compatible_session");
    table<bosh_options> t;
    t.include(&bosh_options::client, client);
    return t;
}

table<bosh_service_options> bosh_service_table() {
    using s = bosh_service_options;
    return {
        accepted("backend", one_of_words({"mnesia", "cets"}), "mnesia",
                 "Where BOSH sessions are kept; both mean this process."),
        optional("inactivity", &s::inactivity, limited(seconds(1)),
                 "Longest time a client may have no request open.")
            .reload(),
        optional("max_wait", &s::max_wait, limited(seconds(1)),
                 "Longest time a request may be held, whatever the client asks for.")
            .reload(),
        optional("server_acks", &s::server_acks, boolean(), "Acknowledges requests, as XEP-0124 allows.")
            .reload(),
        optional("max_pause", &s::max_pause, seconds(1), "Longest pause a client may ask for.").reload(),
        optional("host_types", &s::host_types, list(non_empty_text(), list_rule::unique),
                 "Who may use BOSH; if unset, every host.")
            .reload(),
        optional("wait_cap", &s::wait_cap, seconds(1),
                 "Longest time a request is held in any case: below the patience of usual proxies.")
            .own()
            .reload(),
    };
}

}  // namespace meerkat
