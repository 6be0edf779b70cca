#pragma once
// A session: an authenticated stream with a bound resource, as the rest of the core sees it. It lives on its
// user's home shard and is used on that thread only. What its connection is made of is the business of
// stream/.

#include "xmpp/address/jid.hpp"
#include "xmpp/stanza/serialized_stanza.hpp"
#include "xmpp/stanza/stanza.hpp"
#include "xmpp/stanza/stream_error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace meerkat {

struct host;

// Where a session's stanzas leave. Never blocks and never fails towards the caller: an overflowing or broken
// connection ends its own session.
class outlet {
public:
    virtual void send(const xml::element& e) = 0;
    virtual void send(const serialized_stanza& stanza, std::string_view to) = 0;

protected:
    ~outlet() = default;
};

// What others may ask to be done to a session.
class session_actions {
public:
    // Ends the stream with this error, soon; the session may still be visible when this returns.
    virtual void end(stream_error why) = 0;

protected:
    ~session_actions() = default;
};

// Where the session came from, for listings and logs.
struct connection_facts {
    std::string ip;
    std::uint16_t port = 0;
    std::string_view transport;  // "tcp", "tls", "websocket", "bosh": a constant
    bool encrypted = false;
};

class session {
public:
    session(jid full, host& at, outlet& out, session_actions& actions, connection_facts connection,
            std::uint64_t id)
        : full_(std::move(full)),
          host_(at),
          out_(out),
          actions_(actions),
          connection_(std::move(connection)),
          id_(id) {}
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    const jid& full_jid() const { return full_; }
    std::string_view bare() const { return full_.bare(); }
    std::string_view resource() const { return full_.resource(); }
    host& at_host() const { return host_; }
    const connection_facts& connection() const { return connection_; }
    std::uint64_t id() const { return id_; }  // grows with the time of opening
    std::chrono::system_clock::time_point opened() const { return opened_; }

    // Hands a stanza to the connection as it is.
    void deliver(const stanza& s) { out_.send(s.root()); }
    void deliver(const serialized_stanza& s, std::string_view to) { out_.send(s, to); }
    void end(stream_error why) {
        ending_ = true;
        actions_.end(std::move(why));
    }
    // Whether somebody has asked for its end; it is about to leave the table.
    bool ending() const { return ending_; }

    // Presence. A session starts with priority 0 before it has sent any, and so gets messages at once;
    // unavailable presence takes the priority away (nothing).
    std::optional<std::int8_t> priority = 0;
    // The last undirected available presence as its contacts get it; empty before the first and after
    // unavailable.
    stanza presence;
    // When it was sent (for probes).
    std::chrono::system_clock::time_point presence_since;
    // Full or bare JIDs that got directed available presence (RFC 6121, 4.6.3).
    std::set<jid> directed_to;
    // Whether the client has asked for its roster (RFC 6121, 2.1.6).
    bool interested_in_roster = false;

    bool available() const { return static_cast<bool>(presence); }

private:
    jid full_;
    host& host_;
    outlet& out_;
    session_actions& actions_;
    connection_facts connection_;
    std::uint64_t id_;
    bool ending_ = false;
    std::chrono::system_clock::time_point opened_ = std::chrono::system_clock::now();
};

}  // namespace meerkat
