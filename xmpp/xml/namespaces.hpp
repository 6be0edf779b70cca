#pragma once
// The namespaces of the protocols served here, each named once.

#include <string_view>

namespace meerkat::ns {

inline constexpr std::string_view stream = "http://etherx.jabber.org/streams";
inline constexpr std::string_view client = "jabber:client";
inline constexpr std::string_view framing = "urn:ietf:params:xml:ns:xmpp-framing";
inline constexpr std::string_view tls = "urn:ietf:params:xml:ns:xmpp-tls";
inline constexpr std::string_view sasl = "urn:ietf:params:xml:ns:xmpp-sasl";
inline constexpr std::string_view sasl2 = "urn:xmpp:sasl:2";
inline constexpr std::string_view sasl_cb = "urn:xmpp:sasl-cb:0";
inline constexpr std::string_view bind = "urn:ietf:params:xml:ns:xmpp-bind";
inline constexpr std::string_view session = "urn:ietf:params:xml:ns:xmpp-session";
inline constexpr std::string_view stream_errors = "urn:ietf:params:xml:ns:xmpp-streams";
inline constexpr std::string_view stanza_errors = "urn:ietf:params:xml:ns:xmpp-stanzas";
inline constexpr std::string_view stream_limits = "urn:xmpp:stream-limits:0";
inline constexpr std::string_view compress = "http://jabber.org/protocol/compress";
inline constexpr std::string_view compress_feature = "http://jabber.org/features/compress";
inline constexpr std::string_view roster = "jabber:iq:roster";
inline constexpr std::string_view roster_versions = "urn:xmpp:features:rosterver";
inline constexpr std::string_view register_iq = "jabber:iq:register";
inline constexpr std::string_view register_feature = "http://jabber.org/features/iq-register";
inline constexpr std::string_view disco_info = "http://jabber.org/protocol/disco#info";
inline constexpr std::string_view disco_items = "http://jabber.org/protocol/disco#items";
inline constexpr std::string_view data_forms = "jabber:x:data";
inline constexpr std::string_view server_info = "http://jabber.org/network/serverinfo";
inline constexpr std::string_view ping = "urn:xmpp:ping";
inline constexpr std::string_view version = "jabber:iq:version";
inline constexpr std::string_view time = "urn:xmpp:time";
inline constexpr std::string_view delay = "urn:xmpp:delay";

// The constant above that equals `ns`; empty when it is none of them. Lets trees point to the constant
// instead of keeping a copy.
std::string_view known(std::string_view ns);

}  // namespace meerkat::ns
