#include "xmpp/modules/modules_options.hpp"

#include "config/table.hpp"
#include "xmpp/address/jid.hpp"
#include "xmpp/modules/options/known_group_modules.hpp"
#include "xmpp/modules/options/known_modules.hpp"

#include <array>
#include <string_view>

namespace meerkat {

using namespace config;

namespace {

table<server_info> server_info_table() {
    using s = server_info;
    return {
        required("name", &s::name, non_empty_text(), "Name of the field, such as \"abuse-addresses\"."),
        required("urls", &s::urls, list(non_empty_text()), "Its addresses."),
        optional("modules", &s::modules, list(non_empty_text()),
                 "The modules whose answers show it; if unset, all."),
    };
}

table<mod_disco_options> disco_table() {
    using d = mod_disco_options;
    return {
        optional("extra_domains", &d::extra_domains,
                 list(prepared_text(
                     "a domain", "validate_domain_failed", [](const std::string& s) { return nameprep(s); },
                     "example.org")),
                 "Further domains shown among the server's items."),
        sections("server_info", &d::server_info, server_info_table(),
                 "Contact addresses shown with the server's features, XEP-0157."),
        optional("users_can_see_hidden_services", &d::users_can_see_hidden_services, boolean(),
                 "Shows hidden components to users too."),
        iqdisc(),
    };
}

table<mod_ping_options> ping_table() {
    using p = mod_ping_options;
    return {
        optional("send_pings", &p::send_pings, boolean(), "The server pings clients that are silent."),
        optional("ping_interval", &p::ping_interval, seconds(1), "Silence after which a client is pinged."),
        optional("timeout_action", &p::timeout_action,
                 one_of<ping_timeout_action>(
                     {{"none", ping_timeout_action::none}, {"kill", ping_timeout_action::kill}}),
                 "What happens to a client that does not answer: nothing, or its session ends."),
        optional("ping_req_timeout", &p::ping_req_timeout, seconds(1), "Time a client has to answer."),
        iqdisc(),
    };
}

table<mod_register_options> register_table() {
    using o = mod_register_options;
    table<ip_access_rule> networks{
        required("address", &ip_access_rule::address, ip_network(), "An address or network."),
        required("policy", &ip_access_rule::policy,
                 one_of<ip_policy>({{"allow", ip_policy::allow}, {"deny", ip_policy::deny}}),
                 "Whether it may register."),
    };
    table<welcome_message_options> welcome{
        optional("subject", &welcome_message_options::subject, text(), "Subject of the message."),
        optional("body", &welcome_message_options::body, text(), "Text of the message."),
    };
    return {
        optional("access", &o::access, non_empty_text(), "The access rule a new address must pass."),
        sections("ip_access", &o::ip_access, networks,
                 "Who may register, by address: the first entry that holds the client's address decides, "
                 "and without one it may."),
        section("welcome_message", &o::welcome_message, welcome, "A message every new account gets."),
        optional("registration_watchers", &o::registration_watchers,
                 list(prepared_text(
                     "an address such as \"admin@example.org\"", "validate_jid_failed",
                     [](const std::string& s) -> std::optional<std::string> {
                         const auto parsed = jid::parse(s);
                         if (!parsed) return std::nullopt;
                         return std::string(parsed->full());
                     },
                     "admin@example.org")),
                 "Who is told about every new account."),
        optional("password_strength", &o::password_strength, integer<std::uint32_t>(0),
                 "Bits of entropy a password must have; 0 asks for none."),
        iqdisc(),
    };
}

table<mod_roster_options> roster_table() {
    using o = mod_roster_options;
    return {
        optional("versioning", &o::versioning, boolean(), "Sends only what changed since a client's copy."),
        optional("store_current_id", &o::store_current_id, boolean(),
                 "Keeps the version instead of computing it."),
        optional(
            "backend", &o::backend,
            one_of<storage_backend>({{"mnesia", storage_backend::mnesia}, {"rdbms", storage_backend::rdbms}}),
            "Where rosters are kept; \"mnesia\" means the embedded database."),
        iqdisc(),
    };
}

constexpr std::array<std::string_view, 32> modules_to_come = {
    "mod_adhoc",
    "mod_amp",
    "mod_auth_token",
    "mod_bind2",
    "mod_blocking",
    "mod_blocklist",
    "mod_bosh",
    "mod_broadcast",
    "mod_cache_users",
    "mod_caps",
    "mod_carboncopy",
    "mod_csi",
    "mod_domain_isolation",
    "mod_fast_auth_token",
    "mod_global_distrib",
    "mod_jingle_sip",
    "mod_keystore",
    "mod_last",
    "mod_privacy",
    "mod_private",
    "mod_pubsub",
    "mod_pubsub_old",
    "mod_sasl2",
    "mod_shared_roster_ldap",
    "mod_sic",
    "mod_stanzaid",
    "mod_stream_management",
    "mod_vcard",
    "mod_aws_sns",
    "mod_http_notification",
    "mod_revproxy",
    "mod_commands",
};

}  // namespace

table<modules_options> modules_table() {
    using m = modules_options;
    table<m> t{
        section("mod_disco", &m::mod_disco, disco_table(), "Service discovery, XEP-0030."),
        section("mod_ping", &m::mod_ping, ping_table(), "Pings, XEP-0199."),
        section("mod_presence", &m::mod_presence, table<mod_presence_options>(),
                "Presence between users, RFC 6121."),
        section("mod_register", &m::mod_register, register_table(), "Registration by clients, XEP-0077."),
        section("mod_roster", &m::mod_roster, roster_table(), "Contact lists, RFC 6121."),
        section("mod_time", &m::mod_time, table<mod_time_options>{iqdisc()}, "The server's time, XEP-0202."),
        section("mod_version", &m::mod_version,
                table<mod_version_options>{optional("os_info", &mod_version_options::os_info, boolean(),
                                                    "Tells the operating system too."),
                                           iqdisc()},
                "The server's version, XEP-0092."),
    };
    t.add(mod_mam_option())
        .add(mod_mam_meta_option())
        .add(mod_muc_option())
        .add(mod_muc_light_option())
        .add(mod_muc_log_option())
        .add(mod_inbox_option())
        .add(mod_event_pusher_option())
        .add(mod_http_upload_option())
        .add(mod_push_service_mongoosepush_option())
        .add(mod_extdisco_option())
        .add(mod_smart_markers_option())
        .add(mod_offline_option())
        .add(mod_offline_chatmarkers_option())
        .add(mod_offline_stub_option())
        .add(mod_external_filter_option());
    for (const std::string_view name : modules_to_come) {
        if (t.content().find(name)) continue;
        t.add(section_not_yet(std::string(name), without::warns, "A module that is to come."));
    }
    t.unknown_reason("module_not_found");
    return t;
}

}  // namespace meerkat
