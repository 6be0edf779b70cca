#pragma once
// Base64 (RFC 4648, section 4), hexadecimal and UTF-8.

#include <optional>
#include <string>
#include <string_view>

namespace meerkat {

std::string to_base64(std::string_view bytes);
// Strict: padding required, no white space, no stray bits. Nothing on any deviation.
std::optional<std::string> from_base64(std::string_view text);

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

// Well-formed UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace meerkat
