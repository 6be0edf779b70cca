#include "handlers/stream/xml_channel.hpp"

#include "xmpp/stream/stream_end.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/writer.hpp"

namespace meerkat {

namespace {

constexpr std::chrono::milliseconds handshake_time{5000};

}  // namespace

xml_channel::xml_channel(std::unique_ptr<net::byte_stream> stream, std::shared_ptr<void> connection,
                         starttls_offer offer, std::shared_ptr<const net::tls_context> starttls_context)
    : socket_channel(std::move(stream), "tcp", std::move(connection)),
      reader_(xml::framing::stream, xml::limits{}),
      context_(std::move(starttls_context)),
      offer_(offer) {
    if (facts_.encrypted) facts_.transport = "tls";
}

std::optional<channel_event> xml_channel::decode(std::span<char>& input) {
    std::string_view text(input.data(), input.size());
    auto found = reader_.next(text);
    input = input.last(text.size());
    if (!found) return std::nullopt;
    return std::visit([](auto& each) { return channel_event(std::move(each)); }, *found);
}

void xml_channel::limit_reading(const xml::limits& bounds, shared_rate rate) {
    reader_.set_limits(bounds);
    shape(std::move(rate));
}

void xml_channel::open_stream(const stream_header& header) {
    std::string& out = buffer();
    out +=
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
        "xmlns:stream='http://etherx.jabber.org/streams'"
        " version='1.0' id='";
    out += header.id;
    out += "' from='";
    xml::write_escaped_attribute(out, header.from);
    if (!header.to.empty()) {
        out += "' to='";
        xml::write_escaped_attribute(out, header.to);
    }
    out += "' xml:lang='";
    xml::write_escaped_attribute(out, header.lang);
    out += "'>";
    opened_ = true;
    commit();
}

void xml_channel::restart() { reader_.restart(); }

task<bool> xml_channel::start_tls() {
    // Whatever came behind <starttls/> in the clear was sent by who knows whom: it must not pass for secured
    // input.
    const bool injected = has_unread() || reader_.kept() > 0;
    const bool sent = co_await flushed(handshake_time);
    if (injected || !sent || !context_) {
        abort();
        co_return false;
    }
    auto secured = co_await net::tls_accept(take_stream(), context_, handshake_time);
    if (secured.has_error()) co_return false;
    put_stream(std::move(*secured), "tls");
    offer_ = starttls_offer::none;
    opened_ = false;
    reader_.restart();
    co_return true;
}

void xml_channel::send(const xml::element& e) {
    xml::write(buffer(), e, ns::client, true);
    commit();
}

void xml_channel::send(const serialized_stanza& stanza, std::string_view to) {
    stanza.append_to(buffer(), to, false);
    commit();
}

void xml_channel::write_end(std::string& out, const std::optional<stream_error>& why) {
    if (!opened_) return;
    if (why) xml::write(out, make_stream_error(*why).root(), ns::client, true);
    out += "</stream:stream>";
}

}  // namespace meerkat
