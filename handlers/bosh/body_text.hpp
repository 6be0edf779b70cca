#pragma once
// The text of BOSH bodies that are answered with, as far as all of them begin alike.

#include <cstdint>
#include <string>
#include <string_view>

namespace meerkat::bosh {

inline constexpr std::string_view start_of_body = "<body xmlns='http://jabber.org/protocol/httpbind'";
inline constexpr std::string_view stream_declaration = " xmlns:stream='http://etherx.jabber.org/streams'";

void append_attribute(std::string& out, std::string_view name, std::string_view value);
void append_attribute(std::string& out, std::string_view name, std::uint64_t value);

// A body that ends a session, or refuses to begin one (XEP-0124, 17.2). Without a condition: a clean end.
std::string terminal_body(std::string_view condition, std::string_view text = {});

// The client has to send the request again (XEP-0124, 17.3).
std::string error_body();

}  // namespace meerkat::bosh
