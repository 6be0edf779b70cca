#pragma once
// The client's side of BOSH on two test connections: bodies out, bodies in, one request always open while
// something is awaited. Everything it sends can be said by hand too, right or wrong.

#include "tests/scenarios/runner/connection.hpp"
#include "xmpp/xml/element.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meerkat::testing {

struct http_answer {
    std::string head;
    std::string body;
    unsigned status() const;
    // What a field says, however its name is written; empty when absent.
    std::string field(std::string_view name) const;
};

// One request on a connection, and its answer when it is asked for.
class http_exchange {
public:
    // Connects anew when the server has closed behind an answer.
    explicit http_exchange(std::uint16_t port) : port_(port), connection_(port) {}
    explicit http_exchange(connection made) : connection_(std::move(made)) {}

    void ask(std::string_view body, std::string_view method = "POST",
             const std::vector<std::string>& fields = {});
    // Throws when the connection ends before it.
    http_answer answer();
    // Whether anything of the answer has come already. Does not wait.
    bool answered() const { return !unread_.empty() || connection_->readable(); }
    enum class progress : std::uint8_t { nothing, answered, lost };
    // Whether an answer has begun, or the connection has ended without one. Does not wait.
    progress look();
    connection& socket() { return *connection_; }

private:
    std::uint16_t port_ = 0;  // 0: not known
    std::optional<connection> connection_;
    bool closing_ = false;
    std::string unread_;
};

// Asks on a connection of its own.
http_answer ask_once(std::uint16_t port, std::string_view body, std::string_view method = "POST",
                     const std::vector<std::string>& fields = {});

// An attribute of a body's start tag, as it is written; empty when absent.
std::string attribute_of(std::string_view body, std::string_view name);

class bosh_client {
public:
    // Makes a connection to the server, ready for HTTP.
    using way = std::function<connection()>;

    explicit bosh_client(way to_server);

    // From now on a request that cannot be made, or is not answered, is made again over a new connection, as
    // clients of networks that fail do; for half a minute. What is sent has come in when send() returns.
    void keep_trying() { keeps_trying_ = true; }

    // Attributes of the creating request besides what every one has; or of a restart.
    void open(std::string_view attributes);
    void send(std::string_view elements, std::string_view attributes = {});
    void terminate();

    // What the next answer says. Asks for it when no request is open.
    xml::document receive();
    // The session has ended, or the server is gone.
    bool ended() const { return ended_; }
    const std::string& sid() const { return sid_; }
    std::uint64_t next_rid() const { return rid_; }

    // Leaves its open requests alone and goes on with the next one over new connections.
    void forget_requests();
    // Goes away so that the server finds it out within seconds.
    void vanish();
    connection& socket() { return lines_[0]->socket(); }

private:
    struct open_request {
        std::uint64_t rid;
        std::size_t line;
        std::string body;
    };

    void request(std::string_view attributes, std::string_view content);
    void ask(const open_request& what);
    bool ask_again(const open_request& what);
    void insist(std::size_t most_open);
    xml::document next_answer();

    way to_server_;
    std::unique_ptr<http_exchange> lines_[2];
    std::deque<open_request> open_;  // oldest first
    std::deque<xml::document> answers_;
    std::uint64_t rid_;
    std::string sid_;
    bool ended_ = false;
    bool keeps_trying_ = false;
};

}  // namespace meerkat::testing
