#include "tests/scenarios/runner/websocket_client.hpp"

namespace meerkat::testing {

unsigned server_frame::close_code() const {
    if (payload.size() < 2) return 1005;
    return static_cast<unsigned>(static_cast<unsigned char>(payload[0])) << 8 |
           static_cast<unsigned char>(payload[1]);
}

std::string websocket_client::handshake(std::string_view path, const std::vector<std::string>& fields) {
    std::string head = "GET " + std::string(path) +
                       " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (const std::string& each : fields) head += each + "\r\n";
    return request(head + "\r\n");
}

std::string websocket_client::request(std::string_view head) {
    connection_.write(head);
    std::size_t end = std::string::npos;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
        if (!connection_.read(unread_)) return std::exchange(unread_, {});
    }
    std::string answer = unread_.substr(0, end + 4);
    unread_.erase(0, end + 4);
    return answer;
}

std::optional<server_frame> websocket_client::receive() {
    const auto have = [this](std::size_t bytes) {
        while (unread_.size() < bytes) {
            if (!connection_.read(unread_)) return false;
        }
        return true;
    };
    const auto at = [this](std::size_t i) { return static_cast<unsigned char>(unread_[i]); };
    if (!have(2)) return std::nullopt;
    server_frame frame;
    frame.opcode = at(0) & 0x0f;
    frame.final = (at(0) & 0x80) != 0;
    frame.compressed = (at(0) & 0x40) != 0;
    if ((at(0) & 0x30) != 0 || (at(1) & 0x80) != 0)
        throw std::runtime_error("a frame of the server has reserved bits or a mask");
    std::size_t size = at(1) & 0x7fU;
    std::size_t head = 2;
    if (size >= 126) {
        const std::size_t length_bytes = size == 126 ? 2 : 8;
        if (!have(head + length_bytes)) return std::nullopt;
        size = 0;
        for (std::size_t i = 0; i < length_bytes; ++i) size = size << 8 | at(head + i);
        head += length_bytes;
    }
    if (!have(head + size)) return std::nullopt;
    frame.payload = unread_.substr(head, size);
    unread_.erase(0, head + size);
    return frame;
}

}  // namespace meerkat::testing
