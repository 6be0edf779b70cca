#include "handlers/websocket/ws_channel.hpp"

#include "gateway/http/websocket_deflate.hpp"
#include "xmpp/stream/stream_end.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/writer.hpp"

#include <algorithm>

namespace meerkat {

namespace {

// Room for what a message may hold besides its element, so that the reader's limit speaks first: it has an
// error to say.
constexpr std::size_t message_slack = 1024;

// An element is written here first, because its frame begins with its size.
thread_local std::string scratch;

// <open/> says what a stream's opening tag says.
xml::stream_opened as_stream_header(const xml::element& open) {
    xml::document header("stream", ns::stream);
    for (const xml::attribute* a = open.attributes(); a != nullptr; a = a->next)
        header.root().set_attr(a->name, a->ns, a->value);
    return {std::move(header), true, ns::client};
}

}  // namespace

ws_channel::ws_channel(std::unique_ptr<net::byte_stream> stream, std::string unread,
                       std::shared_ptr<void> connection, std::optional<bool> forwarded,
                       std::shared_ptr<const websocket_options> options)
    : socket_channel(std::move(stream), "websocket", std::move(connection)),
      frames_(xml::limits{}.bytes + message_slack),
      reader_(xml::framing::message, xml::limits{}),
      options_(std::move(options)),
      forwarded_(forwarded.has_value()) {
    facts_.encrypted = forwarded.value_or(facts_.encrypted);
    prepend(std::move(unread));
    idle_.calls<&ws_channel::idle_too_long>(*this);
    ping_.calls<&ws_channel::ping>(*this);
    start_timers();
}

void ws_channel::compress_messages(int window_bits) {
    window_bits_ = window_bits;
    frames_.accept_compressed();
}

void ws_channel::start_timers() {
    deadline_wheel& wheel = shard::current().deadlines();
    if (const auto& bound = options_->timeout.bound()) idle_.arm(wheel, *bound);
    if (options_->ping_rate) ping_.arm(wheel, *options_->ping_rate);
}

void ws_channel::bytes_arrived() {
    if (const auto& bound = options_->timeout.bound()) idle_.arm(shard::current().deadlines(), *bound);
}

void ws_channel::ping() {
    http::append_ping_frame(buffer());
    commit();
    ping_.arm(shard::current().deadlines(), *options_->ping_rate);
}

void ws_channel::limit_reading(const xml::limits& bounds, shared_rate rate) {
    reader_.set_limits(bounds);
    const std::size_t most = std::numeric_limits<std::size_t>::max() - message_slack;
    frames_.set_message_limit(std::min(bounds.bytes, most) + message_slack);
    shape(std::move(rate));
}

std::optional<channel_event> ws_channel::decode(std::span<char>& input) {
    if (!rest_.empty()) {
        const std::string text = std::exchange(rest_, {});
        if (auto found = decode_message(text)) return found;
    }
    for (;;) {
        const http::frame_decoder::event got = frames_.next(input);
        switch (got.what) {
            case http::frame_decoder::kind::more:
                return std::nullopt;
            case http::frame_decoder::kind::text:
                if (auto found = decode_message(got.payload)) return found;
                break;
            case http::frame_decoder::kind::ping:
                http::append_pong_frame(buffer(), got.payload);
                commit();
                break;
            case http::frame_decoder::kind::pong:
            case http::frame_decoder::kind::binary:
                break;
            case http::frame_decoder::kind::close:
                // RFC 6455, 5.5.1: answered with the code that came. Without <close/> before it the stream is
                // torn off.
                peer_closed_ = true;
                close_code_ = got.code == http::close_code::no_status ? http::close_code::normal : got.code;
                return stream_lost{};
            case http::frame_decoder::kind::failed:
                close_code_ = got.code;
                if (got.code == http::close_code::message_too_big && client_opened_)
                    return xml::read_failure{xml::violation::too_big, {}, false};
                return stream_lost{};
        }
    }
}

std::optional<channel_event> ws_channel::decode_message(std::string_view text) {
    // RFC 7395, 3.3.3: a message begins with '<'. The first one tells whether this is XMPP at all.
    if (!client_opened_ && !text.starts_with('<') && reader_.kept() == 0) return stream_lost{};
    auto found = reader_.next(text);
    // Nor may <open/> come in pieces, or be a <stream:stream> that never ends.
    if (!found && !client_opened_) return stream_lost{};
    if (!found) return std::nullopt;
    if (!text.empty()) rest_ = text;
    if (auto* read = std::get_if<xml::element_read>(&*found)) return element_event(std::move(*read));
    if (auto* why = std::get_if<xml::read_failure>(&*found)) return failure_event(std::move(*why));
    return stream_lost{};  // message framing knows no other event
}

channel_event ws_channel::element_event(xml::element_read read) {
    const xml::element& root = read.element.root();
    if (root.name() == "open") {
        expecting_open_ = false;
        client_opened_ = true;
        return as_stream_header(root);
    }
    if (expecting_open_) {
        if (!client_opened_) return stream_lost{};  // whoever does not speak XMPP gets none
        return xml::read_failure{xml::violation::not_well_formed, "<open/> expected", true};
    }
    if (root.is("close", ns::framing)) return xml::stream_closed{};
    return read;
}

channel_event ws_channel::failure_event(xml::read_failure why) {
    if (!client_opened_) return stream_lost{};
    why.before_stream = expecting_open_;
    return why;
}

void ws_channel::open_stream(const stream_header& header) {
    xml::document open("open", ns::framing);
    xml::element& root = open.root();
    root.set_attr("id", header.id).set_attr("from", header.from);
    if (!header.to.empty()) root.set_attr("to", header.to);
    root.set_attr("version", "1.0").set_attr("lang", xml::xml_ns, header.lang);
    opened_ = true;
    send(root);
}

void ws_channel::restart() { expecting_open_ = true; }

task<bool> ws_channel::start_tls() { co_return false; }

sasl::channel_facts ws_channel::sasl_facts() const {
    sasl::channel_facts facts;
    facts.encrypted = facts_.encrypted;
    if (!forwarded_) facts.certificate = certificate_names();  // else it is a proxy's
    return facts;
}

void ws_channel::send_text(std::string_view text) {
    if (window_bits_ > 0) {
        http::append_deflated_text_frame(buffer(), text, window_bits_);
    } else {
        http::append_text_frame(buffer(), text);
    }
    commit();
}

void ws_channel::send(const xml::element& e) {
    scratch.clear();
    xml::write(scratch, e, {});
    send_text(scratch);
}

void ws_channel::send(const serialized_stanza& stanza, std::string_view to) {
    scratch.clear();
    stanza.append_to(scratch, to, true);
    send_text(scratch);
}

void ws_channel::write_frame(std::string& out, const xml::element& e) {
    scratch.clear();
    xml::write(scratch, e, {});
    http::append_text_frame(out, scratch);
}

void ws_channel::write_end(std::string& out, const std::optional<stream_error>& why) {
    idle_.disarm();
    ping_.disarm();
    const bool going = why && why->condition == stream_condition::system_shutdown;
    // RFC 7395, 3.6.1: whoever is sent elsewhere has no error to handle.
    const bool elsewhere = going && !options_->see_other_uri.empty();
    if (opened_ && !peer_closed_) {
        if (why && !elsewhere) write_frame(out, make_stream_error(*why).root());
        xml::document closing("close", ns::framing);
        if (elsewhere) closing.root().set_attr("see-other-uri", options_->see_other_uri);
        write_frame(out, closing.root());
    }
    if (going) close_code_ = http::close_code::going_away;
    http::append_close_frame(out, close_code_);
}

void ws_channel::detach() {
    idle_.disarm();
    ping_.disarm();
    socket_channel::detach();
}

void ws_channel::attach(shard& home) {
    socket_channel::attach(home);
    start_timers();
}

}  // namespace meerkat
