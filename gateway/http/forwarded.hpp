#pragma once
// Whom a proxy forwards: the Forwarded field (RFC 7239) or X-Forwarded-For and X-Forwarded-Proto, read from
// the nearest proxy backwards, as far as those who wrote it are trusted. No input, no output, no clock.

#include "gateway/base/error.hpp"
#include "gateway/http/message.hpp"
#include "gateway/net/address_ranges.hpp"
#include "gateway/net/byte_stream.hpp"

#include <optional>

namespace meerkat::http {

struct forwarded_client {
    net::endpoint peer;      // port 0 where the proxy does not say it
    bool encrypted = false;  // as far as the proxies say: the client's own connection, not theirs
};

// What is known of the client besides the connection to `peer`. Nothing inside: the fields are absent, or
// `peer` is nobody who is believed. invalid: a trusted proxy sent fields that are malformed or contradict
// each other, so that nobody can say who the client is; not to be served.
result<std::optional<forwarded_client>> find_client(const fields& sent, const net::endpoint& peer,
                                                    const net::address_ranges& trusted);

}  // namespace meerkat::http
