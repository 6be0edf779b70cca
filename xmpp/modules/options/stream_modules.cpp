// Modules that work on streams and on who may use them: bits of a session's life, tokens, lists of the
// blocked.

#include "xmpp/modules/options/known_modules.hpp"
#include "xmpp/modules/options/module_pieces.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace meerkat {

using namespace config;
using namespace module_pieces;

namespace {

// [stale_h], [stream_management]
known_table stale_h_table() {
    return {
        known("enabled", boolean(), false, "Whether such counts are kept."),
        known("repeat_after", seconds(1), std::chrono::seconds(1800), "How often old ones are looked for."),
        known("geriatric", seconds(1), std::chrono::seconds(3600), "The age at which one is forgotten."),
    };
}

// 4.0 said `word` where a count was expected; since 4.1 a key of its own switches the thing off.
void switch_off(rewriter& r, node& section, std::string_view key, std::string_view word, std::string by) {
    const node* const value = section.find(key);
    if (!value || !value->text() || *value->text() != word) return;
    auto old = take_member(section, key);
    r.warn(old->where, "old_form", "\"" + std::string(word) + "\" is an older form of " + by + " = false",
           "write " + by + " = false instead");
    const place where = old->value.where();
    r.put(section, by, {by, old->where, node(false, where)});
}

option stream_management() {
    known_table t{
        known_backend({"mnesia", "cets"}, "mnesia", "Where the ends of sessions are noted.").since("5.1.0"_r),
        known("buffer", boolean(), true, "Keeps what the client has not acknowledged.").since("4.1.0"_r),
        known("buffer_max", limited(at_least(1)), limit<std::int64_t>(100),
              "How many stanzas are kept; a client that leaves more unacknowledged is cut off."),
        known("ack", boolean(), true, "Asks the client for acknowledgements.").since("4.1.0"_r),
        known("ack_freq", at_least(1), 1, "Stanzas after which it is asked."),
        known("resume_timeout", seconds(1), std::chrono::seconds(600),
              "How long a session waits for a client that lost its connection."),
        known_section("stale_h", stale_h_table(),
                      "The counts of sessions that are over, for clients that come back too late."),
    };
    t.modernize([](rewriter& r, node& section) {
        switch_off(r, section, "buffer_max", "no_buffer", "buffer");
        switch_off(r, section, "ack_freq", "never", "ack");
    });
    return section_not_yet("mod_stream_management", t, without::warns,
                           "Acknowledgements and resumption of streams, XEP-0198.");
}

option caps() {
    const known_table t{
        known_backend({"cets", "mnesia", "rdbms"}, "cets", "Where clients' features are remembered.")
            .since("6.2.1"_r),
        known("iq_response_timeout", milliseconds(1), std::chrono::milliseconds(5000),
              "How long a client may take to tell its features.")
            .since("6.7.0"_r),
        known("versions", list(one_word_of({"v1", "v2"}), list_rule::unique_non_empty),
              std::vector<std::string>{"v1", "v2"}, "The generations of the protocol: XEP-0115, XEP-0390.")
            .since("6.7.0"_r),
        known("cache_size", at_least(1), 1000, "How many sets of features are remembered.").until("6.6.0"_r),
        known("cache_life_time", limited(seconds(1)), limit<std::chrono::seconds>(std::chrono::hours(24)),
              "How long they are remembered.")
            .until("6.6.0"_r),
    };
    return section_not_yet("mod_caps", t, without::warns, "What clients say they can do, XEP-0115.");
}

option domain_isolation() {
    const known_table t{
        known("extra_domains", list(host_template()), std::vector<std::string>(),
              "Domains that messages may reach nevertheless.")
            .between("4.2.0"_r, "4.2.0"_r),
    };
    return section_not_yet("mod_domain_isolation", t, without::blocks,
                           "Messages between different domains are refused.")
        .since("4.2.0"_r);
}

option cache_users() {
    const known_table t{
        known("strategy", one_word_of({"fifo", "lru"}), "fifo",
              "What is forgotten first: what came first, or what was used least recently."),
        known("time_to_live", limited(at_least(1, " (minutes)")), limit<std::int64_t>(480),
              "How long an entry is kept."),
        known("number_of_segments", at_least(1), 3, "The number of parts that are forgotten one by one."),
    };
    return throughout(section_not_yet("mod_cache_users", t, without::warns,
                                      "Remembers which users exist and how their rooms were read."),
                      {.since = "5.0.0"_r, .until = {}});
}

option broadcast() {
    const known_table t{
        known_backend({"rdbms"}, "rdbms", "Where the progress of broadcasts is kept."),
        known("lease_time", seconds(10), std::chrono::seconds(600),
              "How long a node of a cluster may be silent before another goes on with its broadcasts."),
    };
    return throughout(
        section_not_yet("mod_broadcast", t, without::warns, "Messages to all users of a domain."),
        {.since = "6.8.0"_r, .until = {}});
}

option blocklist() {
    const known_table t{known_backend({"rdbms"}, "rdbms", "Where the list of blocked users is kept.")};
    return throughout(section_not_yet("mod_blocklist", t, without::blocks,
                                      "Users that an administrator blocked cannot log in."),
                      {.since = "6.6.0"_r, .until = {}});
}

}  // namespace

std::vector<option> stream_modules() {
    const known_table nothing;
    return {
        section_not_yet("mod_adhoc",
                        known_table{known("report_commands_node", boolean(), false,
                                          "Lists the commands among the server's items."),
                                    iqdisc()},
                        without::warns, "Commands that clients run on the server, XEP-0050."),
        section_not_yet("mod_amp", nothing, without::warns, "Conditions on deliveries, XEP-0079."),
        section_not_yet("mod_bind2", nothing, without::warns,
                        "Everything a session needs in one request, XEP-0386.")
            .since("6.2.0"_r),
        blocklist(),
        broadcast(),
        cache_users(),
        caps(),
        section_not_yet("mod_carboncopy", known_table{iqdisc()}, without::warns,
                        "Messages reach all of a user's devices, XEP-0280."),
        section_not_yet("mod_csi",
                        known_table{known("buffer_max", limited(at_least(0)), limit<std::int64_t>(20),
                                          "Stanzas held back for a client that nobody looks at.")},
                        without::warns, "Clients tell when nobody looks at them, XEP-0352."),
        domain_isolation(),
        section_not_yet("mod_sasl2", nothing, without::warns, "Login in fewer round trips, XEP-0388.")
            .since("6.2.0"_r),
        section_not_yet("mod_sic", known_table{iqdisc()}, without::warns,
                        "Tells clients the address they come from, XEP-0279."),
        section_not_yet("mod_stanzaid", nothing, without::warns, "Gives every message an id, XEP-0359.")
            .since("6.6.0"_r),
        stream_management(),
    };
}

}  // namespace meerkat
