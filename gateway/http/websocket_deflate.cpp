#include "gateway/http/websocket_deflate.hpp"

#include "gateway/http/syntax.hpp"
#include "gateway/http/websocket_frame.hpp"
#include "gateway/net/deflate.hpp"

#include <algorithm>
#include <array>
#include <memory>

namespace meerkat::http {

namespace {

using namespace std::string_view_literals;

// What every flush ends with, and messages are sent without (RFC 7692, 7.2.1).
constexpr std::string_view tail = "\0\0\xff\xff"sv;

// Shorter ones save less than the frame that tells of it is worth.
constexpr std::size_t shortest_message = 128;

constexpr int smallest_window = 8;
constexpr int largest_window = 15;

std::optional<int> read_window(std::string_view value) {
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    int bits = 0;
    for (const char c : value) {
        if (c < '0' || c > '9') return std::nullopt;
        bits = bits * 10 + (c - '0');
        if (bits > largest_window) return std::nullopt;
    }
    if (value.empty() || value.front() == '0' || bits < smallest_window) return std::nullopt;
    return bits;
}

struct offer {
    bool client_takeover = true, server_takeover = true;
    std::optional<int> server_window;
    bool client_window = false;

    // False for what is unknown, said twice or malformed: the offer is declined (RFC 7692, 7).
    bool note(std::string_view parameter) {
        const std::size_t equals = std::min(parameter.find('='), parameter.size());
        const std::string_view name = trimmed(parameter.substr(0, equals));
        const bool has_value = equals < parameter.size();
        const std::string_view value = has_value ? trimmed(parameter.substr(equals + 1)) : std::string_view();
        if (name == "client_no_context_takeover") return !has_value && std::exchange(client_takeover, false);
        if (name == "server_no_context_takeover") return !has_value && std::exchange(server_takeover, false);
        if (name == "client_max_window_bits") {
            if (has_value && !read_window(value)) return false;
            return !std::exchange(client_window, true);
        }
        if (name != "server_max_window_bits" || server_window) return false;
        server_window = read_window(value);
        // zlib cannot write with the smallest of all windows.
        return server_window && *server_window > smallest_window;
    }
};

std::optional<deflate_agreement> agreement_on(std::string_view element) {
    if (!equal_ignoring_case(next_parameter(element), "permessage-deflate")) return std::nullopt;
    offer made;
    while (!element.empty()) {
        if (!made.note(next_parameter(element))) return std::nullopt;
    }
    deflate_agreement agreed;
    agreed.answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    if (made.server_window) {
        agreed.server_window_bits = *made.server_window;
        agreed.answer += "; server_max_window_bits=" + std::to_string(*made.server_window);
    }
    return agreed;
}

// Made when the first connection of the shard needs it. Small tables, because they are cleared before every
// message.
net::deflater& shards_deflater(int window_bits) {
    thread_local std::array<std::unique_ptr<net::deflater>, largest_window + 1> made;
    auto& one = made[static_cast<std::size_t>(window_bits)];
    if (!one || !*one)
        one =
            std::make_unique<net::deflater>(net::deflate_settings{net::deflate_form::raw, window_bits, 5, 4});
    return *one;
}

net::inflater& shards_inflater() {
    thread_local net::inflater one(net::deflate_form::raw);
    return one;
}

inflating inflate_part(net::inflater& inflater, std::string_view part, std::size_t limit,
                       std::string& message) {
    constexpr std::size_t step = 4096;
    for (;;) {
        const std::size_t before = message.size();
        // One byte beyond the limit tells that there is more.
        const std::size_t room = std::min(limit - before, std::max(step, 3 * part.size())) + 1;
        message.resize(before + room);
        const auto got = inflater.inflate(part, {message.data() + before, room});
        message.resize(before + got.bytes);
        if (got.what == net::inflater::state::broken) return inflating::invalid;
        if (message.size() > limit) return inflating::too_big;
        // RFC 7692, 7.2.3.4: a message may hold blocks that claim to be the last.
        if (got.what == net::inflater::state::ended) inflater.reset();
        if (part.empty() && got.bytes < room) return inflating::done;
    }
}

}  // namespace

std::optional<deflate_agreement> agree_on_deflate(const fields& asked) {
    const std::string all = asked.joined("Sec-WebSocket-Extensions");
    std::string_view rest = all;
    while (!rest.empty()) {
        if (auto agreed = agreement_on(next_list_element(rest))) return agreed;
    }
    return std::nullopt;
}

void append_deflated_text_frame(std::string& out, std::string_view text, int window_bits) {
    thread_local std::string compressed;
    net::deflater& deflater = shards_deflater(window_bits);
    if (text.size() < shortest_message || !deflater) return append_text_frame(out, text);
    deflater.reset();
    compressed.clear();
    deflater.append(text, compressed, true);
    compressed.resize(compressed.size() - tail.size());
    if (compressed.size() >= text.size()) return append_text_frame(out, text);
    append_compressed_frame(out, compressed);
}

inflating inflate_message(std::string_view payload, std::size_t limit, std::string& message) {
    message.clear();
    net::inflater& inflater = shards_inflater();
    if (!inflater) return inflating::invalid;
    inflater.reset();
    const inflating outcome = inflate_part(inflater, payload, limit, message);
    if (outcome != inflating::done) return outcome;
    return inflate_part(inflater, tail, limit, message);
}

}  // namespace meerkat::http
