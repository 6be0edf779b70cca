#include "xmpp/stanza/stanza.hpp"

#include "tests/support/xmpp_fixture.hpp"
#include "xmpp/stanza/serialized_stanza.hpp"
#include "xmpp/stanza/stream_error.hpp"
#include "xmpp/stanza/timestamp.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/writer.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <thread>

using namespace meerkat;

namespace {

stanza read(std::string_view text) {
    xml::document d = test::parsed(text);
    auto s = stanza::from_document(d);
    REQUIRE(s);
    return std::move(*s);
}

std::string written(const stanza& s) {
    std::string out;
    xml::write(out, s.root(), ns::client);
    return out;
}

}  // namespace

TEST_CASE("only message, presence and iq of jabber:client are stanzas; what is none stays as it was") {
    REQUIRE(read("<message/>").is_message());
    REQUIRE(read("<presence/>").is_presence());
    REQUIRE(read("<iq/>").is_iq());
    for (const std::string_view text : {"<iq xmlns='jabber:server'/>", "<IQ/>", "<other/>"}) {
        xml::document d = test::parsed(text);
        REQUIRE_FALSE(stanza::from_document(d));
        REQUIRE(d);
    }
}

TEST_CASE("an iq of type get or set is a request, nothing else is") {
    REQUIRE(read("<iq type='get'/>").is_request());
    REQUIRE(read("<iq type='set'/>").is_request());
    for (const std::string_view text :
         {"<iq type='result'/>", "<iq type='error'/>", "<iq/>", "<iq type='GET'/>", "<message type='get'/>"})
        REQUIRE_FALSE(read(text).is_request());
}

TEST_CASE("addresses are prepared when they are read; one that is none is told from one that is absent") {
    stanza s = read("<message to='Juliet@EXAMPLE.org/Balcony' from='a@b@c'/>");
    REQUIRE(s.parse_to());
    REQUIRE(s.to().full() == "juliet@example.org/Balcony");
    REQUIRE_FALSE(s.parse_from());
    REQUIRE(s.from().empty());
    stanza bare = read("<message/>");
    REQUIRE(bare.parse_to());
    REQUIRE(bare.to().empty());
    REQUIRE_FALSE(read("<message to=''/>").parse_to());
}

TEST_CASE("an address may be set from the stanza's own, in whole or in part") {
    stanza s = read("<message to='juliet@example.org/balcony'/>");
    REQUIRE(s.parse_to());
    s.set_from(s.to().to_bare());
    s.set_to(s.to().to_bare());
    REQUIRE(written(s) == "<message to='juliet@example.org' from='juliet@example.org'/>");
    REQUIRE(s.to().resource().empty());
}

TEST_CASE("a copy stands on its own, and either may go to another thread") {
    auto original =
        std::make_unique<stanza>(read("<message to='a@b' from='c@d/e'><body>hello</body></message>"));
    REQUIRE(original->parse_to());
    REQUIRE(original->parse_from());
    stanza copy = original->copy();
    std::thread elsewhere([gone = std::move(original)]() mutable { gone.reset(); });
    elsewhere.join();
    REQUIRE(copy.to().full() == "a@b");
    REQUIRE(copy.from().full() == "c@d/e");
    REQUIRE(written(copy) == "<message to='a@b' from='c@d/e'><body>hello</body></message>");
}

TEST_CASE("an error goes back where the stanza came from, before the original children") {
    stanza s = read("<iq type='get' id='1' to='a@b' from='c@d/e'><query xmlns='u'/></iq>");
    REQUIRE(s.parse_to());
    REQUIRE(s.parse_from());
    const stanza reply = make_error(std::move(s), {stanza_condition::not_allowed, "No.", "auth"});
    REQUIRE(reply.is_error());
    REQUIRE(reply.to().full() == "c@d/e");
    REQUIRE(written(reply) ==
            "<iq type='error' id='1' to='c@d/e' from='a@b'><error code='405' type='auth'><not-allowed "
            "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' "
            "xml:lang='en'>No.</text></error><query xmlns='u'/></iq>");
}

TEST_CASE("an error for a stanza without addresses has none") {
    const stanza reply = make_error(read("<message to='@' from='/'/>"), stanza_condition::jid_malformed);
    REQUIRE_FALSE(reply.root().has_attr("to"));
    REQUIRE_FALSE(reply.root().has_attr("from"));
}

TEST_CASE("a result answers its request") {
    stanza request = read("<iq type='get' id='&apos;1' to='a@b' from='c@d/e'/>");
    REQUIRE(request.parse_to());
    REQUIRE(request.parse_from());
    REQUIRE(written(make_result(request)) == "<iq type='result' id='&apos;1' to='c@d/e' from='a@b'/>");
}

TEST_CASE("every stanza condition has a name of its own, a type and a code") {
    const std::set<std::string_view> types{"auth", "cancel", "modify", "wait"};
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(stanza_condition::unexpected_request); ++i) {
        const auto& facts = facts_of(static_cast<stanza_condition>(i));
        REQUIRE(names.insert(facts.name).second);
        REQUIRE(types.contains(facts.type));
        REQUIRE(facts.code.size() == 3);
    }
    REQUIRE(facts_of(stanza_condition::unexpected_request).name == "unexpected-request");
    REQUIRE(facts_of(stanza_condition::service_unavailable).code == "503");
}

TEST_CASE("every stream condition has a name of its own") {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(stream_condition::encryption_required); ++i)
        REQUIRE(names.insert(to_string(static_cast<stream_condition>(i))).second);
    REQUIRE(to_string(stream_condition::not_well_formed) == "xml-not-well-formed");
    REQUIRE(to_string(stream_condition::unsupported_version) == "unsupported-version");
}

TEST_CASE("an error of our own tells a peer no more than it may know") {
    REQUIRE(stanza_error_of({errc::overloaded, "secret"}).condition == stanza_condition::resource_constraint);
    REQUIRE(stanza_error_of({errc::unavailable, "secret"}).condition ==
            stanza_condition::internal_server_error);
    REQUIRE(stanza_error_of({errc::unavailable, "secret"}).text.empty());
}

TEST_CASE("a stanza for many is written once, and each gets its own address") {
    const stanza s = read("<presence to='old@b' from='c@d/e'><show>away</show></presence>");
    const serialized_stanza many(s);
    std::string out;
    many.append_to(out, "a@b/it's", false);
    REQUIRE(out == "<presence to='a@b/it&apos;s' from='c@d/e'><show>away</show></presence>");
    out.clear();
    many.append_to(out, "", true);
    REQUIRE(out == "<presence xmlns='jabber:client' from='c@d/e'><show>away</show></presence>");
}

TEST_CASE("a time is written in UTC to the millisecond, before 1970 as well") {
    using namespace std::chrono;
    const auto when = sys_days(year(2026) / 1 / 2) + 3h + 4min + 5s + 678ms;
    REQUIRE(utc_timestamp(when) == "2026-01-02T03:04:05.678Z");
    REQUIRE(utc_timestamp(system_clock::time_point(-1ms)) == "1969-12-31T23:59:59.999Z");
}
