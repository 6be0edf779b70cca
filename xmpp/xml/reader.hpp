#pragma once
// Bytes of an XML stream to events. Two stages: a scanner finds where each top-level element ends and
// enforces every limit on the raw bytes; only then does expat see it, whole. So an unfinished or oversized
// stanza never reaches the parser, an idle stream needs no parser at all (one parser per thread serves all
// streams whose header declared nothing unusual), and reading stops exactly at the end of an element.

#include "xmpp/xml/element.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace meerkat::xml {

// Limits of one top-level element; all are checked before parsing.
struct limits {
    std::size_t bytes = 262'144;    // from `<` to `>`; also of an opening stream tag
    std::size_t elements = 65'536;  // in all, the top one included
    std::size_t depth = 64;
    std::size_t attributes = 64;  // of one element, namespace declarations included
};

// How the input breaks XML or the XMPP subset of it (RFC 6120, 4.9.3 and 11).
enum class violation {
    not_well_formed,
    restricted_xml,        // comment, processing instruction, DTD, entity declaration or reference
    unsupported_encoding,  // another encoding declared, or a byte order mark of one
    bad_format,            // text between stanzas, invalid UTF-8
    bad_namespace_prefix,  // a prefix nobody declared
    too_big,
    too_deep,
    too_many_elements,
    too_many_attributes,
};

struct read_failure {
    violation what;
    std::string text;    // for the peer: the parser's message
    bool before_stream;  // no opening stream tag had been read; in message framing, no element
};

struct stream_opened {
    document
        header;  // the opening tag as an element without children: name, ns, attributes (no declarations)
    bool
        stream_prefix_declared;  // the literal attribute xmlns:stream is there and names the stream namespace
    std::string_view default_ns;  // the value of xmlns, empty when absent; lives in `header`
};
struct element_read {
    document element;
    std::size_t bytes;  // its raw size
};
struct stream_closed {};

using read_event = std::variant<stream_opened, element_read, stream_closed, read_failure>;

enum class framing {
    stream,   // RFC 6120: everything inside one <stream:stream>
    message,  // RFC 7395: top-level elements without a root; jabber:client is the default namespace in force
};

// One stream's input. Holds no memory beyond itself while nothing is torn.
class reader {
public:
    reader(framing form, const limits& bounds);
    ~reader();
    reader(reader&&) noexcept;
    reader& operator=(reader&&) noexcept;

    // Takes bytes from the front of `input` up to the end of the next event. Nothing: all of `input` was
    // taken, the event is not complete; a torn element's bytes are kept inside. White space between elements
    // is dropped. After a read_failure, the closing tag or a second opening tag (a stream_opened, which says
    // nothing of what stood in it) everything is swallowed, until a restart. Call it until it returns
    // nothing: an event may need no byte more.
    std::optional<read_event> next(std::string_view& input);

    // Expects a new opening tag (after STARTTLS or SASL success); what was torn is dropped.
    void restart();
    void set_limits(const limits& bounds);

    // Bytes kept of a torn element.
    std::size_t kept() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace meerkat::xml
