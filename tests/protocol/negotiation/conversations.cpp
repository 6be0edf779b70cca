#include "tests/protocol/negotiation/conversations.hpp"

namespace meerkat::testing {

std::string open_tag(std::string_view attributes) {
    return "> <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' " +
           std::string(attributes) + ">";
}

conversation operator+(conversation a, const conversation& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

namespace {

const std::string header = "< header from=example.org lang=en";
const std::string header_to_juliet = "< header from=example.org to=juliet@example.org lang=en";
const std::string sasl_ns = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
const std::string tls_ns = "xmlns='urn:ietf:params:xml:ns:xmpp-tls'";
const std::string bind_ns = "xmlns='urn:ietf:params:xml:ns:xmpp-bind'";
const std::string session_ns = "xmlns='urn:ietf:params:xml:ns:xmpp-session'";

conversation offered() { return {open_tag(), header, "< features"}; }

conversation plain_login() {
    return {"> <auth " + sasl_ns + " mechanism='PLAIN'>AGp1bGlldABzZWNyZXQ=</auth>",
            "< begin_sasl PLAIN AGp1bGlldABzZWNyZXQ=",
            "> !success juliet",
            "< <success " + sasl_ns + "/>",
            "< go_home",
            open_tag(),
            header_to_juliet,
            "< features"};
}

conversation scram_login() {
    return {"> <auth " + sasl_ns + " mechanism='SCRAM-SHA-256'>biws</auth>",
            "< begin_sasl SCRAM-SHA-256 biws",
            "> !challenge cj0x",
            "< <challenge " + sasl_ns + ">cj0x</challenge>",
            "> <response " + sasl_ns + ">Yz1i</response>",
            "< continue_sasl Yz1i",
            "> !success juliet dj1y",
            "< <success " + sasl_ns + ">dj1y</success>",
            "< go_home",
            open_tag(),
            header_to_juliet,
            "< features"};
}

conversation bind_with_session() {
    return {
        "> <iq xmlns='jabber:client' type='set' id='b1'><bind " + bind_ns +
            "><resource>balcony</resource></bind></iq>",
        "< bind balcony b1",
        "> !bound juliet@example.org/balcony",
        "< <iq type='result' id='b1'><bind " + bind_ns + "><jid>juliet@example.org/balcony</jid></bind></iq>",
        "> <iq xmlns='jabber:client' type='set' id='s1'><session " + session_ns + "/></iq>",
        "< open answer",
        "> !open",
        "< <iq type='result' id='s1'><session " + session_ns + "/></iq>"};
}

conversation bind_only() {
    return {"> <iq xmlns='jabber:client' type='set' id='b1'><bind " + bind_ns + "/></iq>",
            "< bind ? b1",
            "> !bound juliet@example.org/x1",
            "< open",
            "< <iq type='result' id='b1'><bind " + bind_ns + "><jid>juliet@example.org/x1</jid></bind></iq>",
            "> !open"};
}

conversation upgraded() {
    return {"> <starttls " + tls_ns + "/>", "< <proceed " + tls_ns + "/>", "< start_tls", "> !tls"};
}

negotiate::settings with_tls(starttls_offer offer) {
    negotiate::settings how = plain_settings();
    how.starttls = offer;
    return how;
}

negotiate::settings without_session() {
    negotiate::settings how = plain_settings();
    how.legacy_session = false;
    return how;
}

}  // namespace

conversation until_offered() { return offered(); }
conversation until_bind() { return offered() + plain_login(); }

std::vector<named_conversation> good_conversations() {
    const conversation retry = {"> <auth " + sasl_ns + " mechanism='PLAIN'>AGo=</auth>",
                                "< begin_sasl PLAIN AGo=",
                                "> !failure not-authorized",
                                "< <failure " + sasl_ns + "><not-authorized/></failure>",
                                "> <abort " + sasl_ns + "/>",
                                "< <failure " + sasl_ns + "><aborted/></failure>"};
    const conversation registration = {
        "> <iq xmlns='jabber:client' type='get' id='r1'><query xmlns='jabber:iq:register'/></iq>",
        "< ask <iq type='get' id='r1'><query xmlns='jabber:iq:register'/></iq>", "> !answer",
        "< <iq type='result'/>"};
    const conversation rebind = {
        "> <iq xmlns='jabber:client' type='get' id='b0'><ping xmlns='urn:xmpp:ping'/></iq>",
        "< <iq type='error' id='b0'><error code='400' type='modify'><bad-request "
        "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error><ping xmlns='urn:xmpp:ping'/></iq>"};
    const conversation compression = {
        "> <compress xmlns='http://jabber.org/protocol/compress'>"
        "<method>zlib</method></compress>",
        "< compress <compressed xmlns='http://jabber.org/protocol/compress'/>",
        "> !compressed",
        open_tag(),
        header_to_juliet,
        "< features"};
    const conversation straight_on = {
        "> <iq xmlns='jabber:client' type='set' id='b1'><bind " + bind_ns + "/></iq>",
        "< bind ? b1",
        "> !bound juliet@example.org/x1",
        "< <iq type='result' id='b1'><bind " + bind_ns + "><jid>juliet@example.org/x1</jid></bind></iq>",
        "> <presence xmlns='jabber:client'/>",
        "< open",
        "< pass <presence/>",
        "> !open"};
    return {
        {"PLAIN, bind, session", plain_settings(), offered() + plain_login() + bind_with_session()},
        {"SCRAM, bind alone", without_session(), offered() + scram_login() + bind_only()},
        {"STARTTLS offered and taken", with_tls(starttls_offer::optional),
         offered() + upgraded() + offered() + plain_login() + bind_with_session()},
        {"STARTTLS required", with_tls(starttls_offer::required),
         offered() + upgraded() + offered() + scram_login() + bind_with_session()},
        {"STARTTLS offered and not taken", with_tls(starttls_offer::optional),
         offered() + plain_login() + bind_with_session()},
        {"a wrong password, an abort, then the right one", plain_settings(),
         offered() + retry + plain_login() + bind_with_session()},
        {"registration first", plain_settings(),
         offered() + registration + plain_login() + bind_with_session()},
        {"another iq before bind", plain_settings(), until_bind() + rebind + bind_with_session()},
        {"compression before bind", plain_settings(), until_bind() + compression + bind_with_session()},
        {"no session request, as RFC 6121 has it", plain_settings(), until_bind() + straight_on},
    };
}

}  // namespace meerkat::testing
