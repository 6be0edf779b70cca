// What is kept for users besides archives: inboxes, chat markers and messages for those who are offline.

#include "xmpp/modules/options/known_group_modules.hpp"
#include "xmpp/modules/options/known_modules.hpp"
#include "xmpp/modules/options/module_pieces.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

using namespace config;
using namespace module_pieces;

namespace {

shape<std::string> box_name() {
    return prepared_text(
        "the name of a box besides \"all\", \"inbox\", \"archive\" and \"bin\"", "invalid_box_name",
        [](const std::string& name) -> std::optional<std::string> {
            constexpr std::array<std::string_view, 5> taken = {"", "all", "inbox", "archive", "bin"};
            if (std::find(taken.begin(), taken.end(), name) != taken.end()) return std::nullopt;
            return name;
        },
        "travel");
}

}  // namespace

option mod_inbox_option() {
    const auto amount = limited(at_least(1));
    constexpr auto unbounded = limit<std::int64_t>::infinity();
    const known_table t{
        known_backend({"rdbms", "rdbms_async"}, "rdbms",
                      "Where inboxes are kept, and whether writing to them happens in the background."),
        async_writer_pool(),
        known("reset_markers", list(one_word_of({"displayed", "received", "acknowledged"})),
              std::vector<std::string>{"displayed"}, "The chat markers that set the unread count to zero."),
        known("groupchat", list(one_word_of({"muc", "muclight"})), std::vector<std::string>{"muclight"},
              "The kinds of rooms that inboxes show."),
        known("boxes", list(box_name(), list_rule::unique), std::vector<std::string>{},
              "Boxes besides inbox, archive and bin.")
            .since("5.1.0"_r),
        known("bin_ttl", at_least(0, " (days)"), 30, "How long conversations stay in the bin.")
            .since("5.1.0"_r),
        known("bin_clean_after", at_least(0, " (hours)"), 1, "How often the bin is looked through.")
            .since("5.1.0"_r),
        known("delete_domain_limit", amount, unbounded, "Entries deleted at a time when a domain is removed.")
            .since("6.0.0"_r),
        known("aff_changes", boolean(), true, "A change of a user's rank in a room is a message too."),
        known("remove_on_kicked", boolean(), true, "A room leaves the inbox when its user is removed."),
        known("max_result_limit", amount, unbounded, "Entries of an answer at most, whatever is asked for.")
            .since("6.1.0"_r),
        iqdisc(),
    };
    return section_not_yet("mod_inbox", t, without::warns,
                           "A list of a user's conversations with counts of what is unread.");
}

option mod_smart_markers_option() {
    const known_table t{
        known_backend({"rdbms", "rdbms_async"}, "rdbms",
                      "Where markers are kept, and whether writing them happens in the background."),
        async_writer_pool(),
        known("keep_private", boolean(), false, "Shows a user's markers to nobody else."),
        iqdisc(),
    };
    return throughout(section_not_yet("mod_smart_markers", t, without::warns,
                                      "Keeps the last chat marker (XEP-0333) of each conversation."),
                      {.since = "5.1.0"_r, .until = {}});
}

option mod_offline_option() {
    const known_table t{
        known("access_max_user_messages", non_empty_text(), "max_user_offline_messages",
              "The access rule whose value is the most messages that are kept for a user."),
        known_backend({"mnesia", "rdbms", "riak"}, "mnesia",
                      "Where the messages are kept; \"mnesia\" means the embedded database."),
        known("store_groupchat_messages", boolean(), false, "Keeps messages of rooms too.").since("4.2.0"_r),
        riak({"bucket_type"}),
    };
    return section_not_yet("mod_offline", t, without::warns,
                           "Keeps messages for users who are offline, XEP-0160.");
}

option mod_offline_chatmarkers_option() {
    const known_table t{
        known_backend({"rdbms"}, "rdbms", "Where the markers are kept."),
        known("store_groupchat_messages", boolean(), false, "Keeps markers of rooms too."),
    };
    return throughout(section_not_yet("mod_offline_chatmarkers", t, without::warns,
                                      "Keeps the last chat marker of each conversation for users who are "
                                      "offline."),
                      {.since = "5.1.0"_r, .until = {}});
}

option mod_offline_stub_option() {
    return section_not_yet("mod_offline_stub", known_table(), without::warns,
                           "Messages to users who are offline are dropped without an error.");
}

}  // namespace meerkat
