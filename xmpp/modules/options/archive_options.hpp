#pragma once
// Tables that the message archive's section has under both of its names.

#include "config/table.hpp"

namespace meerkat {

enum class archive_part {
    module,  // [modules.mod_mam]
    pm,      // its messages between two people
    muc,     // its messages in rooms
};

// What a part does not say is what the module says.
config::known_table archive_table(archive_part part);
// What stands in the module's section only, besides [pm] and [muc].
void add_archive_caches(config::known_table& module);

}  // namespace meerkat
