#include "tests/support/xmpp_fixture.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::test;

namespace {

std::string bounced(std::string_view from, std::string_view id, std::string_view text) {
    return "<message from='" + std::string(from) + "' to='romeo@example.org/orchard' type='error' id='" +
           std::string(id) +
           "'><error code='503' type='cancel'>"
           "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
           "<text xml:lang='en' xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>" +
           std::string(text) + "</text></error></message>";
}

}  // namespace

TEST_CASE("a message that nobody takes comes back and says whether there is such an account") {
    xmpp_fixture server;
    test_client& romeo = server.connect("romeo@example.org/orchard");
    server.connect("juliet@example.org/balcony").disconnect();
    romeo.send("<message id='1' to='juliet@example.org'/>");
    romeo.receives(bounced("juliet@example.org", "1", "Bounce offline message"));
    romeo.send("<message id='2' to='nobody@example.org/x'/>");
    romeo.receives(bounced("nobody@example.org/x", "2", "User not found"));
    romeo.send("<message id='3' to='nobody@example.org' type='error'/>");
    romeo.receives_nothing();
}

TEST_CASE("messages come back in the order in which they were sent") {
    xmpp_fixture server;
    test_client& romeo = server.connect("romeo@example.org/orchard");
    for (int i = 0; i < 20; ++i) {
        const std::string id = std::to_string(i);
        romeo.send("<message id='" + id + "' to='nobody" + id + "@example.org'/>");
    }
    for (int i = 0; i < 20; ++i) {
        const std::string id = std::to_string(i);
        romeo.receives(bounced("nobody" + id + "@example.org", id, "User not found"));
    }
}
