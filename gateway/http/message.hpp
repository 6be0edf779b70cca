#pragma once
// HTTP/1.1 requests and responses as plain values: what handlers see, without the library that reads them.

#include "gateway/base/function.hpp"
#include "gateway/net/byte_stream.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meerkat::http {

// Names compare without case (RFC 9110, 5.1). Few fields: linear search is the fastest map.
class fields {
public:
    void add(std::string_view name, std::string_view value) { list_.emplace_back(name, value); }
    void set(std::string_view name, std::string_view value);
    // The first value; nothing when absent.
    std::optional<std::string_view> get(std::string_view name) const;
    // All values of the name joined by ", ", as RFC 9110, 5.3 allows.
    std::string joined(std::string_view name) const;
    // Whether a comma-separated list field holds the token, ignoring case (Connection: keep-alive, Upgrade).
    bool lists(std::string_view name, std::string_view token) const;

    auto begin() const { return list_.begin(); }
    auto end() const { return list_.end(); }
    std::size_t size() const { return list_.size(); }

private:
    std::vector<std::pair<std::string, std::string>> list_;
};

struct request {
    std::string method;
    std::string target;  // as sent
    std::string path;    // decoded, dot segments removed; begins with '/'
    std::string query;   // as sent, without '?'
    std::string host;    // lower case, without port
    unsigned version = 11;
    http::fields fields;
    std::string body;
    net::endpoint peer;      // the client, also behind trusted proxies
    bool encrypted = false;  // its connection; behind proxies, as they say
    std::shared_ptr<const net::client_certificate> certificate;  // null when TLS brought none of the client
    std::vector<std::pair<std::string, std::string>> bindings;   // the `:name` segments of the route
    std::string rest;                                            // what `[...]` matched, without leading '/'
};

// A connection that left HTTP: the stream and what the client sent right after its request.
struct upgraded {
    std::unique_ptr<net::byte_stream> stream;
    std::string unread;
    std::shared_ptr<void> connection_token;  // counts against the listener's max_connections
    // Whether the client's connection is encrypted, where that is the word of trusted proxies: TLS of the
    // stream is with them then, and so is its certificate. Unset: there are none.
    std::optional<bool> forwarded;
};

struct response {
    unsigned status = 200;
    http::fields fields;  // Content-Length, Date, Server and Connection are the server's
    // Further field lines, each with its end, that live as long as the process: for answers that are many.
    std::string_view static_fields;
    std::string body;
    std::string_view static_body;  // instead of `body`: bytes that live as long as the process
    bool may_be_coded = true;      // false: never compressed, such as an answer somebody has waited for
    // The shard that had what was asked for, if it is worth a connection's while to be there.
    std::optional<unsigned> served_at;
    // With 101: called after the head has been written, as the connection coroutine's last act.
    unique_function<void(upgraded)> take_over;
};

response plain_response(unsigned status, std::string_view text = {});

}  // namespace meerkat::http
