// Resumption, early data, and what a peer may do after its handshake.

#include "tests/unit/net/tls_peers.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::net;
using namespace meerkat::testing;

namespace {

using server_context = std::shared_ptr<const tls_context>;
using state = std::shared_ptr<client_state>;

tls_settings with_tickets(const tls_files& files, bool early_data = false) {
    tls_settings settings = files.settings();
    settings.session_tickets = true;
    settings.early_data = early_data;
    return settings;
}

// Reads until something has come. Empty: the connection is over.
task<std::string> server_reads(byte_stream& stream) {
    for (;;) {
        char buffer[4096];
        const io_result got = stream.read(buffer);
        if (got.status == io_status::done) co_return std::string(buffer, got.bytes);
        if (got.status != io_status::would_block) co_return std::string();
        const bool ready = co_await stream.ready(got.wait_for);
        if (!ready) co_return std::string();
    }
}

// A whole connection, so that tickets arrive.
task<> talk(tls_connection& c) {
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
    const std::string_view hello = "hello";
    c.server().write({&hello, 1});
    const std::string got = co_await c.client->read(hello.size());
    REQUIRE(got == hello);
}

task<> resumes(shard& home, int version, tls_settings settings, bool expected,
               const made_certificate* shown) {
    const server_context context = context_of(settings);
    const auto client = std::make_shared<client_state>();
    tls_connection first(home, context, client);
    first.client->version(version);
    if (shown != nullptr) first.client->show(*shown);
    co_await talk(first);
    tls_connection second(home, context, client);
    second.client->version(version);
    if (shown != nullptr) second.client->show(*shown);
    if (!client->sessions().empty()) SSL_set_session(second.client->native(), client->sessions().front());
    co_await talk(second);
    CHECK((SSL_session_reused(second.client->native()) == 1) == expected);
    CHECK((second.server().tls()->certificate != nullptr) == (shown != nullptr));
}

void check_resumption(const tls_settings& settings, bool expected, const made_certificate* shown = nullptr) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        shard_runner runner;
        runner.run(resumes(runner.home(), version, settings, expected, shown));
    }
}

// A client that has a ticket for early data and sends some; the server answers before it has finished.
task<> answers_early(shard& home) {
    const tls_files files;
    const server_context context = context_of(with_tickets(files, true));
    const auto client = std::make_shared<client_state>();
    tls_connection first(home, context, client);
    co_await talk(first);
    REQUIRE(client->sessions().size() == 1);

    tls_connection second(home, context, client);
    SSL* const native = second.client->native();
    SSL_set_session(native, client->sessions().front());
    constexpr std::string_view question = "early question";
    std::size_t written = 0;
    REQUIRE(SSL_write_early_data(native, question.data(), question.size(), &written) == 1);
    second.accept();
    co_await second.group.join();
    REQUIRE(second.outcome.has_value());
    REQUIRE(second.server().has_pending());
    REQUIRE_FALSE(second.server().channel_binding("tls-exporter"));
    const std::string asked = co_await server_reads(second.server());
    CHECK(asked == question);
    const std::string_view answer = "early answer";
    CHECK(second.server().write({&answer, 1}).bytes == answer.size());

    const bool connected = co_await second.client->connect();
    REQUIRE(connected);
    CHECK(SSL_get_early_data_status(native) == SSL_EARLY_DATA_ACCEPTED);
    second.client->write("late question");
    const std::string later = co_await server_reads(second.server());
    CHECK(later == "late question");
    const std::string_view last = ", late answer";
    second.server().write({&last, 1});
    const std::string got = co_await second.client->read(answer.size() + last.size());
    CHECK(got == "early answer, late answer");
    CHECK(second.server().channel_binding("tls-exporter") == second.client->exporter());
}

// The bytes a client begins with, early data included.
std::string first_flight(client_state& client, SSL_SESSION* session) {
    SSL* const native = SSL_new(client.native());
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(native, BIO_new(BIO_s_mem()), out);
    SSL_set_tlsext_host_name(native, "localhost");
    SSL_set_session(native, session);
    std::size_t written = 0;
    REQUIRE(SSL_write_early_data(native, "pay", 3, &written) == 1);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out, &bytes);
    std::string flight(bytes, static_cast<std::size_t>(size));
    SSL_free(native);
    return flight;
}

// What the server reads of somebody who sends these bytes and then nothing.
task<std::string> read_of_flight(shard& home, server_context context, std::string flight) {
    tls_connection c(home, std::move(context), std::make_shared<client_state>());
    const std::string_view piece = flight;
    c.client->stream().write({&piece, 1});
    c.accept();
    co_await turns(20);
    if (!c.outcome.has_value()) {
        c.client->stream().close();
        co_await c.group.join();
        co_return std::string();
    }
    co_return co_await server_reads(c.server());
}

task<> refuses_a_replay(shard& home) {
    const tls_files files;
    const server_context context = context_of(with_tickets(files, true));
    const auto client = std::make_shared<client_state>();
    tls_connection first(home, context, client);
    co_await talk(first);
    const std::string flight = first_flight(*client, client->sessions().front());
    const std::string once = co_await read_of_flight(home, context, flight);
    CHECK(once == "pay");
    const std::string twice = co_await read_of_flight(home, context, flight);
    CHECK(twice.empty());
}

task<> early_data_is_limited(shard& home) {
    const tls_files files;
    const server_context context = context_of(with_tickets(files, true));
    const auto client = std::make_shared<client_state>();
    tls_connection first(home, context, client);
    co_await talk(first);
    CHECK(SSL_SESSION_get_max_early_data(client->sessions().front()) == 16 * 1024);
}

task<> floods_end(shard& home) {
    const tls_files files;
    tls_connection c(home, files.settings());
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
    for (int i = 0; i < 100; ++i) {
        SSL_key_update(c.client->native(), SSL_KEY_UPDATE_REQUESTED);
        if (SSL_do_handshake(c.client->native()) != 1) break;
    }
    const bool readable = co_await c.server().readable();
    REQUIRE(readable);
    char buffer[64];
    CHECK(c.server().read(buffer).status == io_status::failed);
}

task<> few_updates_are_fine(shard& home) {
    const tls_files files;
    tls_connection c(home, files.settings());
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
    for (int i = 0; i < 100; ++i) {
        SSL_key_update(c.client->native(), SSL_KEY_UPDATE_REQUESTED);
        c.client->write("x");
        const std::string got = co_await server_reads(c.server());
        REQUIRE(got == "x");
    }
    const std::string_view answer = "still here";
    c.server().write({&answer, 1});
    const std::string got = co_await c.client->read(answer.size());
    CHECK(got == answer);
}

task<> refuses_to_renegotiate(shard& home) {
    const tls_files files;
    tls_connection c(home, files.settings());
    c.client->version(TLS1_2_VERSION);
    const bool shaken = co_await c.shake();
    REQUIRE(shaken);
    REQUIRE(SSL_renegotiate(c.client->native()) == 1);
    SSL_do_handshake(c.client->native());
    const bool readable = co_await c.server().readable();
    REQUIRE(readable);
    char buffer[64];
    CHECK(c.server().read(buffer).status == io_status::would_block);
    const std::string nothing = co_await c.client->read(1);  // the warning ends OpenSSL's client
    CHECK(nothing.empty());
    const std::string_view still = "the server goes on";
    CHECK(c.server().write({&still, 1}).bytes == still.size());
}

}  // namespace

TEST_CASE("with session_tickets clients resume, without they get no ticket") {
    const tls_files files;
    check_resumption(with_tickets(files), true);
    check_resumption(with_tickets(files, true), true);
    check_resumption(files.settings(), false);
}

TEST_CASE("whoever shows a certificate is asked for it again each time") {
    const tls_files files;
    const made_certificate own({.common_name = "client"});
    for (const bool early_data : {false, true}) {
        tls_settings settings = with_tickets(files, early_data);
        settings.verify = verify_mode::selfsigned_peer;
        check_resumption(settings, false, &own);
    }
}

TEST_CASE("early data is read and answered before the client has finished its handshake") {
    shard_runner runner;
    runner.run(answers_early(runner.home()));
}

TEST_CASE("early data that somebody sends again is not read again") {
    shard_runner runner;
    runner.run(refuses_a_replay(runner.home()));
}

TEST_CASE("tickets say how much early data there may be") {
    shard_runner runner;
    runner.run(early_data_is_limited(runner.home()));
}

TEST_CASE("a flood of key updates ends the connection") {
    shard_runner runner;
    runner.run(floods_end(runner.home()));
}

TEST_CASE("key updates with data between them go on for ever") {
    shard_runner runner;
    runner.run(few_updates_are_fine(runner.home()));
}

TEST_CASE("nobody renegotiates TLS 1.2") {
    shard_runner runner;
    runner.run(refuses_to_renegotiate(runner.home()));
}
