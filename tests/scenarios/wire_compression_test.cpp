// Compressed streams as they are on the wire: XEP-0138, with zlib itself as the client.

#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <catch2/catch.hpp>
#include <zlib.h>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::string_literals;

namespace {

const std::string wish =
    "<compress xmlns='http://jabber.org/protocol/compress'><method>zlib</method></compress>";

std::string refusal(const std::string& why) {
    return "<failure xmlns='http://jabber.org/protocol/compress'><" + why + "/></failure>";
}

void answers(xmpp_client& client, const std::string& sent, const std::string& wanted) {
    client.send(sent);
    const xml::document found = client.element();
    INFO(sent << "\n" << describe(found));
    CHECK(matches(wanted, found.root()));
}

test_server& with_juliet(test_server& server) {
    server.make_accounts({{std::string(test_user), std::string(test_password)}, {"romeo", "secret"}});
    return server;
}

// A whole zlib stream up to a flush.
std::string deflated(std::string_view text) {
    std::string out(compressBound(text.size()) + 64, '\0');
    z_stream stream{};
    deflateInit(&stream, Z_BEST_COMPRESSION);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_SYNC_FLUSH);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}

// Authenticated, and <compressed/> has come: what is sent now must be compressed.
std::unique_ptr<xmpp_client> about_to_compress(const test_server& server) {
    auto client = std::make_unique<xmpp_client>(server.port(transport::compressed), transport::tcp);
    client->open();
    if (!client->authenticate(test_user, test_password)) throw std::runtime_error(client->failure());
    answers(*client, wish, "<compressed xmlns='http://jabber.org/protocol/compress'/>");
    client->start_over();
    return client;
}

std::string spaces(std::size_t size) { return std::string(size, ' '); }

}  // namespace

TEST_CASE("compression is offered after authentication, where it is configured, once") {
    test_server server;
    with_juliet(server);
    const auto offers = [](const xmpp_client& client) {
        return client.features().root().child("compression", ns::compress_feature) != nullptr;
    };
    xmpp_client client(server.port(transport::compressed), transport::tcp);
    client.open();
    CHECK_FALSE(offers(client));
    answers(client, wish, refusal("setup-failed"));
    REQUIRE(client.authenticate(test_user, test_password));
    CHECK(offers(client));
    answers(client, "<compress xmlns='http://jabber.org/protocol/compress'/>", refusal("setup-failed"));
    answers(client, "<compress xmlns='http://jabber.org/protocol/compress'><method>lzw</method></compress>",
            refusal("unsupported-method"));
    answers(client, wish, "<compressed xmlns='http://jabber.org/protocol/compress'/>");
    client.socket().start_compression();
    client.start_over();
    client.expect_new_stream();
    CHECK_FALSE(offers(client));
    answers(client, wish, refusal("setup-failed"));
    CHECK(client.bind("balcony") == "juliet@localhost/balcony");
    answers(client, wish, refusal("setup-failed"));
    client.open_session();
    answers(client, wish, refusal("setup-failed"));
    client.close_stream();
    CHECK(client.receive().what == received::kind::closed);
    CHECK(client.receive().what == received::kind::ended);

    for (const transport how : {transport::tcp, transport::tls, transport::websocket}) {
        const auto other = client_at(server, how, stage::authenticated);
        CHECK_FALSE(offers(*other));
        answers(*other, wish, refusal("setup-failed"));
    }
}

TEST_CASE("TLS and compression go together") {
    test_server server({.c2s = "zlib = 50000\n"});
    with_juliet(server);
    for (const transport how : {transport::starttls, transport::tls}) {
        const auto client = client_at(server, how, stage::authenticated);
        answers(*client, wish, "<compressed xmlns='http://jabber.org/protocol/compress'/>");
        client->socket().start_compression();
        client->start_over();
        client->expect_new_stream();
        CHECK(client->bind("balcony") == "juliet@localhost/balcony");
    }
}

TEST_CASE("a client need not wait for the answer before it compresses") {
    test_server server;
    with_juliet(server);
    xmpp_client client(server.port(transport::compressed), transport::tcp);
    client.open();
    REQUIRE(client.authenticate(test_user, test_password));
    client.socket().write(wish + deflated(client_header));
    const std::string promise = "<compressed xmlns='http://jabber.org/protocol/compress'/>";
    std::string bytes;
    while (bytes.size() < promise.size() && client.socket().read(bytes)) {
    }
    REQUIRE(bytes.starts_with(promise));
    client.socket().start_compression(bytes.substr(promise.size()));
    client.start_over();
    CHECK(client.receive().what == received::kind::opened);
    CHECK(client.element().root().name() == "features");
}

TEST_CASE("bytes that are not compressed where they should be end the stream with processing-failed") {
    test_server server;
    with_juliet(server);
    const std::string failed =
        "<stream:error><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>" +
        refusal("processing-failed") + "</stream:error>";
    const auto client = client_at(server, transport::compressed, stage::established);
    client->socket().write_as_is("<presence xmlns='jabber:client'/>");
    const xml::document error = client->element();
    INFO(describe(error));
    CHECK(matches(failed, error.root()));
    CHECK(client->receive().what == received::kind::closed);
    CHECK(client->receive().what == received::kind::ended);

    const auto early = about_to_compress(server);
    early->socket().write(client_header);
    early->socket().start_compression();
    CHECK(early->receive().what == received::kind::ended);  // there is no stream to say it in
}

TEST_CASE("what is inflated without completing a stanza is bounded by zlib") {
    test_server server({.client = "max_stanza_size = \"infinity\"\n", .zlib = 50'000});
    with_juliet(server);
    const std::string message = "<message xmlns='jabber:client' to='juliet@localhost/none'><body>";
    const std::string bombs[] = {
        spaces(60'000),
        spaces(30'000'000),
        message + std::string(60'000, 'a'),
        message + std::string(30'000'000, 'a') + "</body></message>",
    };
    for (const std::string& bomb : bombs) {
        INFO(bomb.size());
        const auto client = client_at(server, transport::compressed, stage::established);
        client->send(bomb);
        const xml::document error = client->element();
        INFO(describe(error));
        CHECK(
            matches("<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                    "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>element too big</text>"
                    "</stream:error>",
                    error.root()));
        CHECK(client->rest() == "the end of the stream");
    }
    // What stays within it passes: each stanza by itself, and a client that only keeps its connection alive.
    const auto client = client_at(server, transport::compressed, stage::established);
    const std::string ping =
        "<iq xmlns='jabber:client' type='get' id='p' to='localhost'>"
        "<ping xmlns='urn:xmpp:ping'/></iq>";
    std::string many;
    for (int i = 0; i < 20; ++i) many += spaces(40'000) + ping;
    client->send(many);
    for (int i = 0; i < 20; ++i) CHECK(client->element().root().attr("type") == "result");
}

TEST_CASE("a flood of stanzas out of compression leaves others their turn") {
    test_server server({.shards = 1});
    with_juliet(server);
    const auto flooding = client_at(server, transport::compressed, stage::established);
    xmpp_client other(server, transport::tcp);
    other.log_in("romeo", "secret", "orchard");
    std::string flood;
    for (int i = 0; i < 200'000; ++i) flood += "<a xmlns='x'/>";
    const std::string ping =
        "<iq xmlns='jabber:client' type='get' id='p' to='localhost'>"
        "<ping xmlns='urn:xmpp:ping'/></iq>";
    flooding->send(flood + ping);
    other.send(ping);
    CHECK(other.element().root().attr("type") == "result");
    const xml::document last = flooding->element();
    INFO(describe(last));
    CHECK(last.root().attr("type") == "result");
}
