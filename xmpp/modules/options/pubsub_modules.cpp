// Publish-subscribe, twice: what was mod_pubsub up to 6.7 is mod_pubsub_old since, and the name went to a new
// module.

#include "xmpp/modules/options/known_modules.hpp"
#include "xmpp/modules/options/module_pieces.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace meerkat {

using namespace config;
using namespace module_pieces;

namespace {

constexpr release last_with_old_name = "6.7.0"_r;

known_table old_node_table() {
    const auto flag = [](std::string key, std::string meaning) {
        return known(std::move(key), boolean(), std::nullopt, std::move(meaning));
    };
    const auto word = [](std::string key, std::string meaning) {
        return known(std::move(key), non_empty_text(), std::nullopt, std::move(meaning));
    };
    return {
        word("access_model", "Who may subscribe: \"open\", \"presence\", \"whitelist\" and the like."),
        flag("deliver_notifications", "Whether subscribers hear of changes."),
        flag("deliver_payloads", "Whether what was published comes with it."),
        known("max_items", at_least(0), std::nullopt, "How many items are kept."),
        known("max_payload_size", at_least(0), std::nullopt, "Most bytes of an item."),
        word("node_type", "\"leaf\" or \"collection\"."),
        word("notification_type", "Type of the messages to subscribers: \"headline\" or \"normal\"."),
        flag("notify_config", "Whether subscribers hear of changes of the configuration."),
        flag("notify_delete", "Whether they hear of the end of the node."),
        flag("notify_retract", "Whether they hear of items that were taken back."),
        flag("persist_items", "Whether items are kept."),
        flag("presence_based_delivery", "Whether only those who are online hear of changes."),
        word("publish_model", "Who may publish: \"publishers\", \"subscribers\" or \"open\"."),
        flag("purge_offline", "Whether a publisher's items go when it goes offline."),
        known("roster_groups_allowed", list(non_empty_text()), std::nullopt,
              "Groups of the owner's contact list that may subscribe, with access_model = \"roster\"."),
        word("send_last_published_item", "When a subscriber gets the last item without asking."),
        flag("subscribe", "Whether there can be subscriptions at all."),
    };
}

void check_mapping(reader& r, const node& section, known_options&) {
    const node* const mapping = section.find("pep_mapping");
    if (!mapping) return;
    std::set<std::string> seen;
    for (const node& each : *mapping->array()) {
        const node& name = *each.find("namespace");
        if (!seen.insert(*name.text()).second)
            r.error(name.where(), "duplicate_values", "this namespace is mapped already; each may be once");
    }
}

known_table old_table() {
    const known_table mapping{
        known_required("namespace", non_empty_text(), "What is published at a user's own address."),
        known_required("node", non_empty_text(), "The plugin for it."),
    };
    known_table t{
        known("host", host_template(), "pubsub.@HOST@", "The domain of the service."),
        known_backend({"mnesia", "rdbms"}, "mnesia", "Where nodes and items are kept."),
        known("access_createnode", non_empty_text(), "all", "The access rule for making nodes."),
        known("max_items_node", at_least(0), 10, "Most items a node can be set to keep."),
        known("max_subscriptions_node", at_least(0), std::nullopt, "Most subscriptions of a node."),
        known("nodetree", one_word_of({"tree", "dag"}), "tree", "How nodes belong to each other."),
        known("ignore_pep_from_offline", boolean(), true,
              "Holds back what contacts who are offline had published."),
        known("last_item_cache", one_word_of({"mnesia", "rdbms", "false"}), "false",
              "Where nodes' last items are remembered for quick answers; the string \"false\": nowhere."),
        known("plugins", list(one_word_of({"flat", "dag", "hometree", "pep", "push"})),
              std::vector<std::string>{"flat"},
              "The types of nodes there can be; the first is the usual one."),
        known("item_publisher", boolean(), false, "Notes with each item who published it."),
        known("sync_broadcast", boolean(), false, "Tells subscribers before the publisher gets its answer."),
        known_sections("pep_mapping", mapping, "Plugins for what is published at users' own addresses.")
            .identified_by("namespace"),
        iqdisc(),
        worker_pool("best_worker"),
        known_section("default_node_config", old_node_table(), "How new nodes are set up."),
    };
    t.check(check_mapping);
    return t;
}

// Entries that only the old module had: they are there to tell it from the new one.
void add_older(known_table& to, const known_table& old) {
    for (option each : old.content().options) {
        if (to.content().find(each.key)) continue;
        each.older = true;
        each.required = false;
        each.read = nullptr;
        each.modernize = stays();
        const release since = each.key == "wpool" ? "6.0.0"_r : releases::first_toml;
        to.add(throughout(std::move(each), {.since = since, .until = last_with_old_name}));
    }
}

// Entries whose name the old module had too are not bound to the releases of the new one.
known_table new_table() {
    known_table nodes{
        known("access_model", one_word_of({"open", "presence"}), "presence",
              "Who may subscribe: all, or those who may see the owner's presence."),
        known("max_items", limited(at_least(0)), limit<std::int64_t>::infinity(), "How many items are kept."),
    };
    add_older(nodes, old_node_table());
    known_table t{
        known_backend({"rdbms"}, "rdbms", "Where nodes and items are kept."),
        known("max_items_per_node", limited(at_least(0)), limit<std::int64_t>::infinity(),
              "Most items a node can be set to keep.")
            .since("6.8.0"_r),
        known_section("default_node_config", nodes, "How new nodes are set up."),
        iqdisc(),
    };
    add_older(t, old_table());
    return t;
}

bool is_one_of(const node* value, std::initializer_list<std::string_view> words) {
    return value && value->text() && std::find(words.begin(), words.end(), *value->text()) != words.end();
}

// Whether a section was written for the old module, whatever release the rest of the file is from.
bool was_the_old_module(const node& section) {
    static const known_table all = new_table();
    const auto old_key_in = [](const option_table& options, const node& in) {
        return in.table() && std::any_of(in.table()->begin(), in.table()->end(), [&](const member& m) {
                   const option* const known = options.find(m.key);
                   return known && known->older;
               });
    };
    const option_table& options = all.content();
    const node* const backend = section.find("backend");
    const node* const nodes = section.find("default_node_config");
    const node* const access = nodes ? nodes->find("access_model") : nullptr;
    return old_key_in(options, section) || is_one_of(backend, {"mnesia"}) ||
           is_one_of(access, {"authorize", "roster", "whitelist"}) ||
           (nodes && old_key_in(*options.find("default_node_config")->inside, *nodes));
}

}  // namespace

std::vector<option> pubsub_modules() {
    return {
        section_not_yet("mod_pubsub", new_table(), without::warns,
                        "What users publish at their own addresses, XEP-0163. Up to 6.7 the name of "
                        "mod_pubsub_old."),
        throughout(section_not_yet("mod_pubsub_old", old_table(), without::warns,
                                   "Nodes that clients publish to and subscribe to, XEP-0060."),
                   {.since = "6.8.0"_r, .until = {}}),
    };
}

void tell_pubsub_modules_apart(rewriter& r, node& modules) {
    const node* const section = modules.find("mod_pubsub");
    if (!section || !section->table()) return;
    if (r.read_as() > last_with_old_name && !was_the_old_module(*section)) return;
    auto old = take_member(modules, "mod_pubsub");
    r.warn(old->where, "old_name",
           "up to 6.7.0 \"mod_pubsub\" was the name of today's \"mod_pubsub_old\", which this is taken for",
           "write \"mod_pubsub_old\" instead");
    r.put(modules, "mod_pubsub_old", std::move(*old));
}

}  // namespace meerkat
