#pragma once
// Which release a file was written for: the newest one that knows all of its keys. That release's defaults
// and meanings hold for it.

#include "config/document.hpp"
#include "config/option.hpp"
#include "config/release.hpp"

#include <string>

namespace meerkat::config {

struct generation {
    release read_as = releases::newest;
    // Why it is not the newest: `listen.c2s.tls.verify_peer (4.0.0 to 5.0.1), line 12`. Empty when nothing in
    // the file says otherwise.
    std::string because;
    // Two keys that no release knew together; then the file is taken for one of the newest.
    std::string mixed;
};

// `read as 4.0.1 because of ...`; empty for a file of the newest release.
std::string sentence(const generation& g);

generation detect_generation(const option_table& options, const node& root);

}  // namespace meerkat::config
