#include "gateway/http/websocket_handshake.hpp"

#include "gateway/base/digest.hpp"
#include "gateway/base/encoding.hpp"
#include "gateway/http/syntax.hpp"

namespace meerkat::http {

namespace {

constexpr std::size_t key_size = 16;

bool is_supported(std::string_view version) { return version == "13" || version == "8" || version == "7"; }

std::string offered_protocol(const request& asked, std::string_view protocol) {
    const std::string all = asked.fields.joined("Sec-WebSocket-Protocol");
    std::string_view rest = all;
    while (!rest.empty()) {
        const std::string_view offered = next_list_element(rest);
        if (is_token(offered) && equal_ignoring_case(offered, protocol)) return std::string(offered);
    }
    return {};
}

}  // namespace

response websocket_handshake(const request& asked, std::string_view protocol,
                             unique_function<void(upgraded)> take_over, std::string_view extensions) {
    response answer;
    if (asked.version < 11 || !asked.fields.lists("Upgrade", "websocket") ||
        !asked.fields.lists("Connection", "upgrade")) {
        answer.status = 426;
        answer.fields.add("Upgrade", "websocket");
        answer.fields.add("Connection", "upgrade");
        return answer;
    }
    const std::string key(asked.fields.get("Sec-WebSocket-Key").value_or(""));
    const auto decoded = from_base64(key);
    if (asked.method != "GET" || !decoded || decoded->size() != key_size ||
        !is_supported(asked.fields.get("Sec-WebSocket-Version").value_or(""))) {
        answer.status = 400;
        answer.fields.add("Sec-WebSocket-Version", "13, 8, 7");
        return answer;
    }
    answer.status = 101;
    answer.fields.add("Upgrade", "websocket");
    answer.fields.add("Connection", "Upgrade");
    answer.fields.add("Sec-WebSocket-Accept",
                      to_base64(digest(hash_function::sha1, key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
    const std::string chosen = offered_protocol(asked, protocol);
    if (!chosen.empty()) answer.fields.add("Sec-WebSocket-Protocol", chosen);
    if (!extensions.empty()) answer.fields.add("Sec-WebSocket-Extensions", extensions);
    answer.take_over = std::move(take_over);
    return answer;
}

}  // namespace meerkat::http
