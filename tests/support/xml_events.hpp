#pragma once
// What the tests of the reader share: events as text, so that sequences can be compared.

#include "xmpp/xml/reader.hpp"
#include "xmpp/xml/writer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meerkat::xml {

inline std::string_view name_of(violation what) {
    switch (what) {
        case violation::not_well_formed:
            return "not_well_formed";
        case violation::restricted_xml:
            return "restricted_xml";
        case violation::unsupported_encoding:
            return "unsupported_encoding";
        case violation::bad_format:
            return "bad_format";
        case violation::bad_namespace_prefix:
            return "bad_namespace_prefix";
        case violation::too_big:
            return "too_big";
        case violation::too_deep:
            return "too_deep";
        case violation::too_many_elements:
            return "too_many_elements";
        case violation::too_many_attributes:
            return "too_many_attributes";
    }
    return "?";
}

inline std::string describe(const read_event& event) {
    if (const auto* opened = std::get_if<stream_opened>(&event))
        return "opened " + to_string(opened->header.root()) + " default=" + std::string(opened->default_ns) +
               (opened->stream_prefix_declared ? " stream" : "");
    if (const auto* read = std::get_if<element_read>(&event)) {
        std::string text = "element ";
        write(text, read->element.root(), "jabber:client");
        return text + " " + std::to_string(read->bytes);
    }
    if (const auto* failure = std::get_if<read_failure>(&event))
        return "failed " + std::string(name_of(failure->what)) + (failure->before_stream ? " before" : "");
    return "closed";
}

inline void read_piece(reader& from, std::string_view piece, std::vector<std::string>& events) {
    while (const std::optional<read_event> event = from.next(piece)) events.push_back(describe(*event));
}

// The events of `input` in the given pieces: cut at `first` and `second`.
inline std::vector<std::string> read_cut(std::string_view input, framing form, const limits& bounds,
                                         std::size_t first, std::size_t second) {
    reader from(form, bounds);
    std::vector<std::string> events;
    read_piece(from, input.substr(0, first), events);
    read_piece(from, input.substr(first, second - first), events);
    read_piece(from, input.substr(second), events);
    return events;
}

inline std::vector<std::string> read_by_byte(std::string_view input, framing form, const limits& bounds) {
    reader from(form, bounds);
    std::vector<std::string> events;
    for (std::size_t i = 0; i < input.size(); ++i) read_piece(from, input.substr(i, 1), events);
    return events;
}

inline std::vector<std::string> read_whole(std::string_view input, framing form = framing::stream,
                                           const limits& bounds = {}) {
    return read_cut(input, form, bounds, input.size(), input.size());
}

}  // namespace meerkat::xml
