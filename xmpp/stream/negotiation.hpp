#pragma once
// Stream negotiation of a client (RFC 6120, 4 to 7; RFC 3921's session) as a machine without I/O: what the
// client sent goes in, what is to be done comes out. It pauses at SASL success, where the connection moves to
// its home shard, and goes on there. Credentials, features and sessions are its driver's business.

#include "xmpp/address/jid.hpp"
#include "xmpp/sasl/mechanism.hpp"
#include "xmpp/stanza/stanza.hpp"
#include "xmpp/stanza/stream_error.hpp"
#include "xmpp/stream/channel.hpp"
#include "xmpp/xml/reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace meerkat::negotiate {

// What is to be done, in order.
struct send_header {
    stream_header header;
};
struct send_element {
    xml::document element;
};
// Make the features of the present stage and send them.
struct send_features {};
struct start_tls {};
struct begin_sasl {
    std::string mechanism;
    std::string initial;  // the element's text
};
struct continue_sasl {
    std::string data;  // the element's text
};
// Authenticated, and <success/> is among the actions before: go home, then expect a new stream there.
struct go_home {};
// An iq in the client namespace before authentication, for in-band registration.
struct ask_modules {
    stanza request;
};
// Compress the stream, if that can be: the element goes out before. Answer with compression_started().
struct start_compression {
    xml::document promise;
};
// Bind this resource (as sent; empty: choose one). Answer with bound().
struct bind_resource {
    std::string resource;
    std::string id;
};
struct open_session {
    std::string id;  // of the session request
    bool answer;     // whether that request wants an answer; else the bind, or the first stanza, opened the
                     // session
};
// The session is open: this is its first element.
struct pass_on {
    xml::document element;
};
struct end_stream {
    std::optional<stream_error> why;
};

using action =
    std::variant<send_header, send_element, send_features, start_tls, begin_sasl, continue_sasl, go_home,
                 ask_modules, start_compression, bind_resource, open_session, pass_on, end_stream>;
using actions = std::vector<action>;

// The stream error for input that cannot be read, once a stream is open.
stream_error error_for(const xml::read_failure& failure);

// XEP-0138's refusal, such as "setup-failed".
xml::document compression_failure(std::string_view why);

// What the machine has to know of the server.
class surroundings {
public:
    virtual bool serves(std::string_view domain) const = 0;  // prepared

protected:
    ~surroundings() = default;
};

struct settings {
    starttls_offer starttls = starttls_offer::none;
    bool encrypted = false;
    bool hide_service_name = false;
    bool legacy_session = true;  // offer and answer RFC 3921's session request
    std::string default_domain;
    std::string language = "en";
};

class machine {
public:
    machine(settings how, const surroundings& server);

    // Events. Each returns what to do; an end_stream is always the last.
    actions opened(const xml::stream_opened& header);
    actions element(xml::document e);
    actions closed();
    actions failed(const xml::read_failure& failure);
    actions timed_out();
    actions tls_started();  // the handshake succeeded
    actions sasl(sasl::outcome outcome);
    // The modules' answer to ask_modules; nothing: nobody wanted it.
    actions modules_answered(std::optional<stanza> answer);
    // The stream is compressed and begins anew, or it goes on as it was.
    actions compression_started(bool started);
    // The resource is bound (or, with an error, not: the client may try again).
    actions bound(const std::string& id, const std::variant<jid, stanza_error>& outcome);
    // The session is open, or refused: then the stream ends.
    actions session_opened(const std::string& id, bool answer, std::optional<stanza_error> refusal);

    // After the move the server's domains are asked of the new home.
    void moved(const surroundings& server) { server_ = &server; }

    bool authenticated() const { return !local_.empty(); }
    bool established() const { return state_ == state::established; }
    const std::string& domain() const { return domain_; }  // of the stream, prepared
    const std::string& local() const { return local_; }    // once authenticated
    bool encrypted() const { return how_.encrypted; }
    bool legacy_session() const { return how_.legacy_session; }

private:
    enum class state : std::uint8_t {
        expecting_stream,
        offering,  // features sent: STARTTLS, SASL or registration may come
        starting_tls,
        asking,  // a step of SASL, or the modules, is being worked on by the driver
        challenged,
        compressing,
        expecting_bind,
        binding,
        expecting_session,
        opening,
        established,
        ended,
    };

    actions offered(xml::document e);
    actions upgrade();
    actions authenticate(const xml::element& e);
    actions respond(const xml::element& e);
    actions attempt_failed(sasl::condition why, std::string_view text = {});
    actions failed_with(xml::document answer);
    actions compress(const xml::element& e);
    actions compression_refused(std::string_view why);
    actions bind(xml::document e);
    actions bind_refused(stanza request, const stanza_error& why);
    actions session_requested(xml::document e);
    actions end(stream_condition why, std::string text = {});
    stream_header make_header() const;

    settings how_;
    const surroundings* server_;
    state state_ = state::expecting_stream;
    bool header_sent_ = false;
    unsigned failures_ = 0;
    unsigned bind_failures_ = 0;
    std::string domain_;
    std::string local_;
    std::string lang_;
    std::optional<jid> claimed_;  // the client's `from`
};

}  // namespace meerkat::negotiate
