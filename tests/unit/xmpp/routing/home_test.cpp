// Where stanzas go: RFC 6121, 8.5, with sessions that only write down what they are given.

#include "xmpp/routing/home.hpp"

#include "tests/support/xmpp_fixture.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/writer.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace meerkat;

namespace {

using lines = std::vector<std::string>;

std::string written(const stanza& s) {
    std::string out;
    xml::write(out, s.root(), ns::client);
    return out;
}

struct receiver final : outlet, session_actions {
    receiver(home& at, host& type, std::string_view full)
        : here(at), as_session(*jid::parse(full), type, *this, *this, {}, at.next_session_id()) {
        here.sessions().add(as_session);
    }
    ~receiver() { here.sessions().remove(as_session); }
    void send(const xml::element& e) override {
        got.emplace_back();
        xml::write(got.back(), e, ns::client);
    }
    void send(const serialized_stanza& s, std::string_view to) override {
        got.emplace_back();
        s.append_to(got.back(), to, false);
    }
    void end(stream_error) override {}
    // What came since the last call.
    lines taken() { return std::exchange(got, {}); }

    home& here;
    session as_session;
    lines got;
};

struct elsewhere final : route {
    void deliver(stanza s) override { got.push_back(written(s)); }
    lines got;
};

struct answering {
    iq_answer pong(iq_call& call) {
        call.result("pong", "urn:test");
        return iq_done{};
    }
    iq_answer refuse(iq_call&) { return stanza_error(stanza_condition::forbidden); }
    iq_answer fail(iq_call&) { throw std::runtime_error("on purpose"); }
    task<iq_answer> wait(iq_call& call) {
        call.result("waited", "urn:test");
        co_return iq_done{};
    }
};

struct keeping {
    verdict keep(stanza& s) {
        kept.push_back(written(s));
        return verdict::stop;
    }
    verdict refuse(const jid_view&, stanza&) { return verdict::stop; }
    lines kept;
};

struct fixture {
    runtime shards{1};
    homes all{shards};
    home* here;
    host* at;
    answering handlers;

    fixture() {
        all.add(std::make_unique<home>(all, shards.at(0)));
        here = &all.at(0);
        at = &here->add_host("example.org");
        here->serve_domain("example.org", *at);
        at->iqs.on(iq_target::server, "urn:ping", handlers, &answering::pong);
        at->iqs.on(iq_target::account, "urn:ping", handlers, &answering::pong);
        at->iqs.on(iq_target::server, "urn:refuse", handlers, &answering::refuse);
        at->iqs.on(iq_target::server, "urn:fail", handlers, &answering::fail);
        at->iqs.on(iq_target::server, "urn:wait", handlers, &answering::wait);
    }
    void route(std::string_view text) {
        xml::document d = test::parsed(text);
        stanza s = *stanza::from_document(d);
        REQUIRE(s.parse_from());
        REQUIRE(s.parse_to());
        here->route_stanza(std::move(s));
        while (shards.at(0).context().poll() > 0) {
        }
    }
};

const std::string from = " from='romeo@example.org/r'";

bool has(const lines& all, std::string_view part) {
    return all.size() == 1 && all.front().find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a message to a bare address goes to every session of the highest priority that is not negative") {
    fixture f;
    receiver a(*f.here, *f.at, "juliet@example.org/a");
    receiver b(*f.here, *f.at, "juliet@example.org/b");
    receiver c(*f.here, *f.at, "juliet@example.org/c");
    a.as_session.priority = 5;
    b.as_session.priority = 5;
    c.as_session.priority = 1;
    f.route("<message to='juliet@example.org'" + from + "/>");
    REQUIRE(a.taken().size() == 1);
    REQUIRE(b.taken().size() == 1);
    REQUIRE(c.taken().empty());
    a.as_session.priority = -1;
    b.as_session.priority.reset();
    f.route("<message to='juliet@example.org'" + from + "/>");
    REQUIRE(a.taken().empty());
    REQUIRE(b.taken().empty());
    REQUIRE(c.taken().size() == 1);
}

TEST_CASE("a message nobody can take comes back, unless somebody keeps it or it is an error") {
    fixture f;
    receiver romeo(*f.here, *f.at, "romeo@example.org/r");
    receiver away(*f.here, *f.at, "juliet@example.org/away");
    away.as_session.priority = -1;
    f.route("<message id='1' to='juliet@example.org'" + from + "/>");
    REQUIRE(has(romeo.taken(),
                "<message id='1' to='romeo@example.org/r' from='juliet@example.org' "
                "type='error'><error code='503' type='cancel'><service-unavailable"));
    f.route("<message type='error' to='juliet@example.org'" + from + "/>");
    REQUIRE(romeo.taken().empty());
    keeping offline;
    f.at->hooks.message_undelivered.on(phase::fallback, offline, &keeping::keep);
    f.route("<message to='juliet@example.org'" + from + "/>");
    REQUIRE(romeo.taken().empty());
    REQUIRE(offline.kept.size() == 1);
    REQUIRE(away.taken().empty());
}

TEST_CASE("a message to a full address goes there, whatever its priority, or else to the bare one") {
    fixture f;
    receiver a(*f.here, *f.at, "juliet@example.org/a");
    receiver b(*f.here, *f.at, "juliet@example.org/b");
    b.as_session.priority = -5;
    f.route("<message to='juliet@example.org/b'" + from + "/>");
    REQUIRE(b.taken().size() == 1);
    f.route("<message to='juliet@example.org/gone'" + from + "/>");
    REQUIRE(a.taken().size() == 1);
    REQUIRE(b.taken().empty());
}

TEST_CASE("of two sessions with one full address the newer one gets what is sent there") {
    fixture f;
    receiver older(*f.here, *f.at, "juliet@example.org/a");
    receiver newer(*f.here, *f.at, "juliet@example.org/a");
    f.route("<iq type='get' id='1' to='juliet@example.org/a'" + from + "><x xmlns='u'/></iq>");
    REQUIRE(older.taken().empty());
    REQUIRE(newer.taken().size() == 1);
}

TEST_CASE("a module may take a message away before it is delivered") {
    fixture f;
    keeping block;
    f.at->hooks.user_gets_message.on(phase::screen, block, &keeping::refuse);
    receiver a(*f.here, *f.at, "juliet@example.org/a");
    receiver romeo(*f.here, *f.at, "romeo@example.org/r");
    f.route("<message to='juliet@example.org'" + from + "/>");
    REQUIRE(a.taken().empty());
    REQUIRE(romeo.taken().empty());
}

TEST_CASE("presence reaches sessions that are present, with any priority, and is never answered") {
    fixture f;
    receiver a(*f.here, *f.at, "juliet@example.org/a");
    receiver b(*f.here, *f.at, "juliet@example.org/b");
    receiver romeo(*f.here, *f.at, "romeo@example.org/r");
    a.as_session.priority = -5;
    b.as_session.priority.reset();
    f.route("<presence to='juliet@example.org'" + from + "/>");
    REQUIRE(a.taken().size() == 1);
    REQUIRE(b.taken().empty());
    for (const std::string to :
         {"juliet@example.org/none", "nobody@example.org", "example.org", "other.example"})
        f.route("<presence to='" + to + "'" + from + "/>");
    REQUIRE(a.taken().empty());
    REQUIRE(romeo.taken().empty());
}

TEST_CASE("an iq to a full address goes there or comes back; to an account its home answers") {
    fixture f;
    receiver a(*f.here, *f.at, "juliet@example.org/a");
    receiver romeo(*f.here, *f.at, "romeo@example.org/r");
    f.route("<iq type='get' id='1' to='juliet@example.org/a'" + from + "><x xmlns='u'/></iq>");
    REQUIRE(a.taken().size() == 1);
    f.route("<iq type='get' id='2' to='juliet@example.org/b'" + from + "><x xmlns='u'/></iq>");
    REQUIRE(has(romeo.taken(), "<service-unavailable"));
    f.route("<iq type='get' id='3' to='juliet@example.org'" + from + "><ping xmlns='urn:ping'/></iq>");
    REQUIRE(has(romeo.taken(),
                "<iq type='result' id='3' to='romeo@example.org/r' from='juliet@example.org'>"
                "<pong xmlns='urn:test'/></iq>"));
    f.route("<iq type='get' id='4' to='juliet@example.org'" + from + "><x xmlns='u'/></iq>");
    REQUIRE(has(romeo.taken(), "<service-unavailable"));
    for (const std::string to : {"juliet@example.org/b", "juliet@example.org", "example.org"})
        f.route("<iq type='result' id='5' to='" + to + "'" + from + "/>");
    REQUIRE(romeo.taken().empty());
    REQUIRE(a.taken().empty());
}

TEST_CASE("the server answers what is asked of it: result, refusal, failure, or that it does not know") {
    fixture f;
    receiver romeo(*f.here, *f.at, "romeo@example.org/r");
    const auto ask = [&](const std::string& payload) {
        f.route("<iq type='get' id='1' to='example.org'" + from + ">" + payload + "</iq>");
        return romeo.taken();
    };
    REQUIRE(has(ask("<ping xmlns='urn:ping'/>"), "<pong xmlns='urn:test'/>"));
    REQUIRE(has(ask("<x xmlns='urn:wait'/>"), "<waited xmlns='urn:test'/>"));
    REQUIRE(has(ask("<x xmlns='urn:refuse'/>"), "<forbidden"));
    REQUIRE(has(ask("<x xmlns='urn:fail'/>"), "<internal-server-error"));
    REQUIRE(has(ask("<x xmlns='urn:unknown'/>"), "<feature-not-implemented"));
    REQUIRE(has(ask(""), "<bad-request"));
    REQUIRE(has(ask("<ping xmlns='urn:ping'/><ping xmlns='urn:ping'/>"), "<bad-request"));
    f.route("<iq type='get' to='example.org'" + from + "><ping xmlns='urn:ping'/></iq>");
    REQUIRE(has(romeo.taken(), "<bad-request"));
}

TEST_CASE("an address of the server that does not exist says so, to requests and messages only") {
    fixture f;
    receiver romeo(*f.here, *f.at, "romeo@example.org/r");
    f.route("<message to='example.org/x'" + from + "/>");
    REQUIRE(has(romeo.taken(), "<item-not-found"));
    f.route("<message type='error' to='example.org/x'" + from + "/>");
    f.route("<message to='example.org'" + from + "/>");
    REQUIRE(romeo.taken().empty());
}

TEST_CASE("another domain is reached by its route, or comes back") {
    fixture f;
    elsewhere component;
    f.here->add_route("component.example.org", component);
    receiver romeo(*f.here, *f.at, "romeo@example.org/r");
    f.route("<message to='a@component.example.org/b'" + from + "/>");
    REQUIRE(component.got.size() == 1);
    f.route("<message to='a@other.example'" + from + "/>");
    REQUIRE(has(romeo.taken(), "<remote-server-not-found"));
}

TEST_CASE("an error that cannot be delivered ends there") {
    fixture f;
    f.route("<message to='nobody@example.org' from='ghost@example.org/x'/>");
    f.route("<iq type='get' id='1' to='nobody@example.org/x' from='a@other.example'><x xmlns='u'/></iq>");
    f.route("<iq type='get' id='1' to='b@other.example' from='a@other.example'><x xmlns='u'/></iq>");
    SUCCEED();
}
