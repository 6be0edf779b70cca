// What the negotiation machine answers: the conversations that end well, and every refusal.

#include "tests/protocol/negotiation/conversations.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

const std::string header = "< header from=example.org lang=en";
const std::string sasl_ns = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
const std::string tls_ns = "xmlns='urn:ietf:params:xml:ns:xmpp-tls'";
const std::string bind_ns = "xmlns='urn:ietf:params:xml:ns:xmpp-bind'";
const std::string session_ns = "xmlns='urn:ietf:params:xml:ns:xmpp-session'";
const std::string error_ns = "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'";

void play_plain(const conversation& lines) { play(plain_settings(), lines); }

negotiate::settings with_tls(starttls_offer offer) {
    negotiate::settings how = plain_settings();
    how.starttls = offer;
    return how;
}

std::string auth(std::string_view mechanism) {
    return "> <auth " + sasl_ns + " mechanism='" + std::string(mechanism) + "'>AGo=</auth>";
}

conversation attempt(std::string_view condition) {
    return {auth("PLAIN"), "< begin_sasl PLAIN AGo=", "> !failure " + std::string(condition),
            "< <failure " + sasl_ns + "><" + std::string(condition) + "/></failure>"};
}

std::string raw_open(std::string_view tag) { return "> " + std::string(tag); }

}  // namespace

TEST_CASE("every conversation that ends well ends in an open session") {
    for (const named_conversation& each : good_conversations()) {
        INFO(each.name);
        play(each.how, each.lines);
        player again(each.how);
        replay(again, each.lines, count_events(each.lines));
        REQUIRE(again.machine().established());
        REQUIRE(again.machine().authenticated());
        REQUIRE(again.machine().local() == "juliet");
        REQUIRE(again.machine().domain() == "example.org");
    }
}

TEST_CASE("an opening tag in the wrong namespace is refused, after a header") {
    play_plain({raw_open("<stream:stream xmlns='jabber:client' xmlns:stream='urn:other' to='example.org' "
                         "version='1.0'>"),
                header, "< end invalid-namespace"});
    play_plain(
        {raw_open("<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' "
                  "to='example.org' version='1.0'>"),
         header, "< end invalid-namespace"});
    play_plain({raw_open("<stream xmlns='jabber:client' to='example.org' version='1.0'>"), header,
                "< end invalid-namespace"});
}

TEST_CASE("an opening tag for nobody, or for a domain not served, is refused in the default domain's name") {
    play_plain({open_tag("version='1.0'"), header, "< end host-unknown"});
    play_plain({open_tag("to='' version='1.0'"), header, "< end host-unknown"});
    play_plain({open_tag("to='other.example' version='1.0'"), header, "< end host-unknown"});
    play_plain({open_tag("to='a@example.org' version='1.0'"), header, "< end host-unknown"});
}

TEST_CASE("an opening tag of another version is refused, after namespace and host") {
    play_plain({open_tag("to='example.org'"), header, "< end unsupported-version"});
    play_plain({open_tag("to='example.org' version='1.23456'"), header, "< end unsupported-version"});
    play_plain({open_tag("to='other.example'"), header, "< end host-unknown"});
}

TEST_CASE("the domain is prepared before it is compared") {
    play_plain({open_tag("to='EXAMPLE.org' version='1.0'"), header, "< features"});
}

TEST_CASE("the answer speaks the client's language, and to the address it claims") {
    play_plain({open_tag("to='example.org' version='1.0' xml:lang='de-CH'"),
                "< header from=example.org lang=de-CH", "< features"});
    play_plain({open_tag("to='example.org' version='1.0' xml:lang='" + std::string(36, 'x') + "'"), header,
                "< features"});
    play_plain({open_tag("to='example.org' version='1.0' from='Juliet@example.org'"),
                "< header from=example.org to=juliet@example.org lang=en", "< features"});
    play_plain({open_tag("to='example.org' version='1.0' from='@'"), header, "< features"});
}

TEST_CASE("a second opening tag before authentication is against the protocol") {
    play_plain(until_offered() + conversation{open_tag(), "< end policy-violation"});
}

TEST_CASE("authenticating in another name than the stream was opened in ends it") {
    const conversation claim = {open_tag("to='example.org' version='1.0' from='romeo@example.org/x'"),
                                "< header from=example.org to=romeo@example.org/x lang=en", "< features",
                                auth("PLAIN"), "< begin_sasl PLAIN AGo="};
    play_plain(claim + conversation{"> !success juliet", "< end invalid-from"});
    play_plain(claim + conversation{"> !success romeo", "< <success " + sasl_ns + "/>", "< go_home"});
}

TEST_CASE("the stream after authentication stays in the domain authenticated for") {
    const conversation home = {auth("PLAIN"), "< begin_sasl PLAIN AGo=", "> !success juliet",
                               "< <success " + sasl_ns + "/>", "< go_home"};
    play_plain(until_offered() + home +
               conversation{open_tag("to='other.example' version='1.0'"), header, "< end host-unknown"});
    play_plain(until_offered() + home +
               conversation{open_tag(), "< header from=example.org to=juliet@example.org lang=en",
                            "< features", open_tag(), "< end policy-violation"});
}

TEST_CASE("what is no stream after authentication is answered with a header and the error") {
    const conversation home = {auth("PLAIN"), "< begin_sasl PLAIN AGo=", "> !success juliet",
                               "< <success " + sasl_ns + "/>", "< go_home"};
    play_plain(until_offered() + home +
               conversation{"> !bad-before", "< header from=example.org to=juliet@example.org lang=en",
                            "< end xml-not-well-formed no XML"});
}

TEST_CASE("garbage gets a header and the error, or nothing at all where the service hides its name") {
    play_plain({"> !bad-before", header, "< end xml-not-well-formed no XML"});
    play_plain({"> !too-big-before", header, "< end xml-not-well-formed"});
    negotiate::settings hidden = plain_settings();
    hidden.hide_service_name = true;
    play(hidden, {"> !bad-before", "< end"});
    play(hidden, {"> !too-big-before", "< end"});
}

TEST_CASE("once a stream is open, input that cannot be read is said to be what it is") {
    play_plain(until_offered() + conversation{"> !bad", "< end xml-not-well-formed mismatched tag"});
    play_plain(until_offered() + conversation{"> !comment", "< end restricted-xml"});
    play_plain(until_offered() + conversation{"> !too-big", "< end policy-violation element too big"});
}

TEST_CASE("a client that says nothing in time is told so; before its first word, after a header") {
    play_plain({"> !timeout", header, "< end connection-timeout"});
    play_plain(until_offered() + conversation{"> !timeout", "< end connection-timeout"});
    play_plain(until_bind() + conversation{"> !timeout", "< end connection-timeout"});
}

TEST_CASE("STARTTLS where there is none fails and ends the stream") {
    play_plain(until_offered() +
               conversation{"> <starttls " + tls_ns + "/>", "< <failure " + tls_ns + "/>", "< end"});
}

TEST_CASE("STARTTLS on a secured stream is refused and counts as a failed attempt") {
    const conversation refusal = {"> <starttls " + tls_ns + "/>",
                                  "< <starttls " + tls_ns +
                                      " type='error'><error code='400' type='modify'>"
                                      "<bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                                      "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' "
                                      "xml:lang='en'>bad_config</text></error></starttls>"};
    negotiate::settings direct = plain_settings();
    direct.encrypted = true;
    play(direct,
         until_offered() + refusal + refusal + attempt("not-authorized") + refusal + conversation{"< end"});
    play(with_tls(starttls_offer::optional),
         until_offered() +
             conversation{"> <starttls " + tls_ns + "/>", "< <proceed " + tls_ns + "/>", "< start_tls",
                          "> !tls"} +
             until_offered() + refusal);
}

TEST_CASE("what was said in the clear is forgotten after STARTTLS") {
    play(
        with_tls(starttls_offer::optional),
        conversation{open_tag("to='example.org' version='1.0' from='romeo@example.org' xml:lang='de'"),
                     "< header from=example.org to=romeo@example.org lang=de", "< features",
                     "> <starttls " + tls_ns + "/>", "< <proceed " + tls_ns + "/>", "< start_tls", "> !tls"} +
            until_bind());
    play(with_tls(starttls_offer::optional),
         until_offered() + attempt("not-authorized") + attempt("not-authorized") + attempt("not-authorized") +
             conversation{"> <starttls " + tls_ns + "/>", "< <proceed " + tls_ns + "/>", "< start_tls",
                          "> !tls"} +
             until_offered() + attempt("not-authorized") + attempt("not-authorized") +
             attempt("not-authorized"));
}

TEST_CASE("where TLS is required nothing else is taken before it") {
    const negotiate::settings how = with_tls(starttls_offer::required);
    play(how,
         until_offered() + conversation{auth("PLAIN"), "< end encryption-required Use of STARTTLS required"});
    play(how,
         until_offered() +
             conversation{
                 "> <iq xmlns='jabber:client' type='get' id='1'><query xmlns='jabber:iq:register'/></iq>",
                 "< end not-authorized"});
}

TEST_CASE("the elements of SASL and TLS in a wrong namespace end the stream") {
    for (const std::string name : {"starttls", "auth", "response", "abort"})
        play_plain(until_offered() +
                   conversation{"> <" + name + " xmlns='urn:other'/>", "< end invalid-namespace"});
}

TEST_CASE("SASL2 is refused where it is not offered") {
    play_plain(until_offered() + conversation{"> <authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'/>",
                                              "< end policy-violation SASL2 violation"});
}

TEST_CASE("a client may fail four times; with the fourth failure the stream ends") {
    conversation lines = until_offered() + attempt("not-authorized") + attempt("malformed-request") +
                         attempt("invalid-mechanism") + attempt("not-authorized");
    lines.emplace_back("< end");
    play_plain(lines);
}

TEST_CASE("aborting counts as failing, so does answering what was not asked") {
    const conversation abort = {"> <abort " + sasl_ns + "/>",
                                "< <failure " + sasl_ns + "><aborted/></failure>"};
    const conversation unasked = {"> <response " + sasl_ns + ">AGo=</response>",
                                  "< <failure " + sasl_ns + "><malformed-request/></failure>"};
    conversation lines = until_offered() + abort + unasked + abort + unasked;
    lines.emplace_back("< end");
    play_plain(lines);
}

TEST_CASE("another attempt in the middle of one fails it, and may then be made") {
    play_plain(until_offered() + conversation{auth("SCRAM-SHA-1"),
                                              "< begin_sasl SCRAM-SHA-1 AGo=", "> !challenge cj0x",
                                              "< <challenge " + sasl_ns + ">cj0x</challenge>", auth("PLAIN"),
                                              "< <failure " + sasl_ns + "><malformed-request/></failure>",
                                              auth("PLAIN"), "< begin_sasl PLAIN AGo="});
}

TEST_CASE("success tells an empty message from none") {
    player with(plain_settings());
    replay(with, until_offered(), 1);
    with.hear("<auth " + sasl_ns + " mechanism='X'/>");
    REQUIRE(with.hear("!success juliet") ==
            std::vector<std::string>{"<success " + sasl_ns + "/>", "go_home"});
    REQUIRE(with.machine().authenticated());
}

TEST_CASE("stanzas before authentication end the stream, but an iq that a module answers does not") {
    for (const std::string stanza :
         {"<message xmlns='jabber:client'/>", "<presence xmlns='jabber:client'/>",
          "<iq xmlns='jabber:client' type='result' id='1'/>", "<unknown xmlns='urn:other'/>"})
        play_plain(until_offered() + conversation{"> " + stanza, "< end not-authorized"});
    const std::string iq = "<iq xmlns='jabber:client' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>";
    const std::string asked = "< ask <iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>";
    play_plain(until_offered() + conversation{"> " + iq, asked, "> !no-answer", "< end not-authorized"});
    play_plain(until_offered() + conversation{"> " + iq, asked, "> !answer", "< <iq type='result'/>"} +
               attempt("not-authorized"));
}

TEST_CASE("anything but an iq before binding ends the stream; another iq costs one of six attempts") {
    play_plain(until_bind() + conversation{"> <message xmlns='jabber:client'/>", "< end not-authorized"});
    play_plain(until_bind() + conversation{"> <unknown xmlns='urn:other'/>", "< end not-authorized"});
    const conversation wrong = {"> <iq xmlns='jabber:client' type='get' id='b0'><bind " + bind_ns + "/></iq>",
                                "< <iq type='error' id='b0'><error code='400' type='modify'><bad-request " +
                                    error_ns + "/></error><bind " + bind_ns + "/></iq>"};
    conversation lines = until_bind() + wrong + wrong + wrong + wrong + wrong + wrong;
    lines.emplace_back("< end");
    play_plain(lines);
}

TEST_CASE("compression comes after authentication and before binding, or not at all") {
    const std::string ns = "xmlns='http://jabber.org/protocol/compress'";
    const std::string wish = "> <compress " + ns + "><method>zlib</method></compress>";
    const auto refused = [&ns](const std::string& why) {
        return "< <failure " + ns + "><" + why + "/></failure>";
    };
    play_plain(until_offered() +
               conversation{wish, refused("setup-failed"), auth("PLAIN"), "< begin_sasl PLAIN AGo="});
    play_plain(until_bind() +
               conversation{"> <compress " + ns + "/>", refused("setup-failed"),
                            "> <compress " + ns + "><method>lzw</method></compress>",
                            refused("unsupported-method"), wish, "< compress <compressed " + ns + "/>",
                            "> !not-compressed", refused("setup-failed"),
                            "> <iq xmlns='jabber:client' type='set' id='b1'><bind " + bind_ns + "/></iq>",
                            "< bind ? b1", "> !bound juliet@example.org/x",
                            "< <iq type='result' id='b1'><bind " + bind_ns +
                                "><jid>juliet@example.org/x</jid></bind></iq>",
                            wish, refused("setup-failed")});
    // Attempts are counted, before authentication as after it.
    const conversation failed = {wish, refused("setup-failed")};
    conversation lines = until_offered() + failed + failed + failed + failed;
    lines.emplace_back("< end");
    play_plain(lines);
    const conversation unsupported = {"> <compress " + ns + "><method>x</method></compress>",
                                      refused("unsupported-method")};
    lines = until_bind() + unsupported + unsupported + unsupported + unsupported + unsupported + unsupported;
    lines.emplace_back("< end");
    play_plain(lines);
    // Nothing is to be said while compression is about to start, nor but a new stream after it.
    play_plain(until_bind() +
               conversation{wish, "< compress <compressed " + ns + "/>", wish, "< end undefined-condition"});
    play_plain(until_bind() + conversation{wish, "< compress <compressed " + ns + "/>", "> !compressed", wish,
                                           "< header from=example.org to=juliet@example.org lang=en",
                                           "< end undefined-condition"});
}

TEST_CASE("an iq error before binding is not answered with another error") {
    play_plain(until_bind() + conversation{"> <iq xmlns='jabber:client' type='error' id='b0'/>"});
}

TEST_CASE("a resource that cannot be bound is refused, and another may be tried") {
    const std::string wish = "> <iq xmlns='jabber:client' type='set' id='b1'><bind " + bind_ns +
                             "><resource>x</resource></bind></iq>";
    play_plain(until_bind() +
               conversation{wish, "< bind x b1", "> !unbound",
                            "< <iq type='error' id='b1'><error code='400' type='modify'><bad-request " +
                                error_ns + "/></error></iq>",
                            wish, "< bind x b1"});
}

TEST_CASE("between bind and session what is no stanza is ignored") {
    play_plain(until_bind() +
               conversation{"> <iq xmlns='jabber:client' type='set' id='b1'><bind " + bind_ns + "/></iq>",
                            "< bind ? b1", "> !bound juliet@example.org/x",
                            "< <iq type='result' id='b1'><bind " + bind_ns +
                                "><jid>juliet@example.org/x</jid></bind></iq>",
                            "> <unknown xmlns='urn:other'/>", open_tag(), "< end policy-violation"});
}

TEST_CASE("a session that is refused is refused on the request that wanted it, and the stream ends") {
    const conversation bound = {"> <iq xmlns='jabber:client' type='set' id='b1'><bind " + bind_ns + "/></iq>",
                                "< bind ? b1", "> !bound juliet@example.org/x"};
    const std::string jid = "<bind " + bind_ns + "><jid>juliet@example.org/x</jid></bind></iq>";
    const std::string not_allowed =
        "<error code='405' type='cancel'><not-allowed " + error_ns + "/></error></iq>";
    play_plain(
        until_bind() + bound +
        conversation{"< <iq type='result' id='b1'>" + jid,
                     "> <iq xmlns='jabber:client' type='set' id='s1'><session " + session_ns + "/></iq>",
                     "< open answer", "> !refused", "< <iq type='error' id='s1'>" + not_allowed, "< end"});
    negotiate::settings modern = plain_settings();
    modern.legacy_session = false;
    play(modern, until_bind() + bound +
                     conversation{"< open", "< <iq type='result' id='b1'>" + jid, "> !refused",
                                  "< <iq type='error' id='b1'>" + not_allowed, "< end"});
    // Nobody asked for it in so many words: there is no request to answer.
    play_plain(until_bind() + bound +
               conversation{"< <iq type='result' id='b1'>" + jid, "> <presence xmlns='jabber:client'/>",
                            "< open", "< pass <presence/>", "> !refused", "< end not-authorized"});
}

TEST_CASE("the client may leave at any point, and gets a header if it never had one") {
    play_plain({"> </stream:stream>", header, "< end"});
    play_plain(until_offered() + conversation{"> </stream:stream>", "< end"});
    play_plain(until_bind() + conversation{"> </stream:stream>", "< end"});
}
