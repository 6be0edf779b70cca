#pragma once
// BOSH said by hand, body by body.

#include "tests/scenarios/runner/bosh_client.hpp"
#include "tests/scenarios/runner/test_server.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace meerkat::testing {

inline std::string creation(const std::string& attributes) {
    return "<body xmlns='http://jabber.org/protocol/httpbind' xmlns:xmpp='urn:xmpp:xbosh' " + attributes +
           "/>";
}

inline constexpr std::string_view usual_creation =
    "rid='100' to='localhost' hold='1' wait='60' ver='1.6' xmpp:version='1.0'";

// A session said by hand: every request on a connection of its own.
class by_hand {
public:
    explicit by_hand(const test_server& server, const std::string& attributes = {})
        : port_(server.port(transport::bosh)) {
        created = ask_once(port_, creation(std::string(usual_creation) + " " + attributes)).body;
        sid = attribute_of(created, "sid");
    }

    std::string text(std::uint64_t rid, std::string_view attributes = {},
                     std::string_view content = {}) const {
        return "<body xmlns='http://jabber.org/protocol/httpbind' sid='" + sid + "' rid='" +
               std::to_string(rid) + "' " + std::string(attributes) + ">" + std::string(content) + "</body>";
    }
    std::unique_ptr<http_exchange> ask(std::uint64_t rid, std::string_view attributes = {},
                                       std::string_view content = {}) const {
        auto line = std::make_unique<http_exchange>(port_);
        line->ask(text(rid, attributes, content));
        return line;
    }

    std::string created;
    std::string sid;

private:
    std::uint16_t port_;
};

}  // namespace meerkat::testing
