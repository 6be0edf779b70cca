#include "gateway/checks/rule_readers.hpp"

namespace meerkat::checks {

namespace {

constexpr rule_reader readers[] = {
    {"listen.c2s.access", rule_answer::verdict, rule_scope::host},
    {"listen.http.handlers.mongoose_websocket_handler.access", rule_answer::verdict, rule_scope::host},
    {"listen.http.handlers.mongoose_bosh_handler.access", rule_answer::verdict, rule_scope::host},
    {"listen.component.access", rule_answer::verdict, rule_scope::server},
    {"modules.mod_muc.access", rule_answer::verdict, rule_scope::host},
    {"modules.mod_muc.access_admin", rule_answer::verdict, rule_scope::host},
    {"modules.mod_muc.access_create", rule_answer::verdict, rule_scope::host},
    {"modules.mod_muc.access_persistent", rule_answer::verdict, rule_scope::host},
    {"modules.mod_offline.access_max_user_messages", rule_answer::limit, rule_scope::host},
    {"modules.mod_pubsub_old.access_createnode", rule_answer::verdict, rule_scope::host},
    {"modules.mod_register.access", rule_answer::verdict, rule_scope::host},
};

constexpr std::string_view of_archive = "the action is denied";
constexpr std::string_view unbounded = "nothing is bounded";

constexpr known_rule rules[] = {
    {"max_user_sessions", rule_answer::limit, "a user may have 100 sessions"},
    {"max_user_offline_messages", rule_answer::limit, "messages are kept without limit"},
    {"max_s2s_connections", rule_answer::number, "there is 1 connection"},
    {"max_s2s_connections_per_node", rule_answer::number, "there is 1 connection"},
    {"mam_get_prefs", rule_answer::verdict_or_default, of_archive},
    {"mam_lookup_messages", rule_answer::verdict_or_default, of_archive},
    {"mam_set_prefs", rule_answer::verdict_or_default, of_archive},
    {"muc_mam_get_prefs", rule_answer::verdict_or_default, of_archive},
    {"muc_mam_lookup_messages", rule_answer::verdict_or_default, of_archive},
    {"muc_mam_set_prefs", rule_answer::verdict_or_default, of_archive},
    {"mam_get_prefs_global_shaper", rule_answer::shaper, unbounded},
    {"mam_get_prefs_shaper", rule_answer::shaper, unbounded},
    {"mam_lookup_messages_global_shaper", rule_answer::shaper, unbounded},
    {"mam_lookup_messages_shaper", rule_answer::shaper, unbounded},
    {"mam_set_prefs_global_shaper", rule_answer::shaper, unbounded},
    {"mam_set_prefs_shaper", rule_answer::shaper, unbounded},
    {"muc_mam_get_prefs_global_shaper", rule_answer::shaper, unbounded},
    {"muc_mam_get_prefs_shaper", rule_answer::shaper, unbounded},
    {"muc_mam_lookup_messages_global_shaper", rule_answer::shaper, unbounded},
    {"muc_mam_lookup_messages_shaper", rule_answer::shaper, unbounded},
    {"muc_mam_set_prefs_global_shaper", rule_answer::shaper, unbounded},
    {"muc_mam_set_prefs_shaper", rule_answer::shaper, unbounded},
};

}  // namespace

std::span<const rule_reader> rule_readers() { return readers; }
std::span<const known_rule> known_rules() { return rules; }

}  // namespace meerkat::checks
