#pragma once
// The first stage of reading: finds where each top-level element ends, enforces every limit, and refuses what
// XMPP forbids, byte by byte and without building anything. It decides from the bytes seen so far only, so
// that cutting the input differently changes nothing. What it lets through may still be broken XML: expat
// has the last word.

#include "xmpp/xml/reader.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace meerkat::xml {

// Hashes of the names of the elements that are open, outermost first. A collision only postpones the verdict
// on a mismatched end tag to expat.
using open_elements = std::vector<std::uint32_t>;

class scanner {
public:
    enum class outcome : std::uint8_t {
        more,         // all of the input was taken; nothing is complete
        declaration,  // an XML declaration before the stream
        opening,      // an opening stream tag; behind a second one nothing is read any more
        element,      // a top-level element
        closing,      // the closing stream tag
        failed,       // see why()
    };
    struct step {
        outcome what;
        std::size_t taken;  // bytes used from the front of the input
        std::size_t start;  // where in them the item begins that is complete or torn; 0 when it began earlier
    };
    struct failure {
        violation what;
        const char* text;
    };

    scanner(framing form, const limits& bounds);

    // Scans to the next outcome. `open` belongs to the item: empty when one begins, and given again with the
    // next input while is_torn().
    step scan(std::string_view input, open_elements& open);

    bool is_torn() const { return size_ != 0; }
    failure why() const;

    void restart();
    // Swallows everything from now on, until a restart.
    void stop() { place_ = place::over; }
    void set_limits(const limits& bounds);

private:
    // What the next byte belongs to.
    enum class place : std::uint8_t {
        start,       // the very first byte
        order_mark,  // the rest of a byte order mark
        gap,         // between top-level items
        less,        // behind <
        target,      // behind <?, as far as it spells "xml"
        declaration,
        declaration_end,  // behind ? in it
        exclamation,      // behind <!
        cdata_start,      // behind <![, as far as it spells "CDATA["
        cdata,
        name,          // of a start tag
        tag,           // in a start tag, behind white space
        attribute,     // its name
        equals,        // behind white space behind an attribute's name
        quote,         // behind =
        value,         // of an attribute
        value_end,     // behind the closing quote
        empty_end,     // behind / in a start tag
        text,          // inside an element
        end_name,      // of an end tag
        end_tag,       // behind its name
        empty_stream,  // the opening stream tag was an empty element: closing comes next
        over,          // behind the closing stream tag, or after a failure
    };
    enum class reason : std::uint8_t {
        none,
        control_character,
        restricted,
        broken_tag,
        less_in_tag,
        mismatched,
        stray_text,
        encoding,
        too_big,
        too_deep,
        too_many_elements,
        too_many_attributes,
    };
    using bytes = const char*;

    outcome outside(bytes& at, bytes end);
    outcome order_mark(char c);
    outcome inside(bytes& at, bytes end, open_elements& open);
    outcome less(char c, const open_elements& open);
    outcome exclamation(char c, const open_elements& open);
    outcome declaration(bytes& at, bytes end);
    outcome cdata(bytes& at, bytes end);
    outcome start_tag(bytes& at, bytes end, open_elements& open);
    outcome start_tag_done(open_elements& open, bool empty);
    outcome text(bytes& at, bytes end);
    outcome end_tag(bytes& at, bytes end, open_elements& open);
    outcome fail(reason why);
    bool in_prologue() const { return streamed_ && !opened_; }

    std::size_t most_bytes_;
    std::size_t size_ = 0;  // of the torn item so far
    std::uint32_t most_elements_;
    std::uint32_t most_depth_;
    std::uint32_t most_attributes_;
    std::uint32_t elements_ = 0;    // of the item
    std::uint32_t attributes_ = 0;  // of the start tag
    std::uint32_t name_ = 0;        // hash of the name being read
    std::uint32_t stream_name_ = 0;
    place place_;
    reason reason_ = reason::none;
    std::uint8_t matched_ = 0;  // how much of a fixed text or of ]]> was seen
    char quote_ = 0;            // of the attribute value, or the first byte of a byte order mark
    bool streamed_;
    bool declared_ = false;  // an XML declaration was read
    bool opened_ = false;    // an opening stream tag was read
};

}  // namespace meerkat::xml
