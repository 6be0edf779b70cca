// The options of listeners in their Erlang form, an entry each: what the documents have, then what files have
// besides.

#include "gateway/cfg/handler_terms.hpp"
#include "gateway/cfg/listener_terms.hpp"
#include "gateway/cfg/tls_terms.hpp"

#include <utility>

namespace meerkat {

using namespace cfg;

namespace {

using action = std::function<void(translation&, node&, const property&)>;

const std::string c2s = "ejabberd_c2s";
const std::string http = "ejabberd_cowboy";
const std::string s2s = "ejabberd_s2s_in";
const std::string service = "ejabberd_service";
const std::string unset = "(unset)";

// The value as it is, under a key of the listener or handler.
action to(std::string key) {
    return
        [key = std::move(key)](translation& t, node& into, const property& p) { t.put_value(into, key, p); };
}

// Texts, or one alone, as an array.
action texts(std::string key) {
    return [key = std::move(key)](translation& t, node& into, const property& p) {
        if (!p.value) return t.wrong_form(*p.whole, "{" + p.name + ", [...]}");
        t.put(into, key, p.where, t.names(*p.value));
    };
}

// A bare name that switches something on; {name, true} is the same, {name, false} is nothing.
action flag(std::function<void(node&, place)> switch_on) {
    return [switch_on = std::move(switch_on)](translation& t, node& into, const property& p) {
        const bool known =
            p.is_flag() || (p.value && (p.value->is_atom("true") || p.value->is_atom("false")));
        if (!known) return t.wrong_form(*p.whole, "the bare name " + p.name);
        if (p.is_flag() || p.value->is_atom("true")) switch_on(into, p.where);
    };
}

action tls_mode(std::string mode) {
    return flag([mode = std::move(mode)](node& into, place where) { choose_tls_mode(into, mode, where); });
}

action fixed(std::string key, node::content value) {
    return flag([key = std::move(key), value = std::move(value)](node& into, place where) {
        put_at(into, key, where, node(value, where));
    });
}

void put_address(translation& t, node& into, const property& p) {
    if (!p.value) return t.wrong_form(*p.whole, "{ip, {127, 0, 0, 1}}");
    if (auto address = t.address(*p.value))
        t.put(into, "ip_address", p.where, text_node(*address, p.value->where));
}

void put_compression(translation& t, node& into, const property& p) {
    if (p.value && p.value->is_atom("unlimited")) {
        t.put(into, "zlib", p.where, text_node("infinity", p.value->where));
    } else {
        t.put_value(into, "zlib", p);
    }
}

// The documents say c2s_shaper; where shaper stands as well, servers took that one.
void put_client_shaper(translation& t, node& into, const property& p) {
    const node* other = into.find("shaper");
    if (other) {
        t.warn(p.name == "shaper" ? other->where() : p.where, given_twice,
               "c2s_shaper and shaper mean the same: shaper counts", "remove c2s_shaper");
    }
    if (p.name == "shaper") remove(into, "shaper");
    if (!into.find("shaper")) t.put_value(into, "shaper", p);
}

// A list of options of which some have a place here.
action known_of(std::string what, std::vector<std::pair<std::string, std::string>> known) {
    return [what = std::move(what), known = std::move(known)](translation& t, node& into, const property& p) {
        if (!p.value) return t.wrong_form(*p.whole, "{" + p.name + ", [...]}");
        for (const property& option : t.properties(*p.value)) {
            bool found = false;
            for (const auto& [name, key] : known) {
                if (name != option.name) continue;
                t.put_value(into, key, option);
                found = true;
            }
            if (!found) t.no_modern_form(option.where, "the " + what + " option " + option.name);
        }
    };
}

void put_tls(translation& t, node& into, const property& p) {
    if (!p.value) return t.wrong_form(*p.whole, "{" + p.name + ", [...]}");
    if (node* tls = table_below(into, "tls", p.where)) listener_tls(t, *tls, *p.value);
}

void put_https(translation& t, node& into, const property& p) {
    put_tls(t, into, p);
    // The oldest files asked no client for a certificate unless they said so.
    if (into.find("tls")) put_at(into, "tls.verify_mode", p.where, text_node("none", p.where));
}

void put_handlers(translation& t, node& into, const property& p) {
    const auto* handlers = t.list_of(p);
    if (!handlers) return;
    for (const term& handler : *handlers) convert_handler(t, into, handler);
}

void put_listener(translation& t, node& root, const property& p) { convert_listener(t, root, *p.whole); }

// clang-format off: a table
std::vector<cfg_option> documented() {
    return {
        {"{Port, Module, Options}", "tuple; Port may be {Port, Address}, {Port, tcp} or {Port, Address, tcp}", unset,
         "One listener: an entry of listen.c2s, listen.http, listen.s2s or listen.service.", "", {}, "", put_listener},
        {c2s + ": {certfile, F}", "string", "(unset) (no TLS)",
         "File with the certificate, its chain and its key: tls.certfile.", c2s, {}, "certfile", to("tls.certfile")},
        {c2s + ": {cafile, F}", "string", unset,
         "File with the authorities trusted: tls.cacertfile.", c2s, {}, "cafile", to("tls.cacertfile")},
        {c2s + ": {crlfiles, L}", "list of strings", "[]",
         "Files with lists of revoked certificates: tls.crl_files.", c2s, {}, "crlfiles", texts("tls.crl_files")},
        {c2s + ": verify_peer", "bare name", "absent",
         "Checks clients' certificates: tls.verify_mode; switches STARTTLS on if nothing else does.", c2s, {},
         "verify_peer", fixed("tls.verify_mode", std::string("peer"))},
        {c2s + ": starttls", "bare name", "absent",
         "Offers TLS: tls.mode.", c2s, {}, "starttls", tls_mode("starttls")},
        {c2s + ": starttls_required", "bare name", "absent",
         "Demands TLS; goes before starttls: tls.mode.", c2s, {}, "starttls_required", tls_mode("starttls_required")},
        {c2s + ": tls", "bare name", "absent",
         "TLS from the first byte; goes before both others: tls.mode.", c2s, {}, "tls", tls_mode("tls")},
        {c2s + ": {tls_module, M}", "fast_tls or just_tls", "fast_tls",
         "Chose a TLS library; there is one: tls.module.", c2s, {}, "tls_module", to("tls.module")},
        {c2s + ": {zlib, N}", "integer or unlimited", "off",
         "Stream compression and the largest inflated size: zlib.", c2s, {}, "zlib", put_compression},
        {c2s + ": {ciphers, S}", "string", "those of the TLS library",
         "Ciphers as OpenSSL writes them: tls.ciphers.", c2s, {}, "ciphers", to("tls.ciphers")},
        {c2s + ": {access, Rule}", "access rule", "all",
         "Who may open a session: access.", c2s, {}, "access", to("access")},
        {c2s + ": {c2s_shaper, Rule}", "access rule", "none",
         "The rule that names the shaper of a connection: shaper.", c2s, {}, "c2s_shaper", put_client_shaper},
        {c2s + ": {max_stanza_size, N}", "integer (bytes)", "infinity",
         "The largest stanza taken: max_stanza_size.", c2s, {}, "max_stanza_size", to("max_stanza_size")},
        {c2s + ": {backlog, N}", "integer", "100",
         "The queue of connections not yet accepted: backlog.", c2s, {}, "backlog", to("backlog")},
        {c2s + ": {max_fsm_queue, N}", "integer", "that of the whole server",
         "The queue of messages of one connection: max_fsm_queue.", c2s, {}, "max_fsm_queue", to("max_fsm_queue")},
        {c2s + ": {protocol_options, L}", "list of strings", "[\"no_sslv3\"]",
         "Versions of TLS that are not served: tls.protocol_options.", c2s, {}, "protocol_options",
         texts("tls.protocol_options")},
        {c2s + ": {dhfile, F}", "string", unset,
         "File with Diffie-Hellman parameters: tls.dhfile.", c2s, {}, "dhfile", to("tls.dhfile")},
        {c2s + ": {hibernate_after, N}", "integer (ms)", "0",
         "How long a connection idles before its memory is given back: hibernate_after.", c2s, {}, "hibernate_after",
         to("hibernate_after")},
        {c2s + ": {acceptors_num, N}", "integer", "100",
         "How many connections are accepted at a time: num_acceptors.", c2s, {}, "acceptors_num", to("num_acceptors")},

        {http + ": {ip, T}", "IP tuple", "{0,0,0,0}",
         "The address listened on: ip_address.", http, {}, "ip", put_address},
        {http + ": {num_acceptors, N}", "integer", "100",
         "How many connections are accepted at a time: transport.num_acceptors.", http, {}, "num_acceptors",
         to("transport.num_acceptors")},
        {http + ": {transport_options, L}", "list", "[]",
         "max_connections and num_acceptors: transport; others are refused.", http, {}, "transport_options",
         known_of("Ranch", {{"max_connections", "transport.max_connections"},
                            {"num_acceptors", "transport.num_acceptors"}})},
        {http + ": {protocol_options, L}", "list", "[]",
         "compress: protocol.compress; others are refused.", http, {}, "protocol_options",
         known_of("Cowboy", {{"compress", "protocol.compress"}})},
        {http + ": {ssl, L}", "list", "(unset) (plain HTTP)",
         "Switches HTTPS on: tls, where an absent verify means verify_mode = \"none\".", http, {}, "ssl", put_https},
        {http + ": {modules, [{Host, Path, Handler, Opts}]}", "list of tuples", unset,
         "What answers below which host and path: handlers, tried in this order.", http, {}, "modules", put_handlers},
        {http + ": handler mod_bosh", "tuple", unset,
         "XMPP over BOSH: handlers.mod_bosh.", http, {"mod_bosh"}, "", no_handler_options},
        {http + ": handler mod_websockets {timeout, N}", "integer (ms) or infinity", "infinity",
         "How long a connection may be silent: timeout.", http, {"mod_websockets"}, "timeout", to("timeout")},
        {http + ": handler mod_websockets {ping_rate, N}", "integer (ms) or none", "none",
         "How often the server pings: ping_rate.", http, {"mod_websockets"}, "ping_rate", ping_rate},
        {http + ": handler mod_websockets {max_stanza_size, N}", "integer (bytes) or infinity", "infinity",
         "The largest stanza taken: max_stanza_size.", http, {"mod_websockets"}, "max_stanza_size",
         to("max_stanza_size")},
        {http + ": handler mod_websockets {ejabberd_service, L}", "list", "[]",
         "Components over WebSocket: service.", http, {"mod_websockets"}, "ejabberd_service",
         component_over_websocket},
        {http + ": handler mongoose_api {handlers, L}", "list of names", unset,
         "Which parts of the interface answer: handlers.", http, {"mongoose_api"}, "handlers", handler_names_of_api},
        {http + ": handler mongoose_api_admin {auth, {User, Pass}}", "tuple of strings", "(unset) (no authentication)",
         "Who may use the interface: username and password.", http, {"mongoose_api_admin"}, "auth",
         handler_credentials},
        {http + ": handler mongoose_api_client / mongoose_api_client_contacts", "tuple", unset,
         "Interfaces of users: handlers.mongoose_api_client and, as it is really named, "
         "handlers.mongoose_client_api_contacts.", http, {"mongoose_api_client", "mongoose_api_client_contacts"}, "",
         misspelt_contacts},
        {http + ": handler mod_cowboy {http, Handler, Opts}", "tuple", unset,
         "What answers plain HTTP on a path shared with WebSocket: http.", http, {"mod_cowboy"}, "http",
         plain_http_handler},
        {http + ": handler mod_cowboy {ws, Protocol, Handler}", "tuple", unset,
         "What answers WebSocket connections of that subprotocol: an entry of ws.", http, {"mod_cowboy"}, "ws",
         websocket_handler},
        {http + ": handler mod_revproxy {timeout, N}", "integer (ms)", "5000",
         "How long the server behind may take: timeout.", http, {"mod_revproxy"}, "timeout", to("timeout")},
        {http + ": handler mod_revproxy {body_length, N}", "integer (bytes) or infinity", "8000000",
         "The largest body passed on: body_length.", http, {"mod_revproxy"}, "body_length", to("body_length")},
        {http + ": handler mod_revproxy {custom_headers, L}", "list of {Name, Value}", unset,
         "Header fields added to each request passed on: custom_headers, tables of name and value.", http,
         {"mod_revproxy"}, "custom_headers", custom_headers},

        {s2s + ": {shaper, Rule}", "access rule", "none",
         "The rule that names the shaper of a connection: shaper.", s2s, {}, "shaper", to("shaper")},
        {s2s + ": {max_stanza_size, N}", "integer (bytes)", "infinity",
         "The largest stanza taken: max_stanza_size.", s2s, {}, "max_stanza_size", to("max_stanza_size")},
        {s2s + ": {protocol_options, L}", "list of strings", "[\"no_sslv3\"]",
         "Versions of TLS that are not served: tls.protocol_options.", s2s, {}, "protocol_options",
         texts("tls.protocol_options")},
        {s2s + ": {dhfile, F}", "string", unset,
         "File with Diffie-Hellman parameters: tls.dhfile.", s2s, {}, "dhfile", to("tls.dhfile")},

        {service + ": {access, Rule}", "access rule", "all",
         "Who may send to the component: access.", service, {}, "access", to("access")},
        {service + ": {password, S}", "string", unset,
         "What the component proves itself with: password.", service, {}, "password", to("password")},
        {service + ": {shaper_rule, Name}", "shaper name", "none",
         "The shaper of a connection: shaper_rule.", service, {}, "shaper_rule", to("shaper_rule")},
        {service + ": {service_check_from, B}", "boolean", "true",
         "Whether a component may send from its own domain only: check_from.", service, {}, "service_check_from",
         to("check_from")},
        {service + ": {max_fsm_queue, N}", "integer", "that of the whole server",
         "The queue of messages of one connection: max_fsm_queue.", service, {}, "max_fsm_queue", to("max_fsm_queue")},
        {service + ": {hidden_components, B}", "boolean", "false",
         "Keeps the component out of service discovery: hidden_components.", service, {}, "hidden_components",
         to("hidden_components")},
    };
}
// clang-format on

cfg_option besides(std::string listener, std::string key, action apply) {
    return {.path = {},
            .type = {},
            .fallback = {},
            .meaning = {},
            .listener = std::move(listener),
            .handlers = {},
            .key = std::move(key),
            .apply = std::move(apply)};
}

cfg_option whole_handlers(std::vector<std::string> handlers, action apply) {
    cfg_option o = besides(http, "", std::move(apply));
    o.handlers = std::move(handlers);
    return o;
}

std::vector<cfg_option> undocumented() {
    std::vector<cfg_option> found{
        besides("", "ip", put_address),
        besides("", "inet6", fixed("ip_version", std::int64_t{6})),
        besides("", "inet", fixed("ip_version", std::int64_t{4})),
        besides("", "proto", put_listener_protocol),
        besides(c2s, "shaper", put_client_shaper),
        besides(c2s, "xml_socket", to("xml_socket")),
        besides(c2s, "ssl_options", put_tls),
        besides(http, "max_connections", to("transport.max_connections")),
        besides(s2s, "ciphers", to("tls.ciphers")),
        besides(s2s, "cafile", to("tls.cacertfile")),
        besides(service, "conflict_behaviour", to("conflict_behaviour")),
        besides(service, "max_stanza_size", to("max_stanza_size")),
        whole_handlers({"mongoose_client_api_messages", "mongoose_client_api_contacts",
                        "mongoose_client_api_rooms", "mongoose_client_api_rooms_config",
                        "mongoose_client_api_rooms_users", "mongoose_client_api_rooms_messages"},
                       no_handler_options),
        whole_handlers({"cowboy_swagger_redirect_handler", "cowboy_swagger_json_handler"},
                       any_handler_options),
        whole_handlers({"lasse_handler"}, event_handler),
        whole_handlers({"cowboy_static"}, static_files),
    };
    for (const std::string& listener : {c2s, s2s, service}) {
        found.push_back(besides(listener, "proxy_protocol", to("proxy_protocol")));
        if (listener == c2s) continue;
        found.push_back(besides(listener, "backlog", to("backlog")));
        found.push_back(besides(listener, "acceptors_num", to("num_acceptors")));
        found.push_back(besides(listener, "hibernate_after", to("hibernate_after")));
    }
    return found;
}

}  // namespace

const std::vector<cfg_option>& cfg_listener_options() {
    static const std::vector<cfg_option> options = documented();
    return options;
}

const std::vector<cfg_option>& cfg::undocumented_listener_options() {
    static const std::vector<cfg_option> options = undocumented();
    return options;
}

}  // namespace meerkat
