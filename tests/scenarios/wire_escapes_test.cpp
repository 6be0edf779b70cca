// What must be escaped in XML arrives as it was meant, over every transport, in both directions.

#include "tests/scenarios/runner/stages.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::testing;

TEST_CASE("text and attributes that need escapes arrive as they were meant") {
    test_server server({.shards = 2});
    server.make_accounts({{std::string(test_user), std::string(test_password)}, {"romeo", "secret"}});
    for (const transport how : all_transports) {
        const std::string resource(to_string(how));
        INFO(resource);
        xmpp_client one(server, how);
        xmpp_client other(server, transport::tcp);
        const std::string ones = one.log_in(test_user, test_password, resource);
        const std::string others = other.log_in("romeo", "secret", resource);
        for (const bool there : {true, false}) {
            xmpp_client& from = there ? one : other;
            xmpp_client& to = there ? other : one;
            from.send("<message xmlns='jabber:client' type='chat' to='" + (there ? others : ones) +
                      "' id='a&quot;b&apos;c&lt;d&gt;e&amp;f&#9;g&#10;h'>"
                      "<body>&lt;&amp;&gt;\"' ]]&gt; &amp;amp; &#13;.</body></message>");
            const xml::document found = to.element();
            INFO(describe(found));
            CHECK(found.root().attr("id") == "a\"b'c<d>e&f\tg\nh");
            CHECK(found.root().child_text("body", ns::client) == "<&>\"' ]]> &amp; \r.");
        }
    }
}
