#pragma once
// The opening handshake of RFC 6455, section 4, as a response to a request.

#include "gateway/http/message.hpp"

#include <string_view>

namespace meerkat::http {

// 101, with `take_over` to be called once it is written; 426 where no upgrade was asked for, 400 where it was
// asked for wrongly. Of the offered subprotocols the one equal to `protocol`, ignoring case, is echoed
// exactly as sent; a client that offered none, or others, is accepted without one. `extensions` is what was
// agreed on of them, empty for none.
response websocket_handshake(const request& asked, std::string_view protocol,
                             unique_function<void(upgraded)> take_over, std::string_view extensions = {});

}  // namespace meerkat::http
