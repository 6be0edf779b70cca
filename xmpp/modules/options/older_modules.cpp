// Modules that only older releases had.

#include "xmpp/modules/options/known_group_modules.hpp"
#include "xmpp/modules/options/known_modules.hpp"
#include "xmpp/modules/options/module_pieces.hpp"

#include <string>
#include <utility>

namespace meerkat {

using namespace config;
using namespace module_pieces;

namespace {

constexpr release last_with_bosh_module = "6.5.0"_r;

option bosh() {
    const known_table t{
        known_backend({"mnesia", "cets"}, "mnesia", "Where sessions are noted.").until(last_with_bosh_module),
        known("inactivity", limited(seconds(1)), limit<std::chrono::seconds>(std::chrono::seconds(30)),
              "Longest time without a request.")
            .until(last_with_bosh_module),
        known("max_wait", limited(seconds(1)), limit<std::chrono::seconds>::infinity(),
              "Longest time an answer waits for something to say.")
            .until(last_with_bosh_module),
        known("server_acks", boolean(), false, "Acknowledges requests.").until(last_with_bosh_module),
        known("max_pause", seconds(1), std::chrono::seconds(120), "Longest pause a client may ask for.")
            .between("4.1.0"_r, last_with_bosh_module),
        older("maxpause", seconds(1), "4.0.0"_r, "4.0.1"_r, renamed("max_pause"),
              "Longest pause a client may ask for."),
    };
    // It stays until all of the file's are known: one service stands in for them.
    return older_section("mod_bosh", t, "4.0.0"_r, last_with_bosh_module, stays(),
                         "XMPP over HTTP, XEP-0124: services.service_bosh.");
}

option jingle_sip() {
    const known_table phones{
        known_required("username", text(), "The user."),
        known_required("phone", text(), "The number."),
    };
    const known_table t{
        known_backend({"mnesia", "cets"}, "mnesia", "Where calls are noted.").since("6.2.0"_r),
        known("listen_port", integer<std::uint16_t>(0, 65535), 5600, "Port for SIP."),
        known("local_host", text(), "localhost", "The name that is told to the proxy."),
        known("proxy_host", text(), "localhost", "The SIP proxy."),
        known("proxy_port", integer<std::uint16_t>(0, 65535), 5060, "Its port."),
        known("sdp_origin", ip_address(), "127.0.0.1", "The address written into session descriptions."),
        known("transport", one_word_of({"tcp", "udp"}), "udp", "How SIP travels.").since("5.1.0"_r),
        known_sections("username_to_phone", phones, "Users' telephone numbers.").since("5.1.0"_r),
    };
    return throughout(
        section_not_yet("mod_jingle_sip", t, without::warns, "Calls between XMPP clients and SIP phones."),
        {.since = "4.0.0"_r, .until = "6.6.0"_r});
}

option revproxy() {
    const known_table routes{
        known_required("host", non_empty_text(), "The host of the request; \"_\" is any, \":x\" binds x."),
        known_required("path", text(), "How its path begins; \"_\" is any, \":x\" binds x."),
        known("method", non_empty_text(), "_", "Its method; \"_\" is any."),
        known_required("upstream", non_empty_text(), "Where it goes: http:// or https://, host and path."),
    };
    const known_table t{known_sections("routes", routes, "The routes; the first that fits is taken.")};
    return throughout(section_not_yet("mod_revproxy", t, without::warns,
                                      "Where the mod_revproxy handler sends requests to."),
                      {.since = "4.0.0"_r, .until = "4.0.1"_r});
}

option commands(std::string key, release since) {
    return older_section(std::move(key), known_table(), since, "5.1.1"_r,
                         dropped("the HTTP interfaces have their commands without it"),
                         "Commands for HTTP interfaces.");
}

// A module of its own for what is a part of mod_event_pusher since.
option older_pusher(const option& part, std::string key, release until, rewriting becomes,
                    std::string meaning) {
    option o = part;
    o.key = std::move(key);
    o.older = true;
    o.meaning = std::move(meaning);
    o.read = nullptr;
    o.modernize = std::move(becomes);
    return throughout(std::move(o), {.since = "4.0.0"_r, .until = until});
}

void take_for_sns(rewriter& r, node& modules, member old) {
    r.warn(old.where, "old_name", "mod_aws_sns is an older name of mod_event_pusher.sns",
           "write [modules.mod_event_pusher.sns] instead");
    node* const pusher = table_inside(modules, "mod_event_pusher", old.where);
    if (pusher) r.put(*pusher, "sns", std::move(old));
}

// What it said of its one receiver is an entry of handlers now.
void take_for_http(rewriter& r, node& modules, member old) {
    r.warn(old.where, "old_name", "mod_http_notification is an older name of mod_event_pusher.http",
           "write [[modules.mod_event_pusher.http.handlers]] instead");
    node* const pusher = table_inside(modules, "mod_event_pusher", old.where);
    node* const http = pusher ? table_inside(*pusher, "http", old.where) : nullptr;
    if (!http) return;
    node_array handlers;
    handlers.push_back(std::move(old.value));
    r.put(*http, "handlers", {"handlers", old.where, node(std::move(handlers), old.where)});
}

}  // namespace

std::vector<option> older_modules() {
    // The backends as they were in the same releases.
    const option pusher = mod_event_pusher_option();
    const option_table& backends = *pusher.inside->find("backend")->inside;
    return {
        older_pusher(*backends.find("sns"), "mod_aws_sns", "5.0.1"_r, take_for_sns,
                     "Notifications by Amazon SNS: mod_event_pusher.sns."),
        bosh(),
        commands("mod_commands", "4.0.0"_r),
        older_pusher(*backends.find("http"), "mod_http_notification", "4.0.0"_r, take_for_http,
                     "Notifications by HTTP: an entry of mod_event_pusher.http.handlers."),
        commands("mod_inbox_commands", "5.1.0"_r),
        jingle_sip(),
        commands("mod_muc_commands", "4.0.0"_r),
        commands("mod_muc_light_commands", "4.0.0"_r),
        revproxy(),
    };
}

void add_built_in_presence(rewriter& r, node& modules) {
    if (r.read_as() >= "6.1.0"_r || modules.find("mod_presence")) return;
    const place where = modules.where();
    r.warn(where, "old_default", "up to 6.0.0 presence between users needed no module: mod_presence is added",
           "write [modules.mod_presence]");
    r.put(modules, "mod_presence", {"mod_presence", where, node(node_table{}, where)});
}

}  // namespace meerkat
