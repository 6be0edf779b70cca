#pragma once
// The <stream:error/> element (RFC 6120, 4.9.2), as every transport sends it in its own framing.

#include "xmpp/stanza/stream_error.hpp"
#include "xmpp/xml/element.hpp"

namespace meerkat {

xml::document make_stream_error(const stream_error& why);

}  // namespace meerkat
