#include "tests/scenarios/runner/xmpp_client.hpp"

#include "gateway/base/encoding.hpp"
#include "tests/support/scram_client.hpp"
#include "xmpp/xml/element_parser.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/writer.hpp"

#include <stdexcept>

namespace meerkat::testing {

using namespace std::string_literals;

namespace {

// The server's messages are believed to be of any size.
constexpr xml::limits generous{16 * 1024 * 1024, 1'000'000, 1000, 1000};

[[noreturn]] void unexpected(const received& got, std::string_view wanted) {
    throw std::runtime_error("got " + got.text + " instead of " + std::string(wanted));
}

}  // namespace

std::string describe(const xml::document& e) { return e ? xml::to_string(e.root()) : "nothing"s; }

// The server may have another port by the time that BOSH makes its next connection.
xmpp_client::xmpp_client(const test_server& server, transport how)
    : xmpp_client([&server, how] { return begin_transport(connection(server.port(how)), how); }, how) {}

connection begin_transport(connection made, transport how) {
    const bool secured = how == transport::tls   ? made.start_tls("xmpp-client")
                         : how == transport::wss ? made.start_tls("http/1.1")
                                                 : true;
    if (!secured) throw std::runtime_error("the TLS handshake failed");
    return made;
}

xmpp_client::xmpp_client(std::uint16_t port, transport how)
    : xmpp_client([port, how] { return begin_transport(connection(port), how); }, how) {}

xmpp_client::xmpp_client(bosh_client::way to_server, transport how)
    : how_(how), reader_(xml::framing::stream, generous) {
    if (how == transport::bosh)
        bosh_.emplace(std::move(to_server));
    else
        use(to_server());
}

xmpp_client::xmpp_client(connection made, transport how)
    : how_(how), reader_(xml::framing::stream, generous) {
    use(std::move(made));
}

void xmpp_client::use(connection made) {
    if (!is_websocket(how_)) {
        socket_.emplace(std::move(made));
        return;
    }
    websocket_.emplace(std::move(made));
    const std::string answer = websocket_->handshake();
    if (!answer.starts_with("HTTP/1.1 101")) throw std::runtime_error("no WebSocket: " + answer);
}

xmpp_client::~xmpp_client() = default;

connection& xmpp_client::socket() {
    if (bosh_) return bosh_->socket();
    return websocket_ ? websocket_->socket() : *socket_;
}

void xmpp_client::open(std::string_view to) {
    domain_ = to;
    expect_new_stream();
    if (how_ != transport::starttls || socket_->encrypted()) return;
    send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    const xml::document answer = element();
    if (!answer.root().is("proceed", ns::tls)) throw std::runtime_error("no TLS: " + describe(answer));
    if (!socket_->start_tls()) throw std::runtime_error("the TLS handshake failed");
    reader_.restart();
    expect_new_stream();
}

void xmpp_client::expect_new_stream() {
    send_header("to='" + domain_ + "' version='1.0'");
    received opened = receive();
    if (opened.what != received::kind::opened) unexpected(opened, "the server's header");
    header_ = std::move(opened.element);
    features_ = element();
    if (!features_.root().is("features", ns::stream))
        throw std::runtime_error("got " + describe(features_) + " instead of features");
}

void xmpp_client::send_header(std::string_view attributes) {
    if (bosh_) {
        expecting_header_ = true;
        return bosh_->open(attributes);
    }
    if (websocket_)
        return websocket_->send("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' " +
                                std::string(attributes) + "/>");
    socket_->write(
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
        "xmlns:stream='http://etherx.jabber.org/streams' " +
        std::string(attributes) + ">");
}

void xmpp_client::send(std::string_view elements) {
    if (bosh_) {
        bosh_->send(elements);
    } else if (websocket_) {
        websocket_->send(elements);
    } else {
        socket_->write(elements);
    }
}

received xmpp_client::receive() {
    if (bosh_) return receive_from_bosh();
    return websocket_ ? receive_from_websocket() : receive_from_stream();
}

// The header is what the first answer says; the end of the session is the end of everything.
received xmpp_client::receive_from_bosh() {
    while (unpacked_.empty()) {
        if (bosh_->ended()) return {received::kind::ended, {}, "the end of the session"};
        const xml::document body = bosh_->receive();
        if (!body) continue;
        if (std::exchange(expecting_header_, false)) {
            xml::document header("stream", ns::stream);
            header.root().set_attr("from", domain_).set_attr("id", bosh_->sid()).set_attr("version", "1.0");
            unpacked_.push_back({received::kind::opened, std::move(header), "a stream header"});
        }
        for (const xml::element& each : xml::elements(body.root())) {
            xml::document copied(each.name(), each.ns());
            for (const xml::attribute* a = each.attributes(); a != nullptr; a = a->next)
                copied.root().set_attr(a->name, a->ns, a->value);
            for (const xml::node* n = each.children(); n != nullptr; n = n->next) {
                if (n->child != nullptr)
                    copied.root().add_copy(*n->child);
                else
                    copied.root().add_text(n->text);
            }
            std::string text = describe(copied);
            unpacked_.push_back({received::kind::element, std::move(copied), std::move(text)});
        }
        if (body.root().attr("type") == "terminate")
            unpacked_.push_back({received::kind::closed, {}, "the end of the stream: " + describe(body)});
    }
    received first = std::move(unpacked_.front());
    unpacked_.pop_front();
    return first;
}

received xmpp_client::receive_from_stream() {
    for (;;) {
        std::string_view input = std::string_view(unread_).substr(taken_);
        auto event = reader_.next(input);
        taken_ = unread_.size() - input.size();
        if (!event) {
            unread_.clear();
            taken_ = 0;
            if (!socket_->read(unread_)) return {received::kind::ended, {}, "the end of the connection"};
            continue;
        }
        if (auto* opened = std::get_if<xml::stream_opened>(&*event))
            return {received::kind::opened, std::move(opened->header), "a stream header"};
        if (auto* read = std::get_if<xml::element_read>(&*event)) {
            std::string text = describe(read->element);
            return {received::kind::element, std::move(read->element), std::move(text)};
        }
        if (std::holds_alternative<xml::stream_closed>(*event))
            return {received::kind::closed, {}, "the end of the stream"};
        throw std::runtime_error("the server sent what is no XML: " +
                                 std::get<xml::read_failure>(*event).text);
    }
}

received xmpp_client::receive_from_websocket() {
    for (;;) {
        const auto frame = websocket_->receive();
        if (!frame) return {received::kind::ended, {}, "the end of the connection", close_code_};
        if (frame->opcode == 8) {
            close_code_ = frame->close_code();
            websocket_->send(frame->payload, {.opcode = 8});
            continue;
        }
        if (frame->opcode == 9) {
            websocket_->send(frame->payload, {.opcode = 10});
            continue;
        }
        if (frame->opcode == 10) continue;
        if (frame->opcode != 1 || !frame->final || frame->compressed)
            throw std::runtime_error("the server sent something else than a whole text message");
        // Nothing is declared around a message: it must declare its namespaces itself (RFC 7395, 3.3).
        xml::parsed_element read = xml::parse_element(frame->payload, " ");
        if (!read.element) throw std::runtime_error("the server sent what is no XML: " + frame->payload);
        const xml::element& root = read.element.root();
        if (root.is("close", ns::framing)) return {received::kind::closed, {}, "the end of the stream"};
        const bool opened = root.is("open", ns::framing);
        return {opened ? received::kind::opened : received::kind::element, std::move(read.element),
                frame->payload};
    }
}

xml::document xmpp_client::element() {
    received got = receive();
    if (got.what != received::kind::element) unexpected(got, "an element");
    return std::move(got.element);
}

bool xmpp_client::succeed(const xml::document& answer) {
    if (!answer.root().is("success", ns::sasl)) {
        failure_ = describe(answer);
        return false;
    }
    reader_.restart();
    expect_new_stream();
    if (how_ == transport::compressed) compress();
    return true;
}

void xmpp_client::compress() {
    send("<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>");
    const xml::document answer = element();
    if (!answer.root().is("compressed", ns::compress))
        throw std::runtime_error("no compression: " + describe(answer));
    socket_->start_compression();
    reader_.restart();
    expect_new_stream();
}

bool xmpp_client::authenticate(std::string_view user, std::string_view password) {
    const std::string message = "\0"s + std::string(user) + "\0"s + std::string(password);
    send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + to_base64(message) +
         "</auth>");
    return succeed(element());
}

bool xmpp_client::authenticate_by_certificate(std::string_view authzid) {
    send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>" +
         (authzid.empty() ? "=" : to_base64(authzid)) + "</auth>");
    return succeed(element());
}

bool xmpp_client::authenticate_by_scram(std::string_view user, std::string_view password,
                                        std::string_view mechanism) {
    scram_client scram;
    scram.hash =
        mechanism.find("SHA-256") != std::string_view::npos ? hash_function::sha256 : hash_function::sha1;
    scram.user = user;
    scram.password = password;
    if (mechanism.ends_with("-PLUS")) {
        scram.header = "p=tls-exporter,,";
        scram.binding_data = socket().exported_key();
    }
    send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='" + std::string(mechanism) + "'>" +
         to_base64(scram.first()) + "</auth>");
    const xml::document challenge = element();
    const auto server_first = from_base64(challenge.root().text());
    if (!challenge.root().is("challenge", ns::sasl) || !server_first) return succeed(challenge);
    const auto proof = scram.final_message(*server_first);
    if (!proof) throw std::runtime_error("the challenge is not SCRAM's: " + *server_first);
    send("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" + to_base64(*proof) + "</response>");
    const xml::document answer = element();
    if (answer.root().is("success", ns::sasl) &&
        !scram.accepts(from_base64(answer.root().text()).value_or("")))
        throw std::runtime_error("the server has not proved itself");
    return succeed(answer);
}

std::string xmpp_client::bind(std::string_view resource) {
    send(
        "<iq xmlns='jabber:client' type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
        "<resource>" +
        std::string(resource) + "</resource></bind></iq>");
    const xml::document answer = element();
    const xml::element* bound = answer.root().child("bind", ns::bind);
    if (bound == nullptr) throw std::runtime_error("not bound: " + describe(answer));
    return std::string(bound->child_text("jid", ns::bind));
}

void xmpp_client::open_session() {
    send(
        "<iq xmlns='jabber:client' type='set' id='session'>"
        "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>");
    const xml::document answer = element();
    if (answer.root().attr("type") != "result") throw std::runtime_error("no session: " + describe(answer));
}

std::string xmpp_client::log_in(std::string_view user, std::string_view password, std::string_view resource) {
    open();
    if (!authenticate(user, password)) throw std::runtime_error("not authenticated: " + failure_);
    std::string full = bind(resource);
    open_session();
    return full;
}

void xmpp_client::close_stream() {
    if (bosh_) return bosh_->terminate();
    send(websocket_ ? "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>" : "</stream:stream>");
}

std::string xmpp_client::rest() {
    std::string all;
    for (;;) {
        const received got = receive();
        if (got.what == received::kind::ended) return all;
        all += got.text;
    }
}

std::string xmpp_client::raw_rest() { return unread_.substr(taken_) + socket().read_all(); }

void xmpp_client::lose_connection() {
    if (bosh_) return bosh_->vanish();
    socket().reset();
}

}  // namespace meerkat::testing
