// The message archive's section as it was until 5.1, under the name mod_mam_meta.

#include "xmpp/modules/options/archive_options.hpp"
#include "xmpp/modules/options/known_group_modules.hpp"
#include "xmpp/modules/options/known_modules.hpp"
#include "xmpp/modules/options/module_pieces.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace meerkat {

using namespace config;
using namespace module_pieces;

namespace {

constexpr release last_flat = "5.0.1"_r;

void put_word(rewriter& r, node& table, std::string key, std::string text, place where) {
    if (table.find(key)) return;  // what says it itself wins
    member made{key, where, node(std::move(text), where)};
    r.put(table, std::move(key), std::move(made));
}

// One word stood for two formats. `internal_jids` is what the other word meant for this part's addresses;
// empty for the module, where it was the default.
rewriting into_two_formats(const std::string& internal_jids) {
    return [internal_jids](rewriter& r, node& table, const member& old) {
        const std::string word = old.value.text() ? *old.value.text() : std::string();
        if (word != "simple" && word != "internal") {
            r.error(old.where, "validate_enum_failed",
                    "found " + old.value.describe(false) + R"(, expected one of "simple", "internal")",
                    "write db_jid_format and db_message_format instead");
            return;
        }
        if (word == "internal" && internal_jids.empty()) {
            r.warn(old.where, "no_effect", "this has no effect: \"internal\" is how messages are kept anyway",
                   "remove it");
            return;
        }
        const std::string jids = word == "simple" ? "mam_jid_rfc" : internal_jids;
        const std::string messages = word == "simple" ? "mam_message_xml" : "mam_message_compressed_eterm";
        r.warn(old.where, "old_name", "this is an older way to choose db_jid_format and db_message_format",
               "write db_jid_format = \"" + jids + "\" and db_message_format = \"" + messages + "\" instead");
        put_word(r, table, "db_jid_format", jids, old.where);
        put_word(r, table, "db_message_format", messages, old.where);
    };
}

void switch_to_writer(rewriter& r, node& table, member old) {
    if (!old.value.boolean()) {
        r.put(table, "async_writer", std::move(old));  // the newer form, or wrong in both
        return;
    }
    r.warn(old.where, "old_form", "this is an older form of async_writer, which is a table now",
           std::string("write async_writer.enabled = ") + (*old.value.boolean() ? "true" : "false"));
    node* const writer = table_inside(table, "async_writer", old.where);
    r.put(*writer, "enabled", std::move(old));
}

void drop_absent_prefs_store(rewriter& r, node& table) {
    const node* const store = table.find("user_prefs_store");
    if (!store || !store->boolean() || *store->boolean()) return;
    r.warn(store->where(), "old_form", "user_prefs_store = false is an older way to keep no preferences",
           "leave user_prefs_store out");
    take_member(table, "user_prefs_store");
}

// The flat keys of a part went before the module's one by one; a table goes before it as a whole.
void complete_writers_of_parts(rewriter& r, node& module) {
    const node* const general = module.find("async_writer");
    if (r.read_as() > last_flat || !general || !general->table()) return;
    const node_table settings = *general->table();
    for (const std::string_view part : {"pm", "muc"}) {
        node* const section = module.find(part);
        node* const writer = section ? section->find("async_writer") : nullptr;
        if (!writer || !writer->table()) continue;
        for (const member& each : settings) {
            if (!writer->find(each.key)) r.put(*writer, each.key, each);
        }
    }
}

known_table meta_table(archive_part part) {
    constexpr release first = releases::first_toml;
    std::string internal_jids;
    if (part == archive_part::pm) internal_jids = "mam_jid_mini";
    if (part == archive_part::muc) internal_jids = "mam_jid_rfc";
    auto t = archive_table(part);
    t.add(older("rdbms_message_format", one_word_of({"simple", "internal"}), first, last_flat,
                into_two_formats(internal_jids), "Older form of db_jid_format and db_message_format."))
        .add(older("simple", boolean(), first, last_flat,
                   dropped("it spoke of Cassandra, where messages are kept as XML anyway"),
                   "Older form of db_message_format, for Cassandra."))
        // Before the two that belong into the table it becomes.
        .add(older("async_writer", boolean(), first, last_flat, switch_to_writer,
                   "Older form of async_writer.enabled."))
        .add(older("flush_interval", milliseconds(0), first, last_flat,
                   moved_inside("async_writer", "flush_interval"),
                   "Older place of async_writer.flush_interval."))
        .add(older("max_batch_size", at_least(0), first, last_flat,
                   moved_inside("async_writer", "batch_size"), "Older place of async_writer.batch_size."))
        .add(older("async_writer_rdbms_pool", non_empty_text(), first, last_flat,
                   dropped("the writer uses the connections that the archive uses"),
                   "The pool of connections of the writer."));
    t.without_keys({"enforce_simple_queries", "delete_domain_limit"});  // of later releases
    t.modernize(drop_absent_prefs_store);
    return t;
}

}  // namespace

option mod_mam_meta_option() {
    constexpr release first = releases::first_toml;
    auto t = meta_table(archive_part::module);
    add_archive_caches(t);
    t.add(known_section("pm", meta_table(archive_part::pm), "Archives messages between two people."))
        .add(known_section("muc", meta_table(archive_part::muc), "Archives messages in rooms."));
    t.modernize(complete_writers_of_parts);
    return older_section("mod_mam_meta", t, first, "5.1.1"_r, renamed("mod_mam"), "Older name of mod_mam.");
}

}  // namespace meerkat
