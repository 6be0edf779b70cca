#include "handlers/known_handlers.hpp"

#include "config/table.hpp"
#include "handlers/mounted.hpp"

#include <cstdint>
#include <utility>

namespace meerkat {

using namespace config;

namespace {

option to_come(std::string key, const known_table& own, std::string meaning) {
    return sections_not_yet(std::move(key), mounted_table(own), without::blocks, std::move(meaning));
}

// A closed list of names, kept by nobody yet.
shape<int> name_of(const std::vector<std::string>& names) {
    std::vector<word<int>> words;
    for (const std::string& name : names) words.emplace_back(name, static_cast<int>(words.size()));
    return one_of<int>(words);
}

void check_credentials(reader& r, const node& section, known_options&) {
    const bool name = section.find("username") != nullptr;
    const bool password = section.find("password") != nullptr;
    if (name == password) return;
    r.error(section.where(), "both_username_and_password_required",
            name ? "username is written without password" : "password is written without username",
            "write both, or neither");
}

known_table credentials_table(std::string meaning) {
    known_table t{
        known("username", text(), std::nullopt, meaning + " With password: both or neither."),
        known("password", text(), std::nullopt, "The password that belongs to username.").secret(),
    };
    t.check(check_credentials);
    return t;
}

known_table graphql_table() {
    auto t = credentials_table("Name that administrators give (HTTP Basic) at the admin endpoint.");
    t.add(known_required("schema_endpoint", name_of({"admin", "domain_admin", "user"}),
                         "Which schema is served, and who may use it."))
        .add(known("allowed_categories",
                   list(name_of({"checkAuth", "account", "domain",      "last",       "muc",
                                 "muc_light", "session", "stanza",      "roster",     "vcard",
                                 "private",   "metric",  "stat",        "gdpr",       "mnesia",
                                 "server",    "inbox",   "http_upload", "httpUpload", "offline",
                                 "token",     "cets",    "broadcast",   "blocklist",  "externalServices"}),
                        list_rule::unique_non_empty),
                   std::nullopt, "The categories of operations served; if unset, all."))
        .add(known("sse_idle_timeout", limited(milliseconds(1)), limit(std::chrono::milliseconds(3'600'000)),
                   "Silence after which an event stream is closed.")
                 .since("6.2.1"_r));
    return t;
}

known_table admin_api_table() {
    auto t = credentials_table("Name that administrators give (HTTP Basic).");
    t.add(known("handlers",
                list(name_of({"contacts", "users", "sessions", "messages", "stanzas", "muc_light", "muc",
                              "inbox", "domain", "metrics"}),
                     list_rule::unique),
                std::nullopt, "The parts of the API served; if unset, all."));
    return t;
}

known_table client_api_table() {
    known_table t{
        known("handlers",
              list(name_of({"sse", "messages", "contacts", "rooms", "rooms_config", "rooms_users",
                            "rooms_messages", "mongoose_client_api_sse", "mongoose_client_api_messages",
                            "mongoose_client_api_contacts", "mongoose_client_api_rooms",
                            "mongoose_client_api_rooms_config", "mongoose_client_api_rooms_users",
                            "mongoose_client_api_rooms_messages"}),
                   list_rule::unique),
              std::nullopt, "The parts of the API served; if unset, all."),
        known("docs", boolean(), true, "Serves the API's pages at /api-docs too."),
    };
    t.modernize([](rewriter& r, node& section) { unquote_boolean(r, section, "docs"); });
    return t;
}

known_table cowboy_static_table() {
    return {
        known("type", text(), std::nullopt, "How the folder is found; in practice \"priv_dir\"."),
        known("app", text(), std::nullopt, "The application whose folder it is; \"cowboy_swagger\"."),
        known("content_path", text(), std::nullopt, "The folder in it; \"swagger\"."),
    };
}

known_table custom_header_table() {
    return {
        known_required("name", non_empty_text(), "Name of the field."),
        known_required("value", text(), "Its value."),
    };
}

// HTTP and WebSocket handlers behind one path.
known_table mod_cowboy_table() {
    known_table http{
        known_required("handler", non_empty_text(),
                       "The handler of plain requests, such as \"mod_revproxy\"."),
        known("timeout", limited(milliseconds(1)), std::nullopt, "How long the other server may take."),
        known("body_length", limited(integer<std::uint64_t>(1)), std::nullopt,
              "Bytes a request's body may have."),
        known_sections("custom_headers", custom_header_table(), "Fields added to requests."),
    };
    known_table websocket{
        known_required("protocol", non_empty_text(),
                       "The Sec-WebSocket-Protocol it is for, such as \"xmpp\"."),
        known_required("handler", non_empty_text(), "The handler, such as \"mod_websockets\"."),
        known("timeout", limited(milliseconds(0)), std::nullopt,
              "Silence of the client after which the connection is closed."),
        known("ping_rate", milliseconds(1), std::nullopt, "Interval of WebSocket pings."),
        known("max_stanza_size", limited(integer<std::uint64_t>(1)), std::nullopt,
              "Bytes a stanza may have."),
    };
    return {
        known_section("http", http, "Who answers plain requests."),
        known_sections("ws", websocket, "Who answers WebSocket requests, by protocol."),
    };
}

known_table reverse_proxy_table() {
    return {
        known("timeout", limited(milliseconds(1)), std::nullopt, "How long the other server may take."),
        known("body_length", limited(integer<std::uint64_t>(1)), std::nullopt,
              "Bytes a request's body may have."),
        known_sections("custom_headers", custom_header_table(), "Fields added to requests."),
    };
}

known_table component_options_table() {
    return {
        known("access", non_empty_text(), "all", "The access rule for what is sent to the component."),
        known("shaper_rule", non_empty_text(), "none", "The shaper that bounds what it may send."),
        known("password", non_empty_text(), std::nullopt, "The secret it proves to know, XEP-0114.").secret(),
        known("check_from", boolean(), true, "It may send from its own domain only."),
        known("hidden_components", boolean(), false, "Keeps it out of service discovery."),
        known("conflict_behaviour", name_of({"disconnect", "kick_old"}), std::nullopt,
              "What happens when its domain is taken: it is refused, or the older one is ended."),
        known("max_fsm_queue", integer<std::uint64_t>(1), std::nullopt, "Stanzas that may wait for it."),
    };
}

}  // namespace

void unquote_boolean(rewriter& r, node& section, const std::string& key) {
    node* const value = section.find(key);
    if (!value || !value->text() || (*value->text() != "true" && *value->text() != "false")) return;
    r.warn(value->where(), "old_form", key + " is written as a string; it is a boolean",
           "write " + key + " = " + *value->text() + ", without quotes");
    *value = node(*value->text() == "true", value->where());
}

std::vector<option> handlers_to_come() {
    std::vector<option> all;
    all.push_back(to_come("mongoose_graphql_handler", graphql_table(), "The GraphQL API.").since("6.0.0"_r));
    all.push_back(to_come("mongoose_prometheus_handler", known_table{}, "Measurements for Prometheus.")
                      .since("6.3.0"_r));
    all.push_back(to_come("mongoose_admin_api", admin_api_table(), "The REST API for administrators.")
                      .between("6.0.0"_r, "6.5.0"_r));
    all.push_back(to_come("mongoose_client_api", client_api_table(), "The REST API for users.")
                      .between("5.1.0"_r, "6.5.0"_r));
    all.push_back(to_come("mongoose_api_admin", credentials_table("Name that administrators give."),
                          "The first REST API for administrators.")
                      .between("4.0.0"_r, "5.1.1"_r));
    known_table api{known("handlers", list(name_of({"mongoose_api_metrics", "mongoose_api_users"})),
                          std::nullopt, "The parts served; if unset, both.")};
    all.push_back(
        to_come("mongoose_api", api, "Measurements and users over HTTP.").between("4.0.0"_r, "5.1.1"_r));
    all.push_back(to_come("mongoose_api_client", known_table{}, "The REST API of commands for users.")
                      .between("4.0.0"_r, "5.1.1"_r));
    for (const auto& [key, meaning] : std::vector<std::pair<std::string, std::string>>{
             {"mongoose_client_api_messages", "Messages in the first REST API for users."},
             {"mongoose_client_api_contacts", "Contacts in the first REST API for users."},
             {"mongoose_client_api_rooms", "Rooms in the first REST API for users."},
             {"mongoose_client_api_rooms_config", "Settings of rooms in the first REST API for users."},
             {"mongoose_client_api_rooms_users", "People in rooms in the first REST API for users."},
             {"mongoose_client_api_rooms_messages", "Messages in rooms in the first REST API for users."},
             {"cowboy_swagger_redirect_handler", "Leads to the API's pages."},
             {"cowboy_swagger_json_handler", "The description of the API."}}) {
        all.push_back(to_come(key, known_table{}, meaning).between("4.0.0"_r, "5.0.1"_r));
    }
    known_table lasse{known("module", non_empty_text(), std::nullopt,
                            "Whose events they are; \"mongoose_client_api_sse\".")};
    all.push_back(
        to_come("lasse_handler", lasse, "Server-sent events for users.").between("4.0.0"_r, "5.0.1"_r));
    all.push_back(to_come("cowboy_static", cowboy_static_table(), "Files of the API's pages.")
                      .between("4.0.0"_r, "5.0.1"_r));
    all.push_back(to_come("mongoose_domain_handler",
                          credentials_table("Name that administrators of domains give."),
                          "Domains over HTTP.")
                      .between("5.0.0"_r, "5.1.1"_r));
    all.push_back(to_come("mod_cowboy", mod_cowboy_table(), "An HTTP and a WebSocket handler at one path.")
                      .until("4.0.1"_r));
    all.push_back(
        to_come("mod_revproxy", reverse_proxy_table(), "Hands requests to another server.").until("4.0.1"_r));
    return all;
}

table<websocket_options> older_websocket_table() {
    auto t = websocket_table();
    t.add(older("c2s_state_timeout", limited(milliseconds(0)), "6.1.0"_r, "6.3.3"_r, renamed("state_timeout"),
                "Older name of state_timeout."));
    return t;
}

option components_over_websocket() {
    return section_not_yet("service", component_options_table(), without::blocks,
                           "Components over WebSocket.")
        .until("6.0.0"_r);
}

}  // namespace meerkat
