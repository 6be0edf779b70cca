#pragma once
// The stringprep profiles (RFC 3454) by libidn, made safe for input of strangers. Only what is not plain
// ASCII comes here; which parts of an address need which profile is jid.hpp's business.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace meerkat {

enum class stringprep_profile { nodeprep, nameprep, resourceprep, saslprep };

// Nothing when `text` is not UTF-8 or holds a NUL, when a character is prohibited, or when the result is
// empty, above `largest` bytes, or would change if prepared again. Code points that Unicode 3.2 does not know
// are let through, as every XMPP server does; newer scripts and emoji could not be used otherwise.
std::optional<std::string> prepare(std::string_view text, stringprep_profile profile, std::size_t largest);

}  // namespace meerkat
