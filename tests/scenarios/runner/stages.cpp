#include "tests/scenarios/runner/stages.hpp"

#include <stdexcept>

namespace meerkat::testing {

std::string_view to_string(stage s) {
    switch (s) {
        case stage::connected:
            return "connected";
        case stage::opened:
            return "opened";
        case stage::authenticated:
            return "authenticated";
        case stage::bound:
            return "bound";
        case stage::established:
            return "established";
    }
    return {};
}

std::unique_ptr<xmpp_client> client_at(const test_server& server, transport how, stage until) {
    auto client = std::make_unique<xmpp_client>(server, how);
    if (until >= stage::opened) client->open();
    if (until >= stage::authenticated && !client->authenticate(test_user, test_password))
        throw std::runtime_error("not authenticated: " + client->failure());
    if (until >= stage::bound) client->bind("balcony");
    if (until >= stage::established) client->open_session();
    return client;
}

std::string stream_error_bytes(std::string_view condition, std::string_view text) {
    std::string out =
        "<stream:error><" + std::string(condition) + " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>";
    if (!text.empty())
        out += "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>" + std::string(text) +
               "</text>";
    return out + "</stream:error></stream:stream>";
}

}  // namespace meerkat::testing
