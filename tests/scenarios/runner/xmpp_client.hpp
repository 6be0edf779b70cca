#pragma once
// An XMPP client for tests that says the same over every transport: raw socket, compressed or not, STARTTLS,
// direct TLS, WebSocket, that over TLS, and BOSH. It does nothing by itself: what is sent and what is awaited
// is the test's business.

#include "tests/scenarios/runner/bosh_client.hpp"
#include "tests/scenarios/runner/test_server.hpp"
#include "tests/scenarios/runner/websocket_client.hpp"
#include "xmpp/xml/reader.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace meerkat::testing {

struct received {
    enum class kind : std::uint8_t {
        opened,   // the server's stream header, or <open/>
        element,  // a top-level element
        closed,   // </stream:stream>, or <close/>
        ended,    // the connection is gone
    };
    kind what;
    xml::document element;    // of opened and element
    std::string text;         // what it is, for messages of failed tests
    unsigned close_code = 0;  // of ended, over WebSocket: what the server's close frame said; 0: none came
};

// What XML is, as a client that shares nothing with the server's writer would put it into a stream.
std::string describe(const xml::document& e);

// Shakes hands where the transport begins with TLS.
connection begin_transport(connection made, transport how);

class xmpp_client {
public:
    xmpp_client(const test_server& server, transport how);
    xmpp_client(std::uint16_t port, transport how);
    // On connections that are made like this: one, or for BOSH as many as it needs.
    xmpp_client(bosh_client::way to_server, transport how);
    // On a connection that has been made, with whatever TLS it is to have; not over BOSH.
    xmpp_client(connection made, transport how);
    ~xmpp_client();
    xmpp_client(const xmpp_client&) = delete;
    xmpp_client& operator=(const xmpp_client&) = delete;

    transport carried_by() const { return how_; }

    // Opens the stream and takes the server's header and features. Does STARTTLS where that is the transport.
    void open(std::string_view to = "localhost");
    // The opening alone, with attributes as given.
    void send_header(std::string_view attributes);
    // After SASL success, or STARTTLS: what was read of the stream before is forgotten, and a new one opens.
    void start_over() { reader_.restart(); }
    void expect_new_stream();

    void send(std::string_view elements);
    received receive();
    // The next thing, which must be an element.
    xml::document element();
    const xml::document& features() const { return features_; }
    const xml::document& header() const { return header_; }

    // SASL, with the stream that follows. False: <failure/> came; failure() has it.
    bool authenticate(std::string_view user, std::string_view password);
    bool authenticate_by_scram(std::string_view user, std::string_view password, std::string_view mechanism);
    // SASL EXTERNAL; `authzid` may be empty.
    bool authenticate_by_certificate(std::string_view authzid = {});
    const std::string& failure() const { return failure_; }

    // Returns the full JID, or throws.
    std::string bind(std::string_view resource);
    void open_session();
    // All of the above.
    std::string log_in(std::string_view user, std::string_view password, std::string_view resource);

    void close_stream();
    // Everything up to the end of the connection, as text.
    std::string rest();
    // The same as bytes, not read as XML.
    std::string raw_rest();
    // As if the machine had gone.
    void lose_connection();

    connection& socket();
    websocket_client& websocket() { return *websocket_; }
    bosh_client& bosh() { return *bosh_; }

private:
    void use(connection made);
    received receive_from_stream();
    received receive_from_websocket();
    received receive_from_bosh();
    bool succeed(const xml::document& answer);
    void compress();

    transport how_;
    std::optional<connection> socket_;
    std::optional<websocket_client> websocket_;
    std::optional<bosh_client> bosh_;
    std::deque<received> unpacked_;  // of BOSH's bodies
    bool expecting_header_ = false;
    xml::reader reader_;
    std::string unread_;
    std::size_t taken_ = 0;
    xml::document header_, features_;
    std::string failure_;
    std::string domain_ = "localhost";
    unsigned close_code_ = 0;
};

}  // namespace meerkat::testing
