#pragma once
// How files of older releases wrote [auth], and what becomes of it.

#include "xmpp/auth/auth_options.hpp"

namespace meerkat {

void add_older_auth(config::table<auth_options>& auth);

}  // namespace meerkat
