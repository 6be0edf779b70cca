#include "xmpp/routing/session_table.hpp"

#include "xmpp/routing/host.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;

namespace {

struct nowhere final : outlet, session_actions {
    void send(const xml::element&) override {}
    void send(const serialized_stanza&, std::string_view) override {}
    void end(stream_error) override {}
};

struct online {
    online(std::string_view full, host& at) : as_session(*jid::parse(full), at, out, out, {}, 1) {}
    nowhere out;
    session as_session;
};

jid at(std::string_view text) { return *jid::parse(text); }

}  // namespace

TEST_CASE("a user's sessions are kept oldest first, and forgotten with the last of them") {
    host type("example.org");
    online a("juliet@example.org/a", type);
    online b("juliet@example.org/b", type);
    online other("romeo@example.org/a", type);
    session_table table;
    table.add(a.as_session);
    table.add(b.as_session);
    table.add(other.as_session);
    REQUIRE(table.size() == 3);
    REQUIRE(table.users() == 2);
    REQUIRE(*table.of_user("juliet@example.org") == user_sessions{&a.as_session, &b.as_session});
    table.remove(a.as_session);
    table.remove(a.as_session);
    REQUIRE(table.size() == 2);
    REQUIRE(*table.of_user("juliet@example.org") == user_sessions{&b.as_session});
    table.remove(b.as_session);
    REQUIRE(table.of_user("juliet@example.org") == nullptr);
    REQUIRE(table.users() == 1);
    table.remove(b.as_session);
    REQUIRE(table.size() == 1);
}

TEST_CASE("of two sessions with one full address the newer is found, and the older when that has gone") {
    host type("example.org");
    online older("juliet@example.org/a", type);
    online newer("juliet@example.org/a", type);
    session_table table;
    table.add(older.as_session);
    table.add(newer.as_session);
    REQUIRE(table.with_jid(at("juliet@example.org/a")) == &newer.as_session);
    table.remove(newer.as_session);
    REQUIRE(table.with_jid(at("juliet@example.org/a")) == &older.as_session);
    REQUIRE(table.with_jid(at("juliet@example.org/A")) == nullptr);
    REQUIRE(table.with_jid(at("nobody@example.org/a")) == nullptr);
}
