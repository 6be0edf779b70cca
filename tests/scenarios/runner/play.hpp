#pragma once
// Performs one script against a server over one transport. Everybody in it gets an account of a name that was
// never used before, so that scripts share a server without meeting.

#include "tests/scenarios/runner/script.hpp"
#include "tests/scenarios/runner/test_server.hpp"

#include <optional>
#include <string>

namespace meerkat::testing {

// Nothing when all went as written; else where and how it did not.
std::optional<std::string> perform(const script& s, test_server& server, transport how);

}  // namespace meerkat::testing
