#include "xmpp/stanza/serialized_stanza.hpp"

#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/writer.hpp"

namespace meerkat {

serialized_stanza::serialized_stanza(const stanza& original) {
    stanza without_to = original.copy();
    without_to.root().remove_attr("to");
    xml::write(text_, without_to.root(), ns::client);
    after_name_ = 1 + original.root().name().size();
}

void serialized_stanza::append_to(std::string& out, std::string_view to, bool declare_client_ns) const {
    out.append(text_, 0, after_name_);
    if (declare_client_ns) out += " xmlns='jabber:client'";
    if (!to.empty()) {
        out += " to='";
        xml::write_escaped_attribute(out, to);
        out += '\'';
    }
    out.append(text_, after_name_, std::string::npos);
}

}  // namespace meerkat
