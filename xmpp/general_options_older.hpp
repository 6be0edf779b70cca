#pragma once
// What [general] had in older releases, and what becomes of it.

#include "xmpp/general_options.hpp"

namespace meerkat {

void add_older_general(config::table<general_options>& general);

}  // namespace meerkat
