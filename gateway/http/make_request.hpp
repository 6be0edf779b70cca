#pragma once
// A request as handlers see it: made of its head and of the connection that it came on.

#include "gateway/http/message.hpp"
#include "gateway/http/request_head.hpp"
#include "gateway/net/byte_stream.hpp"

namespace meerkat::http {

// Without its body.
request make_request(request_head&& head, const net::byte_stream& stream);

}  // namespace meerkat::http
