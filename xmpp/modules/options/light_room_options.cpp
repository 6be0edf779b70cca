// Rooms without presences: mod_muc_light.

#include "xmpp/modules/options/known_group_modules.hpp"
#include "xmpp/modules/options/known_modules.hpp"
#include "xmpp/modules/options/module_pieces.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace meerkat {

using namespace config;
using namespace module_pieces;

namespace {

constexpr std::array<std::string_view, 4> value_keys = {"string_value", "integer_value", "float_value",
                                                        "boolean_value"};

// What a reserved field's value must be; null for any.
const char* reserved_kind(std::string_view field) {
    if (field == "roomname") return "string_value";
    if (field == "all_can_configure" || field == "all_can_invite") return "boolean_value";
    return nullptr;
}

void check_field(reader& r, const node& entry, known_options&) {
    const auto written = std::count_if(value_keys.begin(), value_keys.end(),
                                       [&entry](std::string_view key) { return entry.find(key) != nullptr; });
    if (written != 1) {
        r.error(entry.where(), "one_value_required",
                "a field has one value; " + std::to_string(written) + " are written",
                "write one of string_value, integer_value, float_value and boolean_value: it is the field's "
                "default and tells its type");
        return;
    }
    const std::string& field = *entry.find("field")->text();
    const char* const kind = reserved_kind(field);
    if (kind && !entry.find(kind)) {
        r.error(entry.where(), "invalid_reserved_field_type",
                "the field \"" + field + "\" must have a " + kind,
                std::string("write ") + kind + ", or give the field another name");
    }
}

// Of release 4.0: the field's default, whose type stood beside it.
void into_typed_value(rewriter& r, node& entry, member old) {
    const node* const type = entry.find("type");
    std::string modern = "string_value";
    if (old.value.integer()) modern = "integer_value";
    if (old.value.number()) modern = "float_value";
    if (old.value.integer() && type && type->text() && *type->text() == "float") {
        modern = "float_value";
        old.value = node(static_cast<double>(*old.value.integer()), old.value.where());
    }
    r.warn(old.where, "old_name", "this is an older name of \"" + modern + '"',
           "write \"" + modern + "\" instead");
    r.put(entry, modern, std::move(old));
}

option config_schema() {
    constexpr release first_typed = "4.1.0"_r;
    known_table entry{
        known_required("field", non_empty_text(), "The field's name, such as \"roomname\"."),
        known("string_value", text(), std::nullopt, "The default of a field that is text.")
            .since(first_typed),
        known("integer_value", at_least(std::numeric_limits<std::int64_t>::min()), std::nullopt,
              "The default of a field that is an integer.")
            .since(first_typed),
        known("float_value", floating_point(), std::nullopt, "The default of a field that is a number.")
            .since(first_typed),
        known("boolean_value", boolean(), std::nullopt, "The default of a field that is true or false.")
            .since("6.8.0"_r),
        known("internal_key", non_empty_text(), std::nullopt,
              "The name it is kept under; if unset, the field's."),
        older("value", text(), releases::first_toml, "4.0.1"_r, into_typed_value,
              "Older form of string_value, integer_value and float_value."),
        older("type", one_word_of({"binary", "integer", "float"}), releases::first_toml, "4.0.1"_r,
              dropped("the name of the value tells its type"), "The type of an older value."),
    };
    entry.check(check_field);
    return known_sections(
        "config_schema", entry,
        "The fields a room is set up with; \"roomname\" and \"subject\" if none is written.");
}

}  // namespace

option mod_muc_light_option() {
    const auto bound = limited(at_least(1));
    constexpr auto unbounded = limit<std::int64_t>::infinity();
    const known_table t{
        known_backend({"mnesia", "rdbms"}, "mnesia",
                      "Where rooms are kept; \"mnesia\" means the embedded database."),
        known("host", host_template(), "muclight.@HOST@", "The domain that rooms' addresses have."),
        cache("cache_affs", 2, "Remembering who is in which room."),
        known("equal_occupants", boolean(), false, "All occupants of a room have the same rights."),
        known("blocking", boolean(), true, "Users may block rooms and the invitations of others."),
        known("all_can_configure", boolean(), false, "Every occupant may set the room up."),
        known("all_can_invite", boolean(), false, "Every occupant may add others."),
        known("rooms_in_rosters", boolean(), false, "A user's contact list holds the rooms too."),
        known("allow_multiple_owners", boolean(), false, "A room may have several owners.").since("6.3.1"_r),
        known("promote_on_last_owner_leave", boolean(), true,
              "Makes a member owner when the last owner leaves.")
            .since("6.8.0"_r),
        known("rooms_per_user", bound, unbounded, "Rooms that a user may be in."),
        known("max_occupants", bound, unbounded, "The most occupants of a room."),
        known("rooms_per_page", bound, limit<std::int64_t>(10), "Rooms on a page of a list of rooms."),
        config_schema(),
        known("legacy_mode", boolean(), false,
              "Speaks XEP-0045 with clients that know no rooms without presences.")
            .until("6.8.0"_r),
    };
    return section_not_yet("mod_muc_light", t, without::warns,
                           "Rooms without presences, urn:xmpp:muclight:0.");
}

}  // namespace meerkat
