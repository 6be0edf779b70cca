#pragma once
// The second stage of reading: expat turns whole elements into trees. The one place where expat is set up.
// Never sees an unfinished element, nor one beyond the limits: the scanner stands before it.

#include "xmpp/xml/reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meerkat::xml {

struct parse_failure {
    violation what;
    std::string text;
};

// Either an element or the reason why not.
struct parsed_element {
    document element;
    parse_failure why;
};

// `bytes` are one element and nothing else; its surroundings are a stream whose header declared
// xmlns='jabber:client' and xmlns:stream. One parser per thread serves all such streams.
parsed_element parse_element(std::string_view bytes);

// The same inside a header with other declarations, written as attributes (" xmlns='a' xmlns:b='c'"). Makes a
// parser of its own, which costs microseconds.
parsed_element parse_element(std::string_view bytes, std::string_view declarations);

struct wrapped_element {
    document element;
    std::size_t bytes;  // its raw size
};

struct parsed_wrapper {
    document wrapper;  // without its children; empty when it failed
    std::vector<wrapped_element> children;
    parse_failure why;
};

// The same for an element that only wraps others and no text, as BOSH's <body/> does: each child is a
// document of its own. Below the wrapper, elements of its namespace `ns` are there because they declare none;
// they are taken to be of `inside`.
parsed_wrapper parse_wrapper(std::string_view bytes, std::string_view ns, std::string_view inside);

struct parsed_header {
    document header;  // empty when it failed
    parse_failure why;
    bool stream_prefix_declared = false;
    bool usual = false;  // declares what parse_element(bytes) assumes and nothing else
    std::string_view default_ns;
    std::string declarations;  // as attributes; for the other parse_element
};

// `bytes` are the opening tag of a stream.
parsed_header parse_header(std::string_view bytes);

// `bytes` are an XML declaration. Nothing when it is a good one and says UTF-8, if anything.
std::optional<parse_failure> check_declaration(std::string_view bytes);

// Bytes that expat holds on this thread: for tests of their bound.
std::size_t parser_memory();

}  // namespace meerkat::xml
