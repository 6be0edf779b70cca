#pragma once
// RFC 6120's framing: one long XML document on a socket, with STARTTLS and with compression (XEP-0138).

#include "gateway/net/tls_context.hpp"
#include "handlers/stream/socket_channel.hpp"
#include "xmpp/xml/reader.hpp"

#include <memory>

namespace meerkat {

class xml_channel final : public socket_channel {
public:
    // `starttls_context` is null where STARTTLS is not offered.
    xml_channel(std::unique_ptr<net::byte_stream> stream, std::shared_ptr<void> connection,
                starttls_offer offer, std::shared_ptr<const net::tls_context> starttls_context);

    void open_stream(const stream_header& header) override;
    void restart() override;
    starttls_offer starttls() const override { return offer_; }
    task<bool> start_tls() override;
    void send(const xml::element& e) override;
    void send(const serialized_stanza& stanza, std::string_view to) override;
    void limit_reading(const xml::limits& bounds, shared_rate rate) override;
    bool can_compress() const override;
    task<bool> start_compression(const xml::element& promise, limit<std::size_t> inflated) override;
    void rest_after(std::chrono::milliseconds silence) override { rest_after_ = silence; }

private:
    struct compression {
        limit<std::size_t> most;      // bytes without an element's end
        std::size_t without_end = 0;  // so far
        deadline rest;
    };

    void bytes_arrived() override;
    void sent();
    void rest() { stream().rest(); }

    std::optional<channel_event> decode(std::span<char>& input) override;
    void write_end(std::string& out, const std::optional<stream_error>& why) override;

    xml::reader reader_;
    std::shared_ptr<const net::tls_context> context_;
    starttls_offer offer_;
    std::unique_ptr<compression> compression_;  // null: none
    std::chrono::milliseconds rest_after_ = std::chrono::milliseconds::max();
    bool opened_ = false;
};

}  // namespace meerkat
