#include "xmpp/stream/stream_end.hpp"

#include "xmpp/xml/namespaces.hpp"

namespace meerkat {

xml::document make_stream_error(const stream_error& why) {
    xml::document error("error", ns::stream);
    error.root().add(to_string(why.condition), ns::stream_errors);
    if (!why.text.empty())
        error.root().add("text", ns::stream_errors).set_attr("lang", xml::xml_ns, "en").add_text(why.text);
    if (why.application == application_error::compression_failed)
        error.root().add("failure", ns::compress).add("processing-failed");
    return error;
}

}  // namespace meerkat
