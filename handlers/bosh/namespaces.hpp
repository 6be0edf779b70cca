#pragma once
// BOSH's own namespaces, beside those of the protocols it carries.

#include "xmpp/xml/namespaces.hpp"

namespace meerkat::ns {

inline constexpr std::string_view httpbind = "http://jabber.org/protocol/httpbind";
inline constexpr std::string_view xbosh = "urn:xmpp:xbosh";

}  // namespace meerkat::ns
