#pragma once
// Elements to bytes. Namespaces are written as default declarations wherever they differ from what is in
// force; a prefix is generated only for namespaced attributes (`xml:` keeps its own).

#include "xmpp/xml/element.hpp"

#include <string>
#include <string_view>

namespace meerkat::xml {

// Appends the element. `in_force` is the default namespace where the bytes will stand: on a TCP stream
// "jabber:client", so that stanzas carry no declaration; in a WebSocket message or a BOSH body something
// else, so that they do. Elements of the stream namespace are written with the prefix `stream:` iff
// `stream_prefix_declared`.
void write(std::string& out, const element& e, std::string_view in_force,
           bool stream_prefix_declared = false);

// & < > (and carriage return) and, for attributes, both quotes, tab and line feed as references. A control
// character that XML cannot carry becomes U+FFFD.
void write_escaped_text(std::string& out, std::string_view text);
void write_escaped_attribute(std::string& out, std::string_view value);

std::string to_string(const element& e);  // for tests and logs of documents without secrets

}  // namespace meerkat::xml
