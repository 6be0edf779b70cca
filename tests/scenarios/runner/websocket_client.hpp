#pragma once
// The client's side of RFC 6455 on a test connection: handshake, messages out, frames in. Sends whatever it
// is told to, right or wrong.

#include "tests/scenarios/runner/connection.hpp"
#include "tests/support/websocket_bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::testing {

struct server_frame {
    std::uint8_t opcode = 0;
    bool final = true;
    bool compressed = false;  // RFC 7692's bit
    std::string payload;

    // Of a close frame; 1005 (RFC 6455, 7.4.1) when it carries none.
    unsigned close_code() const;
};

class websocket_client {
public:
    explicit websocket_client(connection c) : connection_(std::move(c)) {}

    // Asks for the upgrade and returns the answer's head, up to the empty line.
    std::string handshake(std::string_view path = "/ws-xmpp",
                          const std::vector<std::string>& fields = {"Sec-WebSocket-Protocol: xmpp"});
    // Sends a request as it is and returns the answer's head.
    std::string request(std::string_view head);

    void send(std::string_view payload, const client_frame& how = {}) {
        connection_.write(make_frame(payload, how));
    }
    // The next frame, of whatever kind. Nothing: the connection has ended.
    std::optional<server_frame> receive();

    connection& socket() { return connection_; }

private:
    connection connection_;
    std::string unread_;
};

}  // namespace meerkat::testing
