#pragma once
// One [[listen.c2s]]: a raw socket for clients.

#include "config/values.hpp"
#include "gateway/net/listener_options.hpp"
#include "gateway/net/tls_options.hpp"
#include "xmpp/stream/client_options.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace meerkat {

enum class tls_mode : std::uint8_t {
    tls,                // from the first byte
    starttls,           // offered
    starttls_required,  // offered, and nothing else until taken
};

struct c2s_tls_options {
    tls_mode mode = tls_mode::starttls;
    net::tls_options options;
};

struct c2s_listener_options {
    net::listener_options socket;
    int backlog = 1024;
    bool reuse_port = false;  // a socket for each shard
    limit<std::size_t> max_connections = limit<std::size_t>::infinity();
    client_options client;
    // Compression is offered: the bytes that may come out of it before a stanza is complete.
    std::optional<limit<std::size_t>> zlib;
    std::optional<c2s_tls_options> tls;  // unset: plain, STARTTLS is not offered
};

config::table<c2s_listener_options> c2s_listener_table();

}  // namespace meerkat
