#include "xmpp/modules/options/archive_options.hpp"

#include "xmpp/modules/options/known_group_modules.hpp"
#include "xmpp/modules/options/known_modules.hpp"
#include "xmpp/modules/options/module_pieces.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace meerkat {

using namespace config;
using namespace module_pieces;

namespace {

class archive_entries {
public:
    explicit archive_entries(archive_part part) : part_(part) {}

    known_table take() {
        what_is_archived();
        answers();
        storage();
        own_of_part();
        return std::move(table_);
    }

private:
    // A part's default is the module's value.
    template <class T>
    std::optional<T> usual(T value) const {
        if (part_ != archive_part::module) return std::nullopt;
        return value;
    }

    void add(option o, release since = releases::first_toml) {
        o.releases.since = since;
        table_.add(std::move(o));
    }

    void what_is_archived() {
        add(known("archive_chat_markers", boolean(), usual(false), "Archives chat markers (XEP-0333) too."));
        add(known("message_retraction", boolean(), usual(true),
                  "Removes a message from the archive when its sender retracts it, XEP-0424."));
        add(known("no_stanzaid_element", boolean(), usual(false),
                  "Leaves the archive's id, XEP-0359, out of messages on their way."));
        add(never("is_archivable_message", code_name(), usual<std::string>("mod_mam_utils"),
                  "Code that decides which messages are archived."));
        add(never("send_message", code_name(), usual<std::string>("mod_mam_utils"),
                  "Code that sends what was found in the archive."),
            "5.0.0"_r);
    }

    void answers() {
        add(known("default_result_limit", at_least(0), usual<std::int64_t>(50),
                  "Messages on a page if a request names no number."));
        add(known("max_result_limit", at_least(0), usual<std::int64_t>(50),
                  "Messages on a page at most, whatever a request names."));
        add(known("full_text_search", boolean(), usual(true), "Finds messages by words of their text."));
        add(known("enforce_simple_queries", boolean(), usual(false),
                  "Answers every request without counting what was found, which large archives make slow."),
            "6.0.0"_r);
        add(never("extra_fin_element", code_name(), std::nullopt, "Code that adds to the end of an answer."),
            "5.0.0"_r);
        add(never("extra_lookup_params", code_name(), std::nullopt,
                  "Code that reads further conditions from a request."),
            "4.1.0"_r);
    }

    void storage() {
        add(known("backend", one_word_of({"rdbms", "cassandra", "elasticsearch", "riak"}),
                  usual<std::string>("rdbms"), "The kind of database that keeps the archive."));
        add(known("user_prefs_store", one_word_of({"rdbms", "cassandra", "mnesia"}), std::nullopt,
                  "Where users' wishes about archiving are kept; if unset, they cannot have any."));
        add(known("cache_users", boolean(), usual(true), "Remembers the archive's numbers of users."));
        add(known("delete_domain_limit", limited(at_least(1)), usual(limit<std::int64_t>::infinity()),
                  "Messages deleted at a time when a domain is removed."),
            "6.0.0"_r);
        add(known("db_jid_format", one_word_of({"mam_jid_rfc", "mam_jid_rfc_trust", "mam_jid_mini"}),
                  std::nullopt, "How addresses are written to the database; fixed once there are messages."),
            "4.1.0"_r);
        add(known("db_message_format",
                  one_word_of({"mam_message_xml", "mam_message_eterm", "mam_message_compressed_eterm"}),
                  std::nullopt, "How messages are written to the database; fixed once there are messages."),
            "4.1.0"_r);
        table_.add(writer());
    }

    // A part that has the section does not take over single keys of the module's.
    static option writer() {
        const known_table t{
            known("enabled", boolean(), true, "Whether writing waits for more messages."),
            known("flush_interval", milliseconds(0), std::chrono::milliseconds(2000),
                  "The longest time a message waits."),
            known("batch_size", at_least(0), 30, "The number of messages that are written at once."),
            known("pool_size", at_least(0), std::nullopt,
                  "The number of writers; if unset, four for each processor."),
        };
        return throughout(known_section("async_writer", t,
                                        "Writing to the archive in the background, many messages at a time."),
                          {.since = "5.1.0"_r, .until = {}});
    }

    void own_of_part() {
        if (part_ == archive_part::pm) {
            add(known("archive_groupchats", boolean(), false,
                      "Keeps what a user gets from rooms in the user's archive too."));
            add(known("same_mam_id_for_peers", boolean(), false,
                      "Gives a message the same id in the archives of both sides."),
                "5.1.0"_r);
        }
        if (part_ == archive_part::muc) {
            add(known("host", host_template(), "conference.@HOST@",
                      "The domain of the rooms that are archived: that of mod_muc or of mod_muc_light."));
        }
    }

    archive_part part_;
    known_table table_;
};

std::string word_at(const node& section, std::string_view key) {
    const node* const found = section.find(key);
    return found && found->text() ? *found->text() : std::string();
}

// Preferences live beside the messages, or in the embedded database.
void check_prefs_store(reader& r, const node& module, known_options&) {
    for (const std::string_view part : {"pm", "muc"}) {
        const node* const section = module.find(part);
        if (!section) continue;
        const node* const of_part = section->find("user_prefs_store");
        const node* const store = of_part ? of_part : module.find("user_prefs_store");
        if (!store || !store->text() || *store->text() == "mnesia") continue;
        std::string backend = word_at(*section, "backend");
        if (backend.empty()) backend = word_at(module, "backend");
        if (backend.empty()) backend = "rdbms";
        if (*store->text() == backend) continue;
        r.error(
            store->where(), "invalid_mam_user_prefs_store",
            "user_prefs_store = \"" + *store->text() + "\" does not go with backend = \"" + backend +
                "\" of the archive " + std::string(part),
            "write user_prefs_store = \"mnesia\", or the name of the backend if it is rdbms or cassandra");
    }
}

}  // namespace

known_table archive_table(archive_part part) { return archive_entries(part).take(); }

void add_archive_caches(known_table& module) {
    module.add(cache("cache", 480, "Remembering the archive's numbers of users."))
        .add(riak({"search_index", "bucket_type"}));
}

option mod_mam_option() {
    auto t = archive_table(archive_part::module);
    add_archive_caches(t);
    t.add(known_section("pm", archive_table(archive_part::pm),
                        "Archives messages between two people, even if the section is empty."))
        .add(known_section("muc", archive_table(archive_part::muc),
                           "Archives messages in rooms, even if the section is empty."));
    t.check(check_prefs_store);
    return throughout(section_not_yet("mod_mam", t, without::warns, "Message archives, XEP-0313."),
                      {.since = "6.0.0"_r, .until = {}});
}

}  // namespace meerkat
