#pragma once
// RFC 7395's framing: each element a text message of its own, <open/> and <close/> instead of the stream's
// tags.

#include "gateway/base/deadline.hpp"
#include "gateway/http/websocket_frame.hpp"
#include "handlers/stream/socket_channel.hpp"
#include "handlers/websocket/websocket_options.hpp"
#include "xmpp/xml/reader.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace meerkat {

class ws_channel final : public socket_channel {
public:
    // `unread` is what the client sent behind its handshake; `forwarded` whether proxies say its connection
    // is encrypted, where there are any.
    ws_channel(std::unique_ptr<net::byte_stream> stream, std::string unread, std::shared_ptr<void> connection,
               std::optional<bool> forwarded, std::shared_ptr<const websocket_options> options);

    // permessage-deflate was agreed on, and that is how far we may refer back.
    void compress_messages(int window_bits);

    void open_stream(const stream_header& header) override;
    void restart() override;
    starttls_offer starttls() const override { return starttls_offer::none; }
    task<bool> start_tls() override;
    // No channel binding: TLS may end at a proxy, and browsers know nothing of it.
    sasl::channel_facts sasl_facts() const override;
    void send(const xml::element& e) override;
    void send(const serialized_stanza& stanza, std::string_view to) override;
    void limit_reading(const xml::limits& bounds, shared_rate rate) override;
    std::optional<std::chrono::milliseconds> idle_limit() const override { return options_->timeout.bound(); }

    void detach() override;
    void attach(shard& home) override;

private:
    std::optional<channel_event> decode(std::span<char>& input) override;
    std::optional<channel_event> decode_message(std::string_view text);
    channel_event element_event(xml::element_read read);
    channel_event failure_event(xml::read_failure why);
    void write_end(std::string& out, const std::optional<stream_error>& why) override;
    void bytes_arrived() override;
    void send_text(std::string_view text);
    void start_timers();
    void idle_too_long() { lose(); }
    void ping();
    static void write_frame(std::string& out, const xml::element& e);

    http::frame_decoder frames_;
    xml::reader reader_;
    std::string rest_;  // of a message that holds more than one element
    std::shared_ptr<const websocket_options> options_;
    deadline idle_;
    deadline ping_;
    std::uint16_t close_code_ = http::close_code::normal;
    int window_bits_ = 0;  // 0: messages are sent as they are
    const bool forwarded_;
    bool expecting_open_ = true;
    bool client_opened_ = false;  // the client has sent <open/> at least once
    bool opened_ = false;         // we have
    bool peer_closed_ = false;    // a close frame came
};

}  // namespace meerkat
