#pragma once
// RFC 6120's framing: one long XML document on a socket, with STARTTLS.

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

private:
    std::optional<channel_event> decode(std::span<char>& input) override;
    void write_end(std::string& out, const std::optional<stream_error>& why) override;

    xml::reader reader_;
    std::shared_ptr<const net::tls_context> context_;
    starttls_offer offer_;
    bool opened_ = false;
};

}  // namespace meerkat
