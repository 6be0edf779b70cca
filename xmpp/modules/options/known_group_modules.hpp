#pragma once
// Options of the modules that are known and not served yet: archives, rooms, inboxes, notifications and what
// leans on them. Each function gives the module's section for the table of [modules].

#include "config/option.hpp"

namespace meerkat {

config::option mod_mam_option();
config::option mod_mam_meta_option();  // the older name of mod_mam
config::option mod_muc_option();
config::option mod_muc_light_option();
config::option mod_muc_log_option();
config::option mod_inbox_option();
config::option mod_smart_markers_option();
config::option mod_offline_option();
config::option mod_offline_chatmarkers_option();
config::option mod_offline_stub_option();
config::option mod_event_pusher_option();
config::option mod_push_service_mongoosepush_option();
config::option mod_http_upload_option();
config::option mod_extdisco_option();
config::option mod_external_filter_option();

}  // namespace meerkat
