#include "handlers/stream/xml_channel.hpp"

#include "gateway/net/compressed_stream.hpp"
#include "xmpp/stream/stream_end.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/writer.hpp"

namespace meerkat {

namespace {

constexpr std::chrono::milliseconds handshake_time{5000};
// How soon a pause counts as silence, whatever the file says.
constexpr std::chrono::milliseconds shortest_silence{1000};

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
    if (compression_) {
        // Also white space counts, of which compression makes any amount from next to nothing.
        compression_->without_end += input.size() - text.size();
        if (!compression_->most.admits(compression_->without_end)) {
            input = {};
            return xml::read_failure{xml::violation::too_big, {}, !opened_};
        }
        if (found) compression_->without_end = 0;
    }
    input = input.last(text.size());
    if (!found) return std::nullopt;
    return std::visit([](auto& each) { return channel_event(std::move(each)); }, *found);
}

void xml_channel::limit_reading(const xml::limits& bounds, shared_rate rate) {
    reader_.set_limits(bounds);
    shape(std::move(rate));
}

bool xml_channel::can_compress() const {
    const net::tls_facts* const tls = stream().tls();
    return !compression_ && (tls == nullptr || !tls->compressed);
}

task<bool> xml_channel::start_compression(const xml::element& promise, limit<std::size_t> inflated) {
    if (!can_compress()) co_return false;
    auto codecs = net::make_stream_codecs();
    if (!codecs) co_return false;
    send(promise);
    const bool flushed_out = co_await flushed(handshake_time);
    if (!flushed_out) {
        lose();
        co_return true;
    }
    // A client that did not wait for our answer has compressed what stands behind its request.
    std::string unread = take_unread();
    auto compressed = net::compress_stream(take_stream(), std::move(codecs), std::move(unread));
    put_stream(std::move(compressed), facts_.transport);
    compression_ = std::make_unique<compression>(inflated);
    compression_->rest.calls<&xml_channel::rest>(*this);
    opened_ = false;
    reader_.restart();
    co_return true;
}

// A lone byte is how clients keep a connection alive, and no bomb.
void xml_channel::bytes_arrived() {
    if (!compression_) return;
    if (compression_->without_end > 0) --compression_->without_end;
    sent();
}

// Anything that moves puts off the rest.
void xml_channel::sent() {
    if (!compression_ || rest_after_ == rest_after_.max()) return;
    compression_->rest.arm(shard::current().deadlines(), std::max(rest_after_, shortest_silence));
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
    sent();
}

void xml_channel::send(const serialized_stanza& stanza, std::string_view to) {
    stanza.append_to(buffer(), to, false);
    commit();
    sent();
}

void xml_channel::write_end(std::string& out, const std::optional<stream_error>& why) {
    if (!opened_) return;
    if (why) xml::write(out, make_stream_error(*why).root(), ns::client, true);
    out += "</stream:stream>";
}

}  // namespace meerkat
