// What tells others of events: mod_event_pusher with its backends, and the service push notifications go to.

#include "xmpp/modules/options/known_group_modules.hpp"
#include "xmpp/modules/options/known_modules.hpp"
#include "xmpp/modules/options/module_pieces.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meerkat {

using namespace config;
using namespace module_pieces;

namespace {

// Since then the backends stand directly in the module, and HTTP may have several handlers.
constexpr release first_flat = "5.1.0"_r;

known_table sns_table() {
    return {
        known_required("sns_host", text(),
                       "The address of Amazon's service, such as "
                       "\"sns.eu-west-1.amazonaws.com\"."),
        known_required("region", text(), "Its region, such as \"eu-west-1\"."),
        known_required("account_id", text(), "The account's number."),
        known_required("access_key_id", text(), "The name of the account's key."),
        known_required("secret_access_key", text(), "The key itself.").secret(),
        known("presence_updates_topic", text(), std::nullopt,
              "The topic for users who come and go; if unset, this is not told."),
        known("pm_messages_topic", text(), std::nullopt,
              "The topic for messages between two people; if unset, they are not told."),
        known("muc_messages_topic", text(), std::nullopt,
              "The topic for messages in rooms; if unset, they are not told."),
        older("muc_host", text(), "4.0.0"_r, "4.1.0"_r,
              dropped("messages of rooms are told by the service they come from"),
              "The domain that messages of rooms come from."),
        never("plugin_module", code_name(), "mod_event_pusher_sns_defaults",
              "Code that names users and adds attributes."),
        known("pool_size", at_least(1), 100, "Notifications that are on their way at the same time."),
        known("publish_retry_count", at_least(0), 2, "How often a notification is tried again."),
        known("publish_retry_time_ms", milliseconds(0), std::chrono::milliseconds(50),
              "Pause before that, which grows with each try."),
    };
}

// Release 4.0 wrote "@HOSTS@", and had one such domain if none was written.
void modernize_push(rewriter& r, node& push) {
    constexpr std::string_view old_ending = ".@HOSTS@";
    node* const hosts = push.find("virtual_pubsub_hosts");
    if (!hosts && r.read_as() < "4.1.0"_r) {
        const place where = push.where();
        r.warn(where, "old_default",
               "virtual_pubsub_hosts is not written: in files of " + to_string(r.read_as()) +
                   " this means \"pubsub\" below each domain",
               "write virtual_pubsub_hosts = [\"pubsub.@HOST@\"]");
        r.put(push, "virtual_pubsub_hosts",
              {"virtual_pubsub_hosts", where,
               node(node_array{node(std::string("pubsub.@HOST@"), where)}, where)});
    }
    if (!hosts || !hosts->array()) return;
    for (node& host : *hosts->array()) {
        if (!host.text() || !host.text()->ends_with(old_ending)) continue;
        std::string modern = host.text()->substr(0, host.text()->size() - old_ending.size()) + ".@HOST@";
        r.warn(host.where(), "old_form", "@HOSTS@ is an older form of @HOST@", "write \"" + modern + '"');
        host = node(std::move(modern), host.where());
    }
}

known_table push_table() {
    known_table t{
        known_backend({"mnesia", "rdbms"}, "mnesia",
                      "Where it is kept who wants notifications; \"mnesia\" means the embedded database."),
        worker_pool("available_worker"),
        never("plugin_module", code_name(), "mod_event_pusher_push_plugin_defaults",
              "Code that decides what is told and how."),
        known("virtual_pubsub_hosts", list(host_template()), std::vector<std::string>{},
              "Domains that clients take for services of XEP-0060 and that the server answers for."),
        iqdisc("5.1.0"_r),
    };
    t.modernize(modernize_push);
    return t;
}

known_table http_handler_table() {
    return {
        known("pool_name", non_empty_text(), "http_pool",
              "The pool of outgoing_pools.http that requests are sent by."),
        known("path", text(), "", "The path behind the pool's address."),
        never("callback_module", code_name(), "mod_event_pusher_http_defaults",
              "Code that decides what is told and how."),
    };
}

std::string handler_word(const node& handler, std::string_view key, std::string_view usual) {
    const node* const found = handler.find(key);
    return std::string(found ? *found->text() : usual);
}

// Two equal handlers would tell everything twice.
void check_handlers(reader& r, const node& http, known_options&) {
    const node* const handlers = http.find("handlers");
    if (!handlers) return;
    std::vector<std::string> seen;
    for (const node& handler : *handlers->array()) {
        std::string path = handler_word(handler, "path", "");
        if (path.starts_with('/')) path.erase(0, 1);
        std::string all = handler_word(handler, "pool_name", "http_pool") + '\n' + path + '\n' +
                          handler_word(handler, "callback_module", "mod_event_pusher_http_defaults");
        if (std::find(seen.begin(), seen.end(), all) != seen.end())
            r.error(handler.where(), "duplicate_values", "this handler stands twice; each may stand once");
        seen.push_back(std::move(all));
    }
}

known_table http_table() {
    known_table t{throughout(known_sections("handlers", http_handler_table(), "Where requests are sent."),
                             {.since = first_flat, .until = {}})};
    t.check(check_handlers);
    return t;
}

known_table exchange_table(const std::string& name) {
    return {
        known("name", non_empty_text(), name, "The exchange's name."),
        known("type", non_empty_text(), "topic", "The exchange's type."),
        known("durable", boolean(), false, "The exchange stays when RabbitMQ restarts.").since("6.5.0"_r),
    };
}

known_table message_exchange_table(const std::string& name) {
    auto t = exchange_table(name);
    t.add(known("sent_topic", non_empty_text(), name + "_sent", "The topic of messages that users send."))
        .add(known("recv_topic", non_empty_text(), name + "_recv", "The topic of messages that users get."));
    return t;
}

// Everything was told before 6.5; since then what has a table.
void complete_exchanges(rewriter& r, node& rabbit) {
    if (r.read_as() >= "6.5.0"_r || !rabbit.table()) return;
    std::string added;
    for (const char* key : {"presence_exchange", "chat_msg_exchange", "groupchat_msg_exchange"}) {
        if (rabbit.find(key)) continue;
        added += (added.empty() ? "[" : ", [") + std::string(key) + ']';
        r.put(rabbit, key, {key, rabbit.where(), node(node_table{}, rabbit.where())});
    }
    if (added.empty()) return;
    r.warn(rabbit.where(), "old_default",
           "not all exchanges are written: in files of " + to_string(r.read_as()) +
               " everything is told in any case",
           "write " + added + ", even if there is nothing in it");
}

known_table rabbit_table() {
    known_table t{
        known_section("presence_exchange", exchange_table("presence"), "Tells of users who come and go."),
        known_section("chat_msg_exchange", message_exchange_table("chat_msg"),
                      "Tells of messages between two people."),
        known_section("groupchat_msg_exchange", message_exchange_table("groupchat_msg"),
                      "Tells of messages in rooms."),
    };
    t.modernize(complete_exchanges);
    return t;
}

void add_backends(known_table& t, const known_table& http, release since) {
    t.add(known_section("sns", sns_table(), "Tells Amazon's notification service.").since(since))
        .add(known_section("push", push_table(), "Push notifications, XEP-0357.").since(since))
        .add(known_section("http", http, "Sends a request for each event.").since(since))
        .add(known_section("rabbit", rabbit_table(), "Tells RabbitMQ.").since(since));
}

// The backends stood in a table of their own, and HTTP had one handler, without a table.
void unwrap_backends(rewriter& r, node& module, member old) {
    if (!old.value.table()) {
        r.error(old.where, "wrong_type", "found " + old.value.describe(false) + ", expected a table",
                "write the backends directly into mod_event_pusher");
        return;
    }
    r.warn(old.where, "old_place", "the backends are directly in mod_event_pusher now",
           "leave \".backend\" out of the headers; the http backend is [[...http.handlers]]");
    for (member& backend : *old.value.table()) {
        const place where = backend.where;
        if (backend.key == "http" && backend.value.table()) {
            node handlers(node_array{std::move(backend.value)}, where);
            backend.value = node(node_table{{"handlers", where, std::move(handlers)}}, where);
        }
        std::string key = backend.key;
        r.put(module, std::move(key), std::move(backend));
    }
}

}  // namespace

option mod_event_pusher_option() {
    known_table wrapped;
    add_backends(wrapped, http_handler_table(), releases::first_toml);
    known_table t{older_section("backend", wrapped, releases::first_toml, "5.0.1"_r, unwrap_backends,
                                "Older place of the backends.")};
    add_backends(t, http_table(), first_flat);
    return section_not_yet("mod_event_pusher", t, without::warns,
                           "Tells other systems of events; each backend that is written is on.");
}

option mod_push_service_mongoosepush_option() {
    const known_table t{
        known("pool_name", non_empty_text(), "undefined",
              "The pool of outgoing_pools.http that leads to MongoosePush."),
        known("api_version", one_word_of({"v2", "v3"}), "v3", "The version of its interface."),
        known("max_http_connections", at_least(0), 100, "Requests that are on their way at the same time."),
    };
    return section_not_yet("mod_push_service_mongoosepush", t, without::warns,
                           "Hands push notifications to MongoosePush, which knows Apple's and Google's.");
}

}  // namespace meerkat
