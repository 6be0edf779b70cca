#pragma once
// One stanza for many receivers, written once: only the `to` address and, where the transport wants it, the
// default namespace differ, and they are put in while copying.

#include "xmpp/stanza/stanza.hpp"

#include <string>
#include <string_view>

namespace meerkat {

class serialized_stanza {
public:
    // The `to` the stanza itself has is left out.
    explicit serialized_stanza(const stanza& original);

    // Appends it for one receiver; `declare_client_ns` writes xmlns='jabber:client' as RFC 7395 and BOSH
    // want.
    void append_to(std::string& out, std::string_view to, bool declare_client_ns) const;

private:
    std::string text_;
    std::size_t after_name_;
};

}  // namespace meerkat
