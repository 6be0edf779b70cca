#include "handlers/websocket/websocket_options.hpp"

#include "config/table.hpp"

namespace meerkat {

using namespace config;

namespace {

using origins = std::optional<std::vector<std::string>>;

shape<origins> allowed_origins() {
    auto names = list(non_empty_text());
    const std::string expected = names.expected + " or \"all\"";
    return {expected,
            [names, expected](reader& r, const node& n) -> std::optional<origins> {
                if (n.text() && *n.text() == "all") return origins();
                if (!n.array()) {
                    r.wrong_type(n, expected);
                    return std::nullopt;
                }
                auto read = names.read(r, n);
                if (!read) return std::nullopt;
                return origins(std::move(*read));
            },
            [names](const origins& v) { return v ? names.show(*v) : std::string("\"all\""); }};
}

}  // namespace

table<websocket_options> websocket_table() {
    using w = websocket_options;
    table<w> t{
        optional("timeout", &w::timeout, limited(milliseconds(0)),
                 "Silence of the client after which the connection is closed."),
        optional("ping_rate", &w::ping_rate, milliseconds(1),
                 "Interval of WebSocket pings; if unset, none are sent."),
        optional("allowed_origins", &w::allowed_origins, allowed_origins(),
                 "The web sites whose pages may connect, such as \"https://chat.example.org\"."),
        not_yet("compression", boolean(), false, without::warns, "Offers permessage-deflate, RFC 7692."),
        older("c2s_state_timeout", limited(milliseconds(0)), "6.1.0"_r, "6.3.3"_r, renamed("state_timeout"),
              "Older name of state_timeout."),
        section_not_yet("service", without::blocks, "Components over WebSocket."),
    };
    // A listener cannot tell by which method a page will log in, and pages do not hibernate.
    auto client = client_table();
    client.without_keys({"hibernate_after", "allowed_auth_methods"});
    t.include(&w::client, client);
    return t;
}

}  // namespace meerkat
