// The tables of RFC 6121, appendix A, row by row: the stored state afterwards and everything on the wire.
#include "tests/support/xmpp_fixture.hpp"
#include "xmpp/modules/roster/subscription_states.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace meerkat;
using namespace meerkat::test;
using enum subscription_state;

namespace {

constexpr std::string_view user = "romeo@example.org";
constexpr std::string_view friend_of = "juliet@example.net";

const std::map<std::string, subscription_state> state_named = {{"N", subscription_state::none},
                                                               {"N+out", none_out},
                                                               {"N+in", none_in},
                                                               {"N+both", none_out_in},
                                                               {"T", to},
                                                               {"T+in", to_in},
                                                               {"F", from},
                                                               {"F+out", from_out},
                                                               {"B", both}};

const std::array<std::string, 4> requests = {"subscribe", "subscribed", "unsubscribe", "unsubscribed"};

struct row {
    std::string state;
    std::array<std::string, 4> cells;  // "" nothing changes; "X" the next state; "X/reply"; "/reply"
};

// Remembers what leaves for another server.
class other_server final : public route {
public:
    void deliver(stanza s) override {
        std::string line(s.type().empty() ? "available" : s.type());
        line += " " + std::string(s.from().full()) + " " + std::string(s.to().full());
        got.push_back(line);
    }
    std::vector<std::string> got;
};

struct conversation {
    conversation(const std::string& state) {
        server.here->add_route("example.net", elsewhere);
        storage::roster_item item = contact(friend_of, storage::subscription::none);
        set_state(item, state_named.at(state));
        if (state != "N") server.rosters.keep(user, item);
        romeo.send("<presence/>");
        romeo.send("<iq type='get' id='g'><query xmlns='jabber:iq:roster'/></iq>");
        romeo.skip();
        elsewhere.got.clear();
    }

    std::string state() const {
        const storage::roster_item* const item = server.rosters.find(user, friend_of);
        if (item == nullptr) return "N";
        for (const auto& [name, value] : state_named) {
            if (value == state_of(*item)) return name;
        }
        return "?";
    }

    xmpp_fixture server;
    other_server elsewhere;
    test_client& romeo = server.connect("romeo@example.org/orchard");
};

bool sees(const std::string& state) { return state.starts_with("F") || state == "B"; }

std::string push_of(const std::string& state) {
    storage::roster_item item;
    set_state(item, state_named.at(state));
    static const std::array<std::string, 4> words = {"none", "to", "from", "both"};
    const bool asks = item.pending == storage::pending::out || item.pending == storage::pending::both;
    return "<iq type='set' id='*' from='romeo@example.org' to='romeo@example.org/orchard'>"
           "<query xmlns='jabber:iq:roster'><item jid='juliet@example.net' subscription='" +
           words.at(static_cast<std::size_t>(item.subscription)) + "'" + (asks ? " ask='subscribe'" : "") +
           "/></query></iq>";
}

const std::string to_her = " romeo@example.org juliet@example.net";
const std::string seen = "available romeo@example.org/orchard juliet@example.net";
const std::string gone = "unavailable romeo@example.org/orchard juliet@example.net";

}  // namespace

TEST_CASE("what a user's own subscription requests do, state by state") {
    // clang-format off
    const std::vector<row> table = {
        //         subscribe  subscribed  unsubscribe  unsubscribed
        {"N",      {"N+out",  "",         "",          ""}},
        {"N+out",  {"",       "",         "N",         ""}},
        {"N+in",   {"N+both", "F",        "",          "N"}},
        {"N+both", {"",       "F+out",    "N+in",      "N+out"}},
        {"T",      {"",       "B",        "N",         ""}},
        {"T+in",   {"",       "B",        "N+in",      "T"}},
        {"F",      {"F+out",  "",         "",          "N"}},
        {"F+out",  {"",       "",         "F",         "N+out"}},
        {"B",      {"",       "",         "F",         "T"}},
    };
    // clang-format on
    for (const row& each : table) {
        for (std::size_t i = 0; i < requests.size(); ++i) {
            const std::string& next = each.cells[i];
            DYNAMIC_SECTION(each.state << " " << requests[i] << " " << next) {
                conversation talk(each.state);
                talk.romeo.send("<presence type='" + requests[i] + "' to='juliet@example.net/balcony'/>");

                const std::string after = next.empty() ? each.state : next;
                CHECK(talk.state() == after);
                // Routed from the bare address whether or not anything changed.
                std::vector<std::string> wire = {requests[i] + to_her};
                if (!sees(each.state) && sees(after)) wire.push_back(seen);
                if (sees(each.state) && !sees(after)) wire.push_back(gone);
                CHECK(talk.elsewhere.got == wire);
                const bool record_goes = each.state == "N+in" && next == "N";
                const bool hidden = next == "N+in";
                if (!next.empty() && !record_goes && !hidden) talk.romeo.receives(push_of(next));
                talk.romeo.receives_nothing();
                if (record_goes) CHECK(talk.server.rosters.find(user, friend_of) == nullptr);
            }
        }
    }
}

TEST_CASE("what a contact's subscription requests do, state by state") {
    // clang-format off
    const std::vector<row> table = {
        //         subscribe       subscribed  unsubscribe            unsubscribed
        {"N",      {"N+in",        "",         "",                    ""}},
        {"N+out",  {"N+both",      "T",        "",                    "N"}},
        {"N+in",   {"",            "",         "N/unsubscribed",      ""}},
        {"N+both", {"",            "T+in",     "N+out/unsubscribed",  "N+in"}},
        {"T",      {"T+in",        "",         "",                    "N"}},
        {"T+in",   {"",            "",         "T/unsubscribed",      "N+in"}},
        {"F",      {"/subscribed", "B",        "N/unsubscribed",      ""}},
        {"F+out",  {"/subscribed", "B",        "N+out/unsubscribed",  "F"}},
        {"B",      {"/subscribed", "",         "T/unsubscribed",      "F"}},
    };
    // clang-format on
    for (const row& each : table) {
        for (std::size_t i = 0; i < requests.size(); ++i) {
            const std::string& cell = each.cells[i];
            const std::string next = cell.substr(0, cell.find('/'));
            const std::string reply =
                cell.find('/') == std::string::npos ? "" : cell.substr(cell.find('/') + 1);
            DYNAMIC_SECTION(each.state << " " << requests[i] << " " << cell) {
                conversation talk(each.state);
                stanza request(stanza_kind::presence, requests[i]);
                request.set_from(*jid::parse("juliet@example.net/balcony"));
                request.set_to(*jid::parse(user));
                talk.server.here->route_stanza(std::move(request));
                talk.server.settle();

                const std::string after = next.empty() ? each.state : next;
                CHECK(talk.state() == after);
                std::vector<std::string> wire;
                if (!reply.empty()) wire.push_back(reply + to_her);
                if (reply == "subscribed") wire.push_back(seen);
                if (sees(each.state) && !sees(after)) wire.push_back(gone);
                CHECK(talk.elsewhere.got == wire);
                if (!next.empty())
                    talk.romeo.receives("<presence type='" + requests[i] +
                                        "' from='juliet@example.net' to='romeo@example.org'/>");
                const bool record_goes = each.state == "N+in" && next == "N";
                const bool hidden = next == "N+in";
                if (!next.empty() && !record_goes && !hidden) talk.romeo.receives(push_of(next));
                talk.romeo.receives_nothing();
                if (record_goes) CHECK(talk.server.rosters.find(user, friend_of) == nullptr);
            }
        }
    }
}
