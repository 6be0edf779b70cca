#include "tests/support/xmpp_fixture.hpp"

#include "xmpp/access/access_rules.hpp"
#include "xmpp/xml/element_parser.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/writer.hpp"

#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <algorithm>

namespace meerkat::test {

xml::document parsed(std::string_view text) {
    xml::parsed_element result = xml::parse_element(text);
    if (!result.element) FAIL("no XML: " << text << ": " << result.why.text);
    return std::move(result.element);
}

namespace {

std::size_t attribute_count(const xml::element& e) {
    std::size_t count = 0;
    for (const xml::attribute* a = e.attributes(); a != nullptr; a = a->next) ++count;
    return count;
}

bool same_attributes(const xml::element& wanted, const xml::element& got) {
    if (attribute_count(wanted) != attribute_count(got)) return false;
    for (const xml::attribute* a = wanted.attributes(); a != nullptr; a = a->next) {
        bool found = false;
        for (const xml::attribute* b = got.attributes(); b != nullptr; b = b->next)
            found =
                found || (a->name == b->name && a->ns == b->ns && (a->value == "*" || a->value == b->value));
        if (!found) return false;
    }
    return true;
}

// What the session layer does with a stanza of a client.
task<> submit(xmpp_fixture* server, session* from, stanza s) {
    home& here = *server->here;
    host& at = *server->at;
    s.set_from(from->full_jid());
    if (!s.parse_to()) FAIL("bad address");
    if (s.is_presence()) {
        const verdict v = co_await at.hooks.user_sends_presence.run(*from, s);
        if (v == verdict::proceed && !s.to().empty()) here.route_stanza(std::move(s));
        co_return;
    }
    if (s.is_message()) {
        const verdict v = co_await at.hooks.user_sends_message.run(*from, s);
        if (v == verdict::stop) co_return;
        if (s.to().empty()) s.set_to(from->full_jid().to_bare());
        here.route_stanza(std::move(s));
        co_return;
    }
    const verdict v = co_await at.hooks.user_sends_iq.run(*from, s);
    if (v == verdict::stop) co_return;
    const bool to_own_account = s.to().empty() || s.to().full() == from->bare();
    const bool to_server = s.to().full() == from->full_jid().domain();
    if (s.is_request() && (to_own_account || to_server)) {
        const iq_target target = to_server ? iq_target::server : iq_target::account;
        const stanza reply = co_await at.iqs.answer(target, std::move(s), from, at);
        from->deliver(reply);
    } else if (!to_own_account && !to_server) {
        here.route_stanza(std::move(s));
    }
}

task<> ask(host* at, stanza* iq, std::string ip, bool* answered) {
    const verdict v = co_await at->hooks.unauthenticated_iq.run(*iq, ip);
    *answered = v == verdict::stop;
}

}  // namespace

bool same(const xml::element& wanted, const xml::element& got) {
    if (wanted.name() != got.name() || wanted.ns() != got.ns() || !same_attributes(wanted, got)) return false;
    if (wanted.text() != "*" && wanted.text() != got.text()) return false;
    if (wanted.child_count() != got.child_count()) return false;
    const xml::elements of_wanted(wanted);
    const xml::elements of_got(got);
    auto b = of_got.begin();
    for (const xml::element& each : of_wanted) {
        if (!same(each, *b)) return false;
        ++b;
    }
    return true;
}

test_client::test_client(xmpp_fixture& server, std::string_view full, std::string ip) : server_(server) {
    const auto address = jid::parse(full);
    if (!address) FAIL("no address: " << full);
    session_ = std::make_unique<session>(*address, *server.at, *this, *this,
                                         connection_facts{std::move(ip), 50000, "tcp", true},
                                         server.here->next_session_id());
    server.here->sessions().add(*session_);
    server.at->hooks.session_opened.run_now(*session_);
}

test_client& test_client::send(std::string_view text) {
    xml::document document = parsed(text);
    auto s = stanza::from_document(document);
    if (!s) FAIL("no stanza: " << text);
    server_.here->background().spawn(submit(&server_, session_.get(), std::move(*s)));
    server_.settle();
    return *this;
}

bool test_client::take(const xml::element& wanted) {
    if (received_.empty() || !same(wanted, received_.front().root())) return false;
    received_.pop_front();
    return true;
}

void test_client::receives(std::string_view text) {
    const xml::document wanted = parsed(text);
    if (take(wanted.root())) {
        CHECK(true);
        return;
    }
    FAIL(session_->full_jid().full() << "\nwants    " << text << "\nreceives "
                                     << (received_.empty() ? "nothing"
                                                           : xml::to_string(received_.front().root())));
}

void test_client::receives_all(std::vector<std::string_view> these) {
    for (const std::string_view text : these) {
        const xml::document wanted = parsed(text);
        const auto found =
            std::find_if(received_.begin(), received_.end(),
                         [&wanted](const xml::document& each) { return same(wanted.root(), each.root()); });
        if (found == received_.end()) {
            std::string got;
            for (const std::string& each : waiting()) got += "\n    " + each;
            FAIL(session_->full_jid().full() << "\nwants    " << text << "\nhas" << got);
        }
        received_.erase(found);
    }
    receives_nothing();
}

void test_client::receives_nothing() {
    if (!received_.empty())
        FAIL(session_->full_jid().full()
             << "\nwants    nothing\nreceives " << xml::to_string(received_.front().root()));
    CHECK(true);
}

void test_client::skip() { received_.clear(); }

std::vector<std::string> test_client::waiting() const {
    std::vector<std::string> texts;
    for (const xml::document& each : received_) texts.push_back(xml::to_string(each.root()));
    return texts;
}

void test_client::disconnect(std::string status, bool replaced) {
    server_.here->sessions().remove(*session_);
    const session_end why{std::move(status), replaced};
    server_.at->hooks.session_closed.run_now(*session_, why);
    server_.settle();
}

void test_client::send(const xml::element& e) { received_.push_back(parsed(xml::to_string(e))); }

void test_client::send(const serialized_stanza& stanza, std::string_view to) {
    std::string text;
    stanza.append_to(text, to, true);
    received_.push_back(parsed(text));
}

void test_client::end(stream_error why) { ended_ = std::move(why); }

xmpp_fixture::xmpp_fixture(modules_options with, general_options in_general, auth_options auth)
    : general(std::move(in_general)), options(std::move(with)), registrations(general.registration_timeout) {
    if (!options.mod_roster) options.mod_roster.emplace();
    options.mod_presence.emplace();
    general.hosts = {"example.org"};
    auth.methods = {auth_method::internal};
    auth.internal.emplace();
    auth.password.hash = {hash_function::sha1};
    auth.password.scram_iterations = 1;
    access.access["nobody"] = {{"all", std::string("deny")}};
    rules.set(std::make_shared<const access_rules>(access, general.hosts));
    authenticator = std::make_unique<auth::authenticator>(auth::auth_settings{auth, {}}, accounts, passwords,
                                                          std::string(32, 'x'));
    all.add(std::make_unique<home>(all, shards.at(0)));
    here = &all.at(0);
    at = &here->add_host("example.org");
    here->serve_domain("example.org", *at);
    start_modules({*here, *at, general, options, rules, *authenticator, rosters, registrations, "1.2.3"});
}

xmpp_fixture::~xmpp_fixture() {
    here->background().cancel();
    settle();
    clients_.clear();
    all.clear();
}

test_client& xmpp_fixture::connect(std::string_view full, std::string ip) {
    accounts.keep(full.substr(0, full.find('/')));
    clients_.push_back(std::make_unique<test_client>(*this, full, std::move(ip)));
    return *clients_.back();
}

test_client& xmpp_fixture::online(std::string_view full) {
    test_client& client = connect(full);
    client.send("<presence/>");
    client.skip();
    return client;
}

std::string xmpp_fixture::ask_unauthenticated(std::string_view iq, std::string ip) {
    xml::document document = parsed(iq);
    auto s = stanza::from_document(document);
    if (!s) FAIL("no stanza: " << iq);
    s->set_to(*jid::parse("example.org"));
    bool answered = false;
    here->background().spawn(ask(at, &*s, std::move(ip), &answered));
    settle();
    return answered ? xml::to_string(s->root()) : std::string();
}

// Until nothing is ready and nobody waits for a worker's answer: passwords are hashed on a thread.
void xmpp_fixture::settle() {
    boost::asio::io_context& context = here->here().context();
    while (context.poll() > 0) {
    }
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (here->background().size() > 0 && rosters.held() == 0 &&
           std::chrono::steady_clock::now() < give_up) {
        context.run_one_for(std::chrono::milliseconds(50));
        while (context.poll() > 0) {
        }
    }
}

void xmpp_fixture::pass(milliseconds time) {
    deadline_wheel& wheel = here->here().deadlines();
    wheel.advance_to(wheel.now() + time + 2 * deadline_wheel::tick);
    settle();
}

storage::roster_item contact(std::string_view address, storage::subscription subscription,
                             storage::pending pending) {
    storage::roster_item item;
    item.contact = jid::parse(address).value();
    item.subscription = subscription;
    item.pending = pending;
    return item;
}

}  // namespace meerkat::test
