#pragma once
// Names of TLS servers as clients ask for them (SNI, RFC 6066, 3): ASCII, compared without case.

#include <optional>
#include <string>
#include <string_view>

namespace meerkat::net {

// A name from a configuration file, or "*." before one, as it is compared: IDNA A-labels in lower case.
// Nothing when it is neither.
std::optional<std::string> server_name_pattern(std::string_view written);

// What a client asked for, in the same form.
std::string asked_server_name(std::string_view asked);

// The pattern that stands for every name with the same parent: "*.example.org" for "chat.example.org". Empty
// when there is no parent.
std::string wildcard_over(std::string_view name);

}  // namespace meerkat::net
