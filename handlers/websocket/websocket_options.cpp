#include "handlers/websocket/websocket_options.hpp"

#include "config/table.hpp"
#include "handlers/known_handlers.hpp"

#include <algorithm>

namespace meerkat {

using namespace config;

namespace {

using origins = std::optional<std::vector<std::string>>;

shape<origins> allowed_origins() {
    auto names = list(non_empty_text());
    const std::string expected = names.expected + " or \"all\"";
    value_kind kind = names.kind;
    kind.words = {"all"};
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
            [names](const origins& v) { return v ? names.show(*v) : std::string("\"all\""); }, kind};
}

shape<std::string> websocket_uri() {
    const auto take = [](const std::string& uri) -> std::optional<std::string> {
        const bool of_websocket = uri.starts_with("wss://") || uri.starts_with("ws://");
        if (of_websocket && std::ranges::all_of(uri, [](char c) { return c > ' ' && c < '\x7f'; }))
            return uri;
        return std::nullopt;
    };
    return prepared_text("a URI that begins with wss:// or ws://", "invalid_uri", take,
                         "wss://chat.example.org/ws-xmpp");
}

// Release 4.0 wrote it for "no pings".
void drop_missing_ping_rate(rewriter& r, node& section) {
    const node* const rate = section.find("ping_rate");
    if (!rate || !rate->text() || *rate->text() != "none") return;
    r.warn(rate->where(), "old_form", "ping_rate = \"none\" is an older way to have no pings",
           "leave ping_rate out");
    std::erase_if(*section.table(), [](const member& m) { return m.key == "ping_rate"; });
}

}  // namespace

table<websocket_options> websocket_table() {
    using w = websocket_options;
    table<w> t{
        optional("timeout", &w::timeout, limited(milliseconds(0)),
                 "Silence of the client after which the connection is closed.")
            .reload(),
        optional("ping_rate", &w::ping_rate, milliseconds(1),
                 "Interval of WebSocket pings; if unset, none are sent.")
            .reload(),
        optional("allowed_origins", &w::allowed_origins, allowed_origins(),
                 "The web sites whose pages may connect, such as \"https://chat.example.org\".")
            .own()
            .reload(),
        optional("compression", &w::compression, boolean(),
                 "Agrees to compress messages, each by itself (permessage-deflate, RFC 7692).")
            .own()
            .reload(),
        optional("see_other_uri", &w::see_other_uri, websocket_uri(),
                 "Where clients are sent when the server stops, such as \"wss://other.example.org/ws-xmpp\".")
            .own()
            .reload(),
        components_over_websocket(),
    };
    t.modernize(drop_missing_ping_rate);
    // A listener cannot tell by which method a page will log in, and pages do not hibernate.
    auto client = client_table();
    client.without_keys({"hibernate_after", "allowed_auth_methods"});
    client.released("state_timeout", "6.4.0"_r).released("backwards_compatible_session", "6.1.0"_r);
    client.own("access").own("shaper");
    t.include(&w::client, client);
    return t;
}

}  // namespace meerkat
