// Rooms: mod_muc (XEP-0045) and the log files it could write.

#include "xmpp/modules/options/known_group_modules.hpp"
#include "xmpp/modules/options/known_modules.hpp"
#include "xmpp/modules/options/module_pieces.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meerkat {

using namespace config;
using namespace module_pieces;

namespace {

constexpr release last_with_logs = "6.7.0"_r;

option affiliations() {
    const known_table entry{
        known_required("user", non_empty_text(), "The part of the user's address before the @."),
        known_required("server", domain_name(), "The user's domain."),
        known_required("resource", text(), "The user's resource; \"\" for all of them."),
        known_required("affiliation", non_empty_text(), "Such as \"owner\", \"admin\" or \"member\"."),
    };
    return known_sections("affiliations", entry, "Who belongs to every new room, and as what.");
}

known_table default_room_table() {
    return {
        known("title", text(), "", "The room's title."),
        known("description", text(), "", "What the room is for."),
        known("subject", text(), "", "The subject it begins with."),
        known("subject_author", text(), "", "The nickname that subject is from."),
        known("password", text(), "", "The password that lets users in if password_protected.").secret(),
        known("password_protected", boolean(), false, "Asks for the password."),
        known("allow_change_subj", boolean(), true, "Participants may change the subject."),
        known("allow_query_users", boolean(), true, "Occupants may send requests to each other."),
        known("allow_private_messages", boolean(), true, "Occupants may send messages to one of them."),
        known("allow_visitor_status", boolean(), true, "Visitors may show a status text."),
        known("allow_visitor_nickchange", boolean(), true, "Visitors may change their nickname."),
        known("allow_user_invites", boolean(), false, "Users without a rank may invite others."),
        known("allow_multiple_sessions", boolean(), false,
              "A user may be in the room from several devices under one nickname."),
        known("public", boolean(), true, "The service's list of rooms shows it."),
        known("public_list", boolean(), true, "Who is inside can be seen from outside."),
        known("persistent", boolean(), false, "Stays when the last occupant leaves."),
        known("moderated", boolean(), true, "Only those with a voice may write."),
        known("members_by_default", boolean(), true, "Who enters has a voice."),
        known("members_only", boolean(), false, "Only members may enter."),
        known("anonymous", boolean(), true, "Hides the addresses of occupants from all but moderators."),
        known("max_users", at_least(1), 200, "The most occupants."),
        known("maygetmemberlist", list(non_empty_text()), std::vector<std::string>{},
              "The roles that may ask for the list of members."),
        affiliations(),
        known("logging", boolean(), false, "Writes what is said to the files of mod_muc_log.")
            .until(last_with_logs),
    };
}

void add_limits(known_table& t) {
    const auto length = limited(at_least(0));
    constexpr auto any_length = limit<std::int64_t>::infinity();
    t.add(known("history_size", at_least(0), 20, "Messages that a room shows to those who enter."))
        .add(known("room_shaper", non_empty_text(), "none", "The shaper that bounds all data of a room."))
        .add(known("user_message_shaper", non_empty_text(), "none",
                   "The shaper that bounds the messages of one occupant."))
        .add(known("user_presence_shaper", non_empty_text(), "none",
                   "The shaper that bounds the presences of one occupant."))
        .add(known("max_room_id", length, any_length, "The longest name in a room's address."))
        .add(known("max_room_name", length, any_length, "The longest title of a room."))
        .add(known("max_room_desc", length, any_length, "The longest description of a room."))
        .add(known("min_message_interval", seconds(0), std::chrono::seconds(0),
                   "Time between two messages of one occupant."))
        .add(known("min_presence_interval", seconds(0), std::chrono::seconds(0),
                   "Time between two presences of one occupant."))
        .add(known("max_users", at_least(1), 200, "The most occupants a room may be set up for."))
        .add(known("max_users_admin_threshold", at_least(1), 5,
                   "Places beyond that for administrators and owners."))
        .add(known("max_user_conferences", at_least(0), 10, "Rooms that a user may be in at the same time."));
}

void add_resting(known_table& t) {
    const auto time = limited(milliseconds(0));
    constexpr auto never_ends = limit<std::chrono::milliseconds>::infinity();
    t.add(known("load_permanent_rooms_at_startup", boolean(), false,
                "Loads rooms that persist when the server starts, and not when they are first used."))
        .add(known("hibernate_timeout", time, limit(std::chrono::milliseconds(90000)),
                   "Silence after which a room gives its memory back."))
        .add(known("hibernated_room_check_interval", time, never_ends,
                   "How often rooms at rest are looked through."))
        .add(known("hibernated_room_timeout", time, never_ends,
                   "Rest after which a room is ended for good unless it persists."));
}

}  // namespace

option mod_muc_option() {
    known_table t{
        known_backend({"mnesia", "rdbms"}, "mnesia",
                      "Where rooms that persist are kept; \"mnesia\" means the embedded database."),
        known("online_backend", one_word_of({"mnesia", "cets"}), "mnesia",
              "Where rooms in use are noted; both mean this process.")
            .since("6.2.0"_r),
        known("host", host_template(), "conference.@HOST@", "The domain that rooms' addresses have."),
        known("access", non_empty_text(), "all", "The access rule a user must pass to use rooms."),
        known("access_create", non_empty_text(), "all", "The access rule for making a room."),
        known("access_admin", non_empty_text(), "none", "The access rule for ruling over all rooms."),
        known("access_persistent", non_empty_text(), "all",
              "The access rule an owner must pass to make a room persist."),
        known("http_auth_pool", non_empty_text(), "none",
              "The pool of outgoing_pools.http that is asked whether a room's password is right."),
        known_section("default_room", default_room_table(), "What a new room is like."),
    };
    add_limits(t);
    add_resting(t);
    return section_not_yet("mod_muc", t, without::warns, "Rooms, XEP-0045.");
}

option mod_muc_log_option() {
    const known_table link{
        known("target", text(), "/", "Where it leads."),
        known("text", text(), "Home", "What it says."),
    };
    const known_table t{
        known("outdir", non_empty_text(), "www/muc", "The folder the files are written to."),
        known("access_log", non_empty_text(), "muc_admin",
              "The access rule an owner must pass to have a room logged."),
        known("dirtype", one_word_of({"subdirs", "plain"}), "subdirs",
              "A folder for each year and month, or one for all."),
        known("dirname", one_word_of({"room_jid", "room_name"}), "room_jid",
              "What a room's folder is named after: its address, or the name in it."),
        known("file_format", one_word_of({"html", "plaintext"}), "html", "What the files are."),
        known("css_file", non_empty_text(), std::nullopt, "The style sheet the pages refer to."),
        known("timezone", one_word_of({"local", "universal"}), "local", "Which time the lines tell."),
        known("spam_prevention", boolean(), true, "Marks links so that search engines do not follow them."),
        known_section("top_link", link, "A link at the head of each page."),
    };
    return throughout(section_not_yet("mod_muc_log", t, without::warns, "What is said in rooms, as files."),
                      {.since = releases::first_toml, .until = last_with_logs});
}

}  // namespace meerkat
