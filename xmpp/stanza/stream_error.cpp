#include "xmpp/stanza/stream_error.hpp"

#include <array>

namespace meerkat {

namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, 26> names{
    "bad-format",
    "bad-namespace-prefix",
    "conflict",
    "connection-timeout",
    "host-gone",
    "host-unknown",
    "improper-addressing",
    "internal-server-error",
    "invalid-from",
    "invalid-namespace",
    "invalid-xml",
    "not-authorized",
    "xml-not-well-formed",
    "policy-violation",
    "remote-connection-failed",
    "reset",
    "resource-constraint",
    "restricted-xml",
    "see-other-host",
    "system-shutdown",
    "undefined-condition",
    "unsupported-encoding",
    "unsupported-feature",
    "unsupported-stanza-type",
    "unsupported-version",
    "encryption-required",
};

}  // namespace

std::string_view to_string(stream_condition condition) { return names[static_cast<std::size_t>(condition)]; }

}  // namespace meerkat
