#include "xmpp/modules/modules_options.hpp"

#include "config/table.hpp"
#include "xmpp/address/jid.hpp"
#include "xmpp/modules/module_dependencies.hpp"
#include "xmpp/modules/options/known_group_modules.hpp"
#include "xmpp/modules/options/known_modules.hpp"

#include <optional>
#include <string>

namespace meerkat {

using namespace config;

namespace {

// Release 4.0 wrote "all" for all of them.
void name_modules(rewriter& r, node& table, member old) {
    if (!old.value.text() || *old.value.text() != "all") {
        renamed("modules")(r, table, std::move(old));
        return;
    }
    r.warn(old.where, "old_form", "module = \"all\" is an older way to write what holds without it",
           "leave it out");
}

table<server_info> server_info_table() {
    using s = server_info;
    return {
        required("name", &s::name, non_empty_text(), "Name of the field, such as \"abuse-addresses\"."),
        required("urls", &s::urls, list(non_empty_text()), "Its addresses."),
        optional("modules", &s::modules, list(non_empty_text()),
                 "The modules whose answers show it; if unset, all.")
            .since("4.1.0"_r),
        older("module", list(non_empty_text()), "4.0.0"_r, "4.0.1"_r, name_modules,
              "Older name of modules; \"all\" for all."),
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
        accepted(
            "users_can_see_hidden_services", boolean(), true,
            "Shows hidden components to users too; this release has no components that could be hidden."),
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
    table<o> t{
        optional("versioning", &o::versioning, boolean(), "Sends only what changed since a client's copy."),
        optional("store_current_id", &o::store_current_id, boolean(),
                 "Keeps the version instead of computing it."),
        optional("backend", &o::backend,
                 one_of<storage_backend>({{"mnesia", storage_backend::mnesia},
                                          {"rdbms", storage_backend::rdbms},
                                          {"riak", storage_backend::riak}}),
                 "Where rosters are kept: in this release always in the embedded database.")
            .without_effect(),
        iqdisc(),
        riak({"bucket_type", "version_bucket_type"}),
    };
    t.check([](reader& r, const node& section, mod_roster_options& o) {
        if (o.backend != storage_backend::riak) return;
        o.backend = storage_backend::mnesia;
        r.warn(section.find("backend")->where(), "not_supported_yet",
               "Riak is not supported any more: rosters are in the embedded database",
               "write backend = \"mnesia\"");
    });
    return t;
}

// Of the modules that others bring, those that work.
void add_brought_modules(reader&, const node& section, modules_options& modules) {
    if (!modules.mod_presence && with_dependencies(section).contains("mod_presence"))
        modules.mod_presence.emplace();
}

}  // namespace

table<modules_options> modules_table() {
    using m = modules_options;
    table<m> t{
        section("mod_disco", &m::mod_disco, disco_table(), "Service discovery, XEP-0030."),
        section("mod_ping", &m::mod_ping, ping_table(), "Pings, XEP-0199."),
        section("mod_presence", &m::mod_presence, table<mod_presence_options>(),
                "Presence between users, RFC 6121; part of the server up to 6.0.")
            .since("6.1.0"_r),
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
    for (const auto& group :
         {stream_modules(), token_modules(), user_data_modules(), pubsub_modules(), older_modules()}) {
        for (const option& each : group) t.add(each);
    }
    t.add(global_distribution());
    t.modernize(tell_pubsub_modules_apart).modernize(add_built_in_presence);
    t.unknown_reason("module_not_found").check(add_brought_modules);
    return t;
}

}  // namespace meerkat
