#include "xmpp/sasl/scram.hpp"

#include "tests/support/scram_client.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::sasl;
using meerkat::testing::scram_client;

namespace {

constexpr hash_function all_hashes[] = {hash_function::sha1, hash_function::sha224, hash_function::sha256,
                                        hash_function::sha384, hash_function::sha512};
constexpr unsigned iterations = 64;  // enough for the conversation; strength is not the matter here

scram_settings settings_for(hash_function hash) {
    scram_settings s;
    s.hash = hash;
    s.domain = "localhost";
    s.nonce = "servernonce";
    s.secret = "a secret";
    s.iterations = iterations;
    return s;
}

// One account, and the mechanism asked about it.
struct server {
    std::unique_ptr<server_mechanism> mechanism;
    std::string known_user = "juliet";
    std::optional<scram_keys> keys;

    server(const scram_settings& s, std::string_view password)
        : mechanism(make_scram(s)), keys(derive_keys(s.hash, password, std::string(16, 's'), iterations)) {}

    outcome step(std::string_view message) {
        step_result next = mechanism->step(message);
        if (const auto* const question = std::get_if<need_keys>(&next)) {
            const bool known = keys && question->local == known_user;
            next = mechanism->supply_keys(known ? &*keys : nullptr);
        }
        if (auto* const c = std::get_if<challenge>(&next)) return *c;
        if (auto* const s = std::get_if<success>(&next)) return *s;
        return std::get<failure>(next);
    }
};

std::string text_of(const outcome& o) {
    if (std::holds_alternative<challenge>(o)) return "challenge";
    if (std::holds_alternative<success>(o)) return "success";
    return std::string(to_string(std::get<failure>(o).reason));
}

// Runs the whole conversation and says how it ended.
std::string converse(server& s, scram_client& c) {
    const outcome first = s.step(c.first());
    const auto* const asked = std::get_if<challenge>(&first);
    if (asked == nullptr) return text_of(first);
    const auto message = c.final_message(asked->data);
    if (!message) return "the client gave up";
    const outcome last = s.step(*message);
    if (const auto* const done = std::get_if<success>(&last)) {
        return c.accepts(done->data.value_or("")) ? "success" : "a server that proves nothing";
    }
    return text_of(last);
}

}  // namespace

TEST_CASE("the conversations of RFC 5802 and RFC 7677 come out byte for byte") {
    struct vector {
        hash_function hash;
        std::string salt, client_nonce, server_nonce, proof, signature;
    };
    const vector vectors[] = {
        {hash_function::sha1, "QSXCR+Q6sek8bf92", "fyko+d2lbbFgONRv9qkxdawL", "3rfcNHYJY1ZVvWVs7j",
         "v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "rmF9pqV8S7suAoZWja4dJRkFsKQ="},
        {hash_function::sha256, "W22ZaJ0SNY7soEsUEjb6gQ==", "rOprNGfwEbeRWgbNEkqO",
         "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
         "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="}};
    for (const vector& v : vectors) {
        scram_settings s = settings_for(v.hash);
        s.nonce = v.server_nonce;
        server peer(s, "");
        peer.known_user = "user";
        peer.keys = derive_keys(v.hash, "pencil", *from_base64(v.salt), 4096);
        const std::string nonce = v.client_nonce + v.server_nonce;
        const outcome first = peer.step("n,,n=user,r=" + v.client_nonce);
        REQUIRE(text_of(first) == "challenge");
        CHECK(std::get<challenge>(first).data == "r=" + nonce + ",s=" + v.salt + ",i=4096");
        const outcome last = peer.step("c=biws,r=" + nonce + ",p=" + v.proof);
        REQUIRE(text_of(last) == "success");
        CHECK(std::get<success>(last).data == "v=" + v.signature);
        CHECK(std::get<success>(last).local == "user");
    }
}

TEST_CASE("every hash logs in with the right password and with no other") {
    for (const hash_function hash : all_hashes) {
        server right(settings_for(hash), "romeo, romeo");
        scram_client client{.hash = hash, .user = "juliet", .password = "romeo, romeo"};
        CHECK(converse(right, client) == "success");
        server wrong(settings_for(hash), "romeo, romeo");
        scram_client stranger{.hash = hash, .user = "juliet", .password = "romeo"};
        CHECK(converse(wrong, stranger) == "not-authorized");
    }
}

TEST_CASE("an account that does not exist fails at the proof, with the messages of one that does") {
    for (const hash_function hash : all_hashes) {
        std::string salts[2];
        for (std::string& salt : salts) {
            server s(settings_for(hash), "secret");
            scram_client client{.hash = hash, .user = "nobody", .password = "secret"};
            const outcome first = s.step(client.first());
            REQUIRE(text_of(first) == "challenge");
            const std::string& asked = std::get<challenge>(first).data;
            CHECK(scram_client::attribute(asked, 'i') == std::to_string(iterations));
            salt = scram_client::attribute(asked, 's').value_or("");
            CHECK(from_base64(salt).value_or("").size() == scram_salt_size);
            CHECK(text_of(s.step(*client.final_message(asked))) == "not-authorized");
        }
        CHECK(salts[0] == salts[1]);  // asking twice tells nothing
    }
}

TEST_CASE(
    "feigned salts differ from account to account, hash to hash, domain to domain and server to server") {
    const auto salt = [](hash_function h, std::string_view secret, std::string_view local,
                         std::string_view domain) {
        return simulated_keys(h, secret, local, domain, iterations).salt;
    };
    const std::string one = salt(hash_function::sha256, "s", "a", "x");
    CHECK(one == salt(hash_function::sha256, "s", "a", "x"));
    CHECK(one != salt(hash_function::sha512, "s", "a", "x"));
    CHECK(one != salt(hash_function::sha256, "t", "a", "x"));
    CHECK(one != salt(hash_function::sha256, "s", "b", "x"));
    CHECK(one != salt(hash_function::sha256, "s", "a", "y"));
}

TEST_CASE("each type of channel binding binds, and only to its own channel") {
    channel_facts facts{.encrypted = true,
                        .tls_exporter = std::string("\0exporter", 9),
                        .tls_unique = "unique",
                        .tls_server_end_point = "end point"};
    for (const char* const type : {"tls-exporter", "tls-unique", "tls-server-end-point"}) {
        for (const hash_function hash : all_hashes) {
            scram_settings settings = settings_for(hash);
            settings.plus = settings.plus_advertised = true;
            settings.facts = facts;
            scram_client client{.hash = hash,
                                .user = "juliet",
                                .password = "secret",
                                .header = "p=" + std::string(type) + ",,"};
            client.binding_data = *facts.binding(type);
            server same(settings, "secret");
            CHECK(converse(same, client) == "success");
            client.binding_data = "another channel";
            server other(settings, "secret");
            CHECK(converse(other, client) == "not-authorized");
            client.binding_data = "";
            server none(settings, "secret");
            CHECK(converse(none, client) == "not-authorized");
        }
    }
}

TEST_CASE("the binding flag has to agree with the mechanism and with what was announced") {
    struct row {
        const char* header;
        bool plus, advertised, holds;
        const char* ends;
    };
    const row rows[] = {
        {"n,,", false, false, false, "success"},
        {"n,,", false, true, true, "success"},
        {"y,,", false, false, false, "success"},
        {"y,,", false, true, true, "not-authorized"},  // somebody took the -PLUS names away
        {"p=tls-exporter,,", false, true, true, "not-authorized"},
        {"n,,", true, true, true, "not-authorized"},
        {"y,,", true, true, true, "not-authorized"},
        {"p=tls-exporter,,", true, true, true, "success"},
        {"p=tls-unique,,", true, true, true, "not-authorized"},  // does not hold on this stream
        {"p=invented,,", true, true, true, "not-authorized"},
        {"p=,,", true, true, true, "malformed-request"},
    };
    for (const row& r : rows) {
        scram_settings settings = settings_for(hash_function::sha256);
        settings.plus = r.plus;
        settings.plus_advertised = r.advertised;
        if (r.holds) settings.facts.tls_exporter = "exporter";
        server s(settings, "secret");
        scram_client client{.user = "juliet", .password = "secret", .header = r.header};
        if (*r.header == 'p') client.binding_data = "exporter";
        INFO(r.header << " plus " << r.plus << " advertised " << r.advertised);
        CHECK(converse(s, client) == r.ends);
    }
}

TEST_CASE("an authorization identity may only be the user's own address") {
    for (const auto& [header, ends] :
         {std::pair{"n,a=juliet@localhost,", "success"}, std::pair{"n,a=Juliet@LOCALHOST,", "success"},
          std::pair{"n,a=romeo@localhost,", "not-authorized"},
          std::pair{"n,a=juliet@elsewhere,", "not-authorized"},
          std::pair{"n,a=juliet@localhost/x,", "not-authorized"}, std::pair{"n,a=@,", "not-authorized"},
          std::pair{"n,a=,", "malformed-request"}, std::pair{"n,juliet,", "malformed-request"}}) {
        server s(settings_for(hash_function::sha256), "secret");
        scram_client client{.user = "juliet", .password = "secret", .header = header};
        INFO(header);
        CHECK(converse(s, client) == ends);
    }
}

TEST_CASE("first messages that are no first messages are refused") {
    for (const auto& [message, ends] :
         {std::pair{"", "malformed-request"},
          std::pair{"n", "malformed-request"},
          std::pair{"n,", "malformed-request"},
          std::pair{"n,,", "malformed-request"},
          std::pair{"n,,n=juliet", "malformed-request"},
          std::pair{"n,,n=juliet,", "malformed-request"},
          std::pair{"n,,n=juliet,r=", "malformed-request"},
          std::pair{"n,,r=abc,n=juliet", "malformed-request"},
          std::pair{"n,,n=,r=abc", "malformed-request"},
          std::pair{"n,,n=jul=iet,r=abc", "malformed-request"},
          std::pair{"n,,n=jul=2c,r=abc", "malformed-request"},
          std::pair{"n,,n=juliet,r=a b", "malformed-request"},
          std::pair{"n,,n=juliet,r=abc,", "malformed-request"},
          std::pair{"n,,n=juliet,r=abc,1=x", "malformed-request"},
          std::pair{"n,,n=juliet,r=abc,x=", "malformed-request"},
          std::pair{"N,,n=juliet,r=abc", "malformed-request"},
          std::pair{"n,,n=jul\xffiet,r=abc", "malformed-request"},
          std::pair{"n,,m=x,n=juliet,r=abc", "not-authorized"},
          std::pair{"n,,n=jul=2Ciet,r=abc", "challenge"},  // a comma is fine in a localpart
          std::pair{"n,,n=jul=40iet,r=abc", "malformed-request"},
          std::pair{"n,,n=jul@iet,r=abc", "not-authorized"},
          std::pair{"n,,n=juliet,r=abc,x=y,z=1", "challenge"}}) {
        server s(settings_for(hash_function::sha256), "secret");
        INFO(message);
        CHECK(text_of(s.step(message)) == ends);
    }
}

TEST_CASE("a user name is prepared before the account is looked for") {
    server s(settings_for(hash_function::sha256), "secret");
    scram_client client{.user = "JULIET", .password = "secret"};
    CHECK(converse(s, client) == "success");
}

TEST_CASE("final messages out of order, incomplete or with a mandatory extension are refused") {
    const scram_client prototype{.user = "juliet", .password = "secret"};
    const auto end_with = [&](auto&& change) {
        server s(settings_for(hash_function::sha256), "secret");
        scram_client client = prototype;
        const outcome first = s.step(client.first());
        return text_of(s.step(change(*client.final_message(std::get<challenge>(first).data))));
    };
    const auto part = [](const std::string& m, char name) {
        return std::string(1, name) + "=" + *scram_client::attribute(m, name);
    };
    CHECK(end_with([](const std::string& m) { return m; }) == "success");
    CHECK(end_with([&](const std::string& m) {
              return part(m, 'r') + "," + part(m, 'c') + "," + part(m, 'p');
          }) == "malformed-request");
    CHECK(end_with([&](const std::string& m) { return part(m, 'c') + "," + part(m, 'r'); }) ==
          "malformed-request");
    CHECK(end_with([&](const std::string& m) { return part(m, 'c') + "," + part(m, 'p'); }) ==
          "malformed-request");
    CHECK(end_with([](const std::string& m) { return m + ",x=y"; }) == "malformed-request");
    CHECK(end_with([](const std::string& m) { return m + ","; }) == "malformed-request");
    CHECK(end_with([&](const std::string& m) {
              return part(m, 'c') + "," + part(m, 'r') + ",m=x," + part(m, 'p');
          }) == "not-authorized");
    // An optional extension is signed with the rest: added on the way, it breaks the proof.
    CHECK(end_with([&](const std::string& m) {
              return part(m, 'c') + "," + part(m, 'r') + ",x=y," + part(m, 'p');
          }) == "not-authorized");
    CHECK(end_with([&](const std::string& m) {
              return part(m, 'c') + "," + part(m, 'r') + "A," + part(m, 'p');
          }) == "not-authorized");
    CHECK(end_with([&](const std::string& m) { return "c=eSws," + part(m, 'r') + "," + part(m, 'p'); }) ==
          "not-authorized");
    CHECK(end_with([&](const std::string& m) { return part(m, 'c') + "," + part(m, 'r') + ",p=AAAA"; }) ==
          "not-authorized");
    CHECK(end_with([](const std::string&) { return std::string(); }) == "malformed-request");
}

TEST_CASE("no single byte of a conversation can be changed, left out or cut off at") {
    scram_settings settings = settings_for(hash_function::sha256);
    settings.plus = settings.plus_advertised = true;
    settings.facts.tls_exporter = "exporter data";
    const scram_client prototype{.user = "juliet",
                                 .password = "secret",
                                 .header = "p=tls-exporter,,",
                                 .binding_data = "exporter data"};

    // Which message is spoilt: 0 the client's first, 1 the server's, 2 the client's last.
    const auto run = [&](int which, auto&& spoil) {
        server s(settings, "secret");
        scram_client client = prototype;
        const outcome first = s.step(which == 0 ? spoil(client.first()) : client.first());
        const auto* const asked = std::get_if<challenge>(&first);
        if (asked == nullptr) return text_of(first);
        const auto last = client.final_message(which == 1 ? spoil(asked->data) : asked->data);
        if (!last) return std::string("the client gave up");
        return text_of(s.step(which == 2 ? spoil(*last) : *last));
    };
    CHECK(run(3, [](const std::string& m) { return m; }) == "success");
    for (int which = 0; which < 3; ++which) {
        std::size_t size = 0;
        run(which, [&](const std::string& m) { return size = m.size(), m; });
        for (std::size_t at = 0; at < size; ++at) {
            INFO("message " << which << " byte " << at);
            for (int bit = 0; bit < 8; ++bit) {
                CHECK(run(which, [=](std::string m) {
                          m[at] = static_cast<char>(m[at] ^ (1 << bit));
                          return m;
                      }) != "success");
            }
            CHECK(run(which, [=](std::string m) { return m.erase(at, 1); }) != "success");
            CHECK(run(which, [=](std::string m) { return m.substr(0, at); }) != "success");
        }
    }
}

TEST_CASE("an exchange that is over stays over") {
    server s(settings_for(hash_function::sha256), "secret");
    scram_client client{.user = "juliet", .password = "secret"};
    CHECK(converse(s, client) == "success");
    CHECK(text_of(s.step(client.first())) == "malformed-request");
    server failed(settings_for(hash_function::sha256), "secret");
    CHECK(text_of(failed.step("rubbish")) == "malformed-request");
    CHECK(text_of(failed.step(client.first())) == "malformed-request");
}

TEST_CASE("a driver that answers what was not asked gets a failure and no success") {
    const auto mechanism = make_scram(settings_for(hash_function::sha256));
    CHECK(std::holds_alternative<failure>(mechanism->supply_verdict(true)));
    CHECK(std::holds_alternative<failure>(mechanism->supply_name("juliet")));
    CHECK(std::holds_alternative<failure>(mechanism->supply_keys(nullptr)));
}

TEST_CASE("a message longer than any client has use for is refused unread") {
    server s(settings_for(hash_function::sha256), "secret");
    CHECK(text_of(s.step("n,,n=juliet,r=" + std::string(server_mechanism::max_message, 'x'))) ==
          "malformed-request");
}

TEST_CASE("nonces are fresh") {
    CHECK(make_nonce() != make_nonce());
    CHECK(make_nonce().find(',') == std::string::npos);
}
