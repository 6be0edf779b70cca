#include "tests/scenarios/runner/play.hpp"

#include "tests/scenarios/runner/xml_pattern.hpp"
#include "tests/scenarios/runner/xmpp_client.hpp"
#include "xmpp/xml/writer.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <set>

namespace meerkat::testing {

namespace {

constexpr std::string_view usual_password = "correct horse";

std::string user_of(std::string_view actor) { return std::string(actor.substr(0, actor.find('/'))); }

std::string resource_of(std::string_view actor) {
    const std::size_t slash = actor.find('/');
    if (slash == std::string_view::npos) return "home";
    actor = actor.substr(slash + 1);
    return std::string(actor.substr(0, actor.find('#')));
}

class play {
public:
    play(test_server& server, transport how) : server_(server), how_(how) {
        static std::atomic<unsigned> plays = 0;
        known_["unique"] = std::to_string(++plays);
    }

    void hire(const script& s);
    void perform(const script_line& line);
    void end();

private:
    struct actor {
        std::unique_ptr<xmpp_client> client;
        std::string full;  // once there is a session
    };

    std::string account_of(std::string_view name) const {
        return user_of(name) + known_.find("unique")->second;
    }
    xmpp_client& connect(actor& who);
    void log_in(const script_line& line, actor& who, std::string_view password);
    void log_in_by(const script_line& line, actor& who);
    void refuse_login(const script_line& line, actor& who);
    void receive(actor& who, const std::string& block);
    void receive_in_any_order(actor& who, const std::string& block);
    void receive_nothing(actor& who);
    void expect_end(actor& who, const std::string& error);

    test_server& server_;
    transport how_;
    holes known_;
    std::map<std::string, actor> actors_;
    unsigned markers_ = 0;
};

void play::hire(const script& s) {
    std::set<std::string> users, strangers;
    for (const script_line& line : s.lines) {
        users.insert(user_of(line.actor));
        if (line.verb == "has no account") strangers.insert(user_of(line.actor));
    }
    std::vector<std::pair<std::string, std::string>> accounts;
    for (const std::string& user : users) {
        known_[user] = account_of(user) + "@localhost";
        if (!strangers.contains(user)) accounts.emplace_back(account_of(user), usual_password);
    }
    server_.make_accounts(accounts);
}

xmpp_client& play::connect(actor& who) {
    who.client = std::make_unique<xmpp_client>(server_, how_);
    who.full.clear();
    return *who.client;
}

void play::log_in(const script_line& line, actor& who, std::string_view password) {
    who.full = connect(who).log_in(account_of(line.actor), password, resource_of(line.actor));
}

void play::log_in_by(const script_line& line, actor& who) {
    xmpp_client& client = connect(who);
    client.open();
    if (!client.authenticate_by_scram(account_of(line.actor), usual_password, line.block))
        throw std::runtime_error("not authenticated: " + client.failure());
    who.full = client.bind(resource_of(line.actor));
    client.open_session();
}

void play::refuse_login(const script_line& line, actor& who) {
    xmpp_client& client = connect(who);
    client.open();
    if (client.authenticate(account_of(line.actor), line.block))
        throw std::runtime_error("logged in all the same");
    if (client.failure().find("<not-authorized/>") == std::string::npos)
        throw std::runtime_error("another failure: " + client.failure());
    who = {};
}

void play::perform(const script_line& line) {
    actor& who = actors_[line.actor];
    const std::string& verb = line.verb;
    if (verb == "has no account") return;
    if (verb == "logs in") return log_in(line, who, usual_password);
    if (verb == "logs in with the password") return log_in(line, who, line.block);
    if (verb == "logs in by") return log_in_by(line, who);
    if (verb == "fails to log in with the password") return refuse_login(line, who);
    if (verb == "opens a stream") return connect(who).open();
    if (verb == "comes online") {
        log_in(line, who, usual_password);
        who.client->send("<presence xmlns='jabber:client'/>");
        return receive(who, "<presence from='" + who.full + "' to='" + who.full + "'/>");
    }
    if (!who.client) throw std::runtime_error("has no connection");
    if (verb == "sends") {
        // Element by element, because a WebSocket message is one element.
        const std::string filled = fill(line.block, known_);
        const pattern said(filled);
        for (const xml::element* each : said.elements()) {
            who.client->send(xml::to_string(*each));
        }
        return;
    }
    if (verb == "receives") return receive(who, line.block);
    if (verb == "receives in any order") return receive_in_any_order(who, line.block);
    if (verb == "receives nothing") return receive_nothing(who);
    if (verb == "is ended with") return expect_end(who, line.block);
    if (verb == "is ended") return expect_end(who, {});
    if (verb == "closes the stream") {
        who.client->close_stream();
        return expect_end(who, {});
    }
    if (verb == "loses the connection") {
        who.client->lose_connection();
        who = {};
        return;
    }
    throw std::runtime_error("cannot perform \"" + verb + "\"");
}

void play::receive(actor& who, const std::string& block) {
    const pattern wanted(block);
    for (const xml::element* each : wanted.elements()) {
        const xml::document found = who.client->element();
        if (const auto differs = difference(*each, found.root(), known_))
            throw std::runtime_error(*differs + "\n      in " + describe(found));
    }
}

void play::receive_in_any_order(actor& who, const std::string& block) {
    const pattern wanted(block);
    std::vector<const xml::element*> missing = wanted.elements();
    while (!missing.empty()) {
        const xml::document found = who.client->element();
        const auto fits = [&](const xml::element* each) {
            holes tried = known_;
            if (difference(*each, found.root(), tried)) return false;
            known_ = std::move(tried);
            return true;
        };
        const auto place = std::find_if(missing.begin(), missing.end(), fits);
        if (place == missing.end()) throw std::runtime_error("not wanted: " + describe(found));
        missing.erase(place);
    }
}

// Everybody in the play sends a last message: what was under way before must have come before it.
void play::receive_nothing(actor& who) {
    std::set<std::string> awaited;
    for (auto& [name, other] : actors_) {
        if (!other.client || other.full.empty()) continue;
        const std::string id = "marker" + std::to_string(++markers_);
        other.client->send("<message xmlns='jabber:client' type='headline' id='" + id + "' to='" + who.full +
                           "'/>");
        awaited.insert(id);
    }
    while (!awaited.empty()) {
        const xml::document found = who.client->element();
        if (awaited.erase(std::string(found.root().attr("id"))) == 0)
            throw std::runtime_error("received " + describe(found));
    }
}

void play::expect_end(actor& who, const std::string& error) {
    const std::unique_ptr<xmpp_client> client = std::move(who.client);
    who.full.clear();
    if (!error.empty()) {
        const xml::document found = client->element();
        const pattern wanted("<stream:error>" + error + "</stream:error>");
        if (const auto differs = difference(*wanted.elements().at(0), found.root(), known_))
            throw std::runtime_error(*differs + "\n      in " + describe(found));
    }
    const received closed = client->receive();
    if (closed.what != received::kind::closed)
        throw std::runtime_error("got " + closed.text + " instead of the end of the stream");
    const received ended = client->receive();
    if (ended.what != received::kind::ended)
        throw std::runtime_error("got " + ended.text + " instead of the end of the connection");
}

// The script says everything that arrives: nothing may be left over.
void play::end() {
    for (auto& [name, who] : actors_) {
        if (!who.client || who.full.empty()) continue;
        who.client->send("<message xmlns='jabber:client' type='headline' id='end' to='" + who.full + "'/>");
        const xml::document found = who.client->element();
        if (found.root().attr("id") != "end")
            throw std::runtime_error(name + " also received " + describe(found));
    }
    for (auto& [name, who] : actors_)
        if (who.client) who.client->lose_connection();
}

}  // namespace

std::optional<std::string> perform(const script& s, test_server& server, transport how) {
    const script_line* at = nullptr;
    try {
        play p(server, how);
        p.hire(s);
        for (const script_line& line : s.lines) {
            at = &line;
            p.perform(line);
        }
        at = nullptr;
        p.end();
        return std::nullopt;
    } catch (const std::exception& e) {
        std::string where = s.file;
        if (at != nullptr) where += ":" + std::to_string(at->number) + ": " + at->actor + " " + at->verb;
        return "\"" + s.title + "\" over " + std::string(to_string(how)) + "\n    " + where + "\n      " +
               e.what();
    }
}

}  // namespace meerkat::testing
