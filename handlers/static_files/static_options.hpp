#pragma once
// One [[listen.http.handlers.meerkat_static]]: a folder's files, or pages that live in the binary.

#include "config/values.hpp"

#include <string>

namespace meerkat {

struct static_options {
    std::string directory;  // exactly one of the two is set
    std::string bundle;     // "chat"
};

config::table<static_options> static_table();

}  // namespace meerkat
