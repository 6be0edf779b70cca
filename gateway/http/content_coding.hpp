#pragma once
// Content codings (RFC 9110, 8.4): which one a client takes, and compressing the answers for which it is
// worth it.

#include "gateway/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meerkat::http {

enum class coding : std::uint8_t { identity, deflate, gzip };
std::string_view to_string(coding how);

// What Accept-Encoding prefers: the greatest weight, gzip before deflate. Identity where the field is absent
// or accepts nothing else.
coding preferred_coding(const fields& asked);

// Whether a body of this type and size becomes smaller by it: text of 300 bytes and more.
bool worth_coding(std::string_view content_type, std::size_t size);

// The whole body at once; nothing when memory is short. Gzip or deflate.
std::optional<std::string> coded(std::string_view body, coding how);

// Compresses the answer's body where that is allowed, worth it and no long work, and says so in its fields:
// Content-Encoding, Vary, and an ETag that becomes a weak one.
void code_answer(response& given, coding preferred);

}  // namespace meerkat::http
