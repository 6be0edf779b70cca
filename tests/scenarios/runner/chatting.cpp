#include "tests/scenarios/runner/chatting.hpp"

#include "tests/scenarios/runner/stages.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <iterator>
#include <stdexcept>
#include <utility>

namespace meerkat::testing {

namespace {
constexpr std::size_t threads = 4;
}

chatting_users::chatting_users(test_server& server, std::size_t count) : groups_(threads) {
    const std::string password(test_password);
    std::vector<std::pair<std::string, std::string>> accounts;
    for (std::size_t i = 0; i < count; ++i) accounts.emplace_back("user" + std::to_string(i), password);
    server.make_accounts(accounts);
    for (std::size_t i = 0; i < count; i += 2) {
        const transport how = all_transports[i / 2 % std::size(all_transports)];
        pair made{std::make_unique<xmpp_client>(server, how),
                  std::make_unique<xmpp_client>(server, transport::tcp),
                  {},
                  {}};
        made.one_jid = made.one->log_in(accounts[i].first, password, "x");
        made.other_jid = made.other->log_in(accounts[i + 1].first, password, "x");
        if (how == transport::bosh) made.one->bosh().keep_trying();
        groups_[i / 2 % threads].push_back(std::move(made));
    }
}

void chatting_users::start() {
    for (auto& group : groups_)
        talks_.push_back(std::async(std::launch::async, [this, &group] { return chat(group, over_); }));
}

std::uint64_t chatting_users::stop() {
    over_ = true;
    std::uint64_t all = 0;
    for (auto& each : talks_) {
        const std::uint64_t said = each.get();
        if (said == 0) throw std::runtime_error("some users did not get to talk");
        all += said;
    }
    talks_.clear();
    return all;
}

// What is said arrives, as it was said and before anything later.
void chatting_users::say(xmpp_client& from, xmpp_client& to, const std::string& to_jid,
                         const std::string& text) {
    from.send("<message to='" + to_jid + "' type='chat'><body>" + text + "</body></message>");
    const std::string what = text + " from " + std::string(to_string(from.carried_by())) + " to " +
                             std::string(to_string(to.carried_by())) + " " + to_jid;
    try {
        const xml::document got = to.element();
        if (got.root().child_text("body", ns::client) == text) return;
        throw std::runtime_error("got " + describe(got));
    } catch (const std::exception& failed) {
        throw std::runtime_error(what + ": " + failed.what());
    }
}

std::uint64_t chatting_users::chat(std::vector<pair>& pairs, const std::atomic<bool>& over) {
    std::uint64_t said = 0;
    while (!over) {
        for (pair& each : pairs) {
            say(*each.one, *each.other, each.other_jid, std::to_string(++said));
            say(*each.other, *each.one, each.one_jid, std::to_string(++said));
        }
    }
    return said;
}

}  // namespace meerkat::testing
