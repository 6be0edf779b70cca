#pragma once
// Domains as the DNS and certificates write them.

#include <optional>
#include <string>

namespace meerkat {

// The ASCII form of a prepared domain (IDNA, RFC 3490): "xn--..." where a label is not ASCII. Nothing where
// it has none, because a label is empty or too long.
std::optional<std::string> to_ascii_domain(const std::string& prepared);

}  // namespace meerkat
