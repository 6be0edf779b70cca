#include "gateway/base/digest.hpp"
#include "gateway/base/encoding.hpp"
#include "tests/protocol/bosh/bosh_play.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view creation =
    " wait='60' requests='2' hold='1' from='localhost' inactivity='30' maxpause='120' "
    "xmpp:restartlogic='true' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh' "
    "xmlns:stream='http://etherx.jabber.org/streams'";

}  // namespace

TEST_CASE(
    "the answer to the creating request says what was agreed, and the features as soon as they are there") {
    bosh_play p;
    CHECK(p.answer(1).empty());
    p.deliver("<f/>");
    CHECK(p.answer(1) == body(creation, "<f/>"));
}

TEST_CASE("without features the creating request is answered when its time is over") {
    bosh_play p;
    p.wait(60s);
    CHECK(p.answer(1) == body(creation));
    const auto first = p.next();
    p.deliver("<f/>");
    CHECK(p.answer(first) == body({}, "<f/>"));
}

TEST_CASE("what the session does without is not said") {
    auto agreed = bosh_play::usual();
    agreed.inactivity = limit<std::chrono::seconds>::infinity();
    agreed.version = "1.6";
    agreed.server_acks = true;
    bosh_play p(agreed);
    p.deliver("<f/>");
    CHECK(p.answer(1).find("inactivity") == std::string::npos);
    CHECK(p.answer(1).find(" ack='100' ver='1.6'") != std::string::npos);
}

TEST_CASE("a request is held until there is something for it") {
    auto p = created();
    const auto first = p.next({}, "<message id='m1'/><message id='m2'/>");
    CHECK(p.read() == "m1 m2");
    CHECK_FALSE(p.answered(first));
    p.deliver("<a/><b/>");
    CHECK(p.answer(first) == body({}, "<a/><b/>"));
}

TEST_CASE("what comes while no request is open goes to the next one") {
    auto p = created();
    p.deliver("<a/>");
    p.deliver("<b/>");
    CHECK(p.answer(p.next()) == body({}, "<a/><b/>"));
}

TEST_CASE("one request is held: the next one releases it") {
    auto p = created();
    const auto first = p.next();
    const auto second = p.next({}, "<message id='m'/>");
    CHECK(p.answer(first) == body());
    CHECK_FALSE(p.answered(second));
}

TEST_CASE("a held request is answered without content when its time is over") {
    auto p = created();
    const auto first = p.next();
    p.wait(59s);
    CHECK_FALSE(p.answered(first));
    p.wait(1s);
    CHECK(p.answer(first) == body());
}

TEST_CASE("requests that overtake each other are processed in order") {
    auto p = created();
    const auto second = p.request(102, {}, "<message id='m2'/>");
    CHECK(p.read().empty());
    const auto first = p.request(101, {}, "<message id='m1'/>");
    CHECK(p.read() == "m1 m2");
    CHECK(p.answer(first) == body());
    CHECK_FALSE(p.answered(second));
}

TEST_CASE("a request may overtake another while a third is held") {
    auto p = created();
    const auto held = p.request(101);
    p.request(103, {}, "<message id='m3'/>");
    CHECK_FALSE(p.answered(held));
    p.request(102, {}, "<message id='m2'/>");
    CHECK(p.read() == "m2 m3");
    CHECK(p.answer(held) == body());
    CHECK_FALSE(p.over());
}

TEST_CASE("a request beyond the window ends the session for all that are open") {
    auto p = created();
    const auto held = p.request(101);
    const auto early = p.request(103);
    const auto beyond = p.request(104);
    for (const auto each : {held, early, beyond}) CHECK(p.answer(each) == terminal("item-not-found"));
    CHECK(p.read() == "lost");
    CHECK(p.over());
}

TEST_CASE("a request whose answer is forgotten ends the session") {
    auto p = created();
    for (int i = 0; i < 4; ++i) p.next();
    p.request(101);
    CHECK(p.over());
}

TEST_CASE("a number that is none ends the session") {
    for (const char* wrong : {"rid='x'", "rid='-1'", "rid=''", "rid='0'", "rid='9007199254740992'", ""}) {
        auto p = created();
        auto read = bosh::read_body(
            "<body xmlns='http://jabber.org/protocol/httpbind' " + std::string(wrong) + "/>", {1000, {}});
        auto what = p.machine().request(std::move(std::get<bosh::request_body>(read)), 7, false, p.now);
        REQUIRE(what.answers.size() == 1);
        CHECK(what.answers[0].body == terminal("bad-request"));
        CHECK(what.over);
    }
}

TEST_CASE("a request that is sent again gets the same answer") {
    auto p = created();
    const auto first = p.next({}, "<message id='m'/>");
    p.deliver("<a/>");
    const auto second = p.next();
    p.deliver("<b/>");
    CHECK(p.answer(p.request(101, {}, "<message id='m'/>")) == p.answer(first));
    CHECK(p.answer(p.request(102)) == p.answer(second));
    CHECK(p.read() == "m");
}

TEST_CASE("a request that is sent again before its answer takes its place") {
    auto p = created();
    const auto lost = p.next({}, "<message id='m'/>");
    const auto again = p.request(101, {}, "<message id='m'/>");
    CHECK(p.answer(lost) == "<body xmlns='http://jabber.org/protocol/httpbind' type='error'/>");
    p.deliver("<a/>");
    CHECK(p.answer(again) == body({}, "<a/>"));
    CHECK(p.read() == "m");
}

TEST_CASE("a client that hangs up loses nothing: the same request again, or the next one, gets it") {
    for (const bool same : {true, false}) {
        auto p = created();
        const auto lost = p.next();
        p.withdraw(lost);
        CHECK(p.answer(lost) == "-");
        p.deliver("<a/>");
        CHECK(p.answer(p.request(same ? 101 : 102)) == body({}, "<a/>"));
        CHECK_FALSE(p.over());
    }
}

TEST_CASE("an answer that did not reach its client goes with another request") {
    for (const bool same : {true, false}) {
        auto p = created();
        const auto lost = p.next();
        p.deliver("<a/>");
        REQUIRE(p.answered(lost));
        p.withdraw(lost);
        p.deliver("<b/>");
        CHECK(p.answer(p.request(same ? 101 : 102)) == body({}, "<a/><b/>"));
    }
    auto p = created();
    const auto lost = p.next();
    p.deliver("<a/>");
    const auto later = p.next();
    p.withdraw(lost);
    CHECK(p.answer(later) == body({}, "<a/>"));
    CHECK(p.answer(p.request(101)) == body());
    p.withdraw(lost);  // too late
    CHECK(p.answer(p.request(102)) == p.answer(later));
}

TEST_CASE("a creating request whose answer is lost is answered again") {
    bosh_play p;
    p.deliver("<f/>");
    p.withdraw(1);
    CHECK(p.answer(p.next()) == body(creation, "<f/>"));
}

TEST_CASE("a connection that has to close gets its answer at once") {
    auto p = created();
    const auto held = p.next();
    p.answer_now(held);
    CHECK(p.answer(held) == body());
    const auto early = p.request(103);
    p.answer_now(early);
    CHECK(p.answer(early) == "<body xmlns='http://jabber.org/protocol/httpbind' type='error'/>");
    CHECK_FALSE(p.over());
}

TEST_CASE("a session ends when no request is open for too long, and only then") {
    auto p = created();
    p.wait(29s);
    CHECK_FALSE(p.over());
    const auto held = p.next();
    p.wait(60s);
    CHECK(p.answer(held) == body());
    p.wait(29s);
    p.request(101);  // again
    p.wait(29s);
    CHECK_FALSE(p.over());
    p.wait(1s);
    CHECK(p.over());
    CHECK(p.read() == "lost");
}

TEST_CASE("a client that hangs up is inactive from then on") {
    auto p = created();
    const auto held = p.next();
    p.wait(20s);
    p.withdraw(held);
    p.wait(29s);
    CHECK_FALSE(p.over());
    p.wait(1s);
    CHECK(p.over());
}

TEST_CASE("a request that waits for one before it does not keep the session") {
    auto p = created();
    const auto early = p.request(102);
    p.wait(30s);
    CHECK(p.over());
    CHECK(p.answer(early) == terminal("item-not-found"));
}

TEST_CASE("a pause answers everything, without content, and holds until the next request") {
    auto p = created();
    const auto held = p.next();
    const auto pause = p.next("pause='100'", "<message id='m'/>");
    CHECK(p.answer(held) == body());
    CHECK(p.answer(pause) == body());
    CHECK(p.read() == "m");
    p.deliver("<a/>");
    p.wait(99s);
    CHECK_FALSE(p.over());
    CHECK(p.answer(p.next()) == body({}, "<a/>"));
    p.wait(30s);
    CHECK(p.over());
}

TEST_CASE("a pause ends the session when it is longer than allowed, or no number") {
    for (const auto& [pause, condition] :
         {std::pair("121", "policy-violation"), std::pair("-1", "bad-request"), std::pair("0", "bad-request"),
          std::pair("x", "bad-request")}) {
        auto p = created();
        const auto held = p.next();
        const auto asked = p.next("pause='" + std::string(pause) + "'");
        CHECK(p.answer(held) == terminal(condition));
        CHECK(p.answer(asked) == terminal(condition));
        CHECK(p.over());
    }
}

TEST_CASE("a restart opens the stream anew, whatever prefix it is written with, and its content is ignored") {
    for (const char* restart :
         {"xmlns:xmpp='urn:xmpp:xbosh' xmpp:restart='true'", "xmlns:x='urn:xmpp:xbosh' x:restart='1'"}) {
        auto p = created();
        p.next(restart, "<message id='m'/>");
        CHECK(p.read() == "opened");
    }
    auto p = created();
    p.next("xmlns:xmpp='urn:other' xmpp:restart='true'");
    CHECK(p.read().empty());
}

TEST_CASE("a client's end is answered when the stream has ended, with what there was left") {
    auto p = created();
    const auto held = p.next();
    const auto last = p.next("type='terminate'", "<presence id='p'/>");
    CHECK(p.read() == "p closed");
    CHECK_FALSE(p.answered(held));
    p.deliver("<a/>");
    p.end();
    CHECK(p.answer(held) == "<body xmlns='http://jabber.org/protocol/httpbind' type='terminate'><a/></body>");
    CHECK(p.answer(last) == terminal());
    CHECK(p.over());
}

TEST_CASE("a client's end is answered in time even if the stream hangs") {
    auto p = created();
    const auto last = p.next("type='terminate'");
    p.wait(60s);
    CHECK(p.answer(last) == terminal());
    CHECK(p.over());
}

TEST_CASE("a stream error stands in the body that ends the session") {
    auto p = created();
    const auto held = p.next();
    p.end(stream_error{stream_condition::conflict});
    CHECK(
        p.answer(held) ==
        "<body xmlns='http://jabber.org/protocol/httpbind' type='terminate' condition='remote-stream-error' "
        "xmlns:stream='http://etherx.jabber.org/streams'><stream:error>"
        "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></body>");
}

TEST_CASE("a server that stops says so") {
    auto p = created();
    const auto held = p.next();
    p.end(stream_error{stream_condition::system_shutdown});
    CHECK(p.answer(held).find("type='terminate' condition='system-shutdown'") != std::string::npos);
}

TEST_CASE("an end without an open request is told to the next one, for a while") {
    for (const bool comes_back : {true, false}) {
        auto p = created();
        p.deliver("<a/>");
        p.end(stream_error{stream_condition::conflict});
        CHECK_FALSE(p.over());
        if (comes_back) {
            const std::string said = p.answer(p.next());
            CHECK(said.find("<a/><stream:error><conflict") != std::string::npos);
        } else {
            p.wait(30s);
        }
        CHECK(p.over());
    }
}

TEST_CASE("while the stream takes no input, requests wait; more than agreed end the session") {
    auto p = created();
    const auto held = p.next();
    p.stalled = true;
    const auto second = p.next({}, "<message id='m'/>");
    CHECK(p.read().empty());
    CHECK_FALSE(p.answered(held));
    SECTION("until it does") {
        p.resume();
        CHECK(p.read() == "m");
        CHECK(p.answer(held) == body());
    }
    SECTION("one more that pauses is allowed") {
        const auto pause = p.next("pause='60'");
        p.resume();
        for (const auto each : {held, second, pause}) CHECK(p.answer(each) == body());
        CHECK_FALSE(p.over());
    }
    SECTION("one more of another kind is not") {
        const auto third = p.next();
        for (const auto each : {held, second, third}) CHECK(p.answer(each) == terminal("policy-violation"));
        CHECK(p.over());
    }
}

TEST_CASE("a body that breaks a limit ends the stream, one that is broken the session") {
    auto p = created();
    const auto held = p.next();
    p.unreadable(xml::violation::too_big);
    CHECK(p.read() == "failed");
    p.end(stream_error{stream_condition::policy_violation});
    CHECK(p.answer(held).find("<policy-violation") != std::string::npos);
    CHECK(p.over());

    auto q = created();
    const auto other = q.next();
    q.unreadable(xml::violation::not_well_formed);
    CHECK(q.answer(other) == terminal("bad-request"));
    CHECK(q.over());
}
