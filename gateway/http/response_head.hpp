#pragma once
// The head of a response as bytes.

#include "gateway/http/message.hpp"

#include <string>
#include <string_view>

namespace meerkat::http {

struct head_facts {
    std::string_view server_name;
    std::size_t content_length = 0;
    bool keep_alive = true;
    unsigned request_version = 11;
};

// Status line and fields, ready to send. Server, Date, Content-Length and what Connection says of closing are
// added. A field that would forge another line is left out and logged.
std::string make_response_head(const response& given, const head_facts& facts);

// Whether an answer with this status has a body at all (RFC 9110, 6.4.1).
bool may_have_body(unsigned status);

}  // namespace meerkat::http
