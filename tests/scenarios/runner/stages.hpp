#pragma once
// Clients brought to a certain point of their stream's life, for tests that then send bytes of all kinds, and
// the bytes that the server answers with.

#include "tests/scenarios/runner/xmpp_client.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace meerkat::testing {

enum class stage : std::uint8_t {
    connected,
    opened,         // features before authentication have come
    authenticated,  // the stream is open again
    bound,
    established,
};
inline constexpr stage open_stages[] = {stage::opened, stage::authenticated, stage::bound,
                                        stage::established};
std::string_view to_string(stage s);

inline constexpr std::string_view test_user = "juliet";
inline constexpr std::string_view test_password = "correct horse";

// The server must have the test's user.
std::unique_ptr<xmpp_client> client_at(const test_server& server, transport how, stage until);

// The server's header with nothing particular in it, on a raw socket.
inline constexpr std::string_view usual_header =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' id='{*}' from='localhost' xml:lang='en'>";
// What a client begins with.
inline constexpr std::string_view client_header =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>";

// A stream error with everything behind it, on a raw socket. An empty text: none.
std::string stream_error_bytes(std::string_view condition, std::string_view text = {});

}  // namespace meerkat::testing
