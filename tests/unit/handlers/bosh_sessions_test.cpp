// Where BOSH sessions are: known by their names on every shard, also while they move and when they are over.

#include "handlers/bosh/sessions.hpp"
#include "tests/support/running_shards.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <memory>
#include <string>
#include <vector>

using namespace meerkat;
using namespace meerkat::bosh;
using namespace meerkat::testing;

namespace {

struct two_shards {
    two_shards() {
        for (const unsigned i : {0U, 1U}) all.push_back(std::make_unique<sessions>(shards.all().at(i), all));
    }
    ~two_shards() {
        shards.all().stop();
        shards.all().join();
    }

    // Runs the call on a shard and returns when it has.
    template <class Call>
    void on(unsigned shard, Call call) {
        std::promise<void> done;
        shards.all().post(shard, [&] {
            call();
            done.set_value();
        });
        done.get_future().get();
    }

    bosh::session& create(const session_name& name) {
        bosh::session* made = nullptr;
        on(0, [&] {
            agreement agreed;
            agreed.sid = name.text();
            agreed.rid = 1;
            auto creator = std::make_shared<waiting_request>(shards.all().at(0), false);
            made = all[0]->create(std::move(agreed), {}, std::move(creator), name);
        });
        return *made;
    }

    // Says from a shard where the session is found; "gone" if nowhere.
    std::future<std::string> find(unsigned from, const session_name& name) {
        auto told = std::make_shared<std::promise<std::string>>();
        auto answer = told->get_future();
        on(from, [&] {
            all[from]->reach(name, [told](bosh::session* found) {
                told->set_value(found == nullptr ? "gone" : std::to_string(shard::current().index()));
            });
        });
        return answer;
    }

    running_shards shards{2};
    sessions::by_shard all;
};

}  // namespace

TEST_CASE("a BOSH session is found where it was created, and where it has moved to") {
    two_shards server;
    const auto name = session_name::make(0);
    bosh::session& made = server.create(name);
    for (const unsigned from : {0U, 1U}) CHECK(server.find(from, name).get() == "0");

    std::unique_ptr<bosh::session> moving;
    server.on(0, [&] { moving = made.leave(); });
    std::vector<std::future<std::string>> early;
    for (const unsigned from : {0U, 1U, 0U}) early.push_back(server.find(from, name));
    for (auto& each : early) CHECK(each.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
    server.on(1, [&] { server.all[1]->take(std::move(moving)); });
    for (auto& each : early) CHECK(each.get() == "1");
    for (const unsigned from : {0U, 1U}) CHECK(server.find(from, name).get() == "1");

    server.on(1, [&] { server.all[1]->remove(made); });
    for (const unsigned from : {0U, 1U}) CHECK(server.find(from, name).get() == "gone");
}

TEST_CASE("a name that was never given is nobody's on any shard") {
    two_shards server;
    for (const unsigned birthplace : {0U, 1U}) {
        const auto name = session_name::make(birthplace);
        for (const unsigned from : {0U, 1U}) CHECK(server.find(from, name).get() == "gone");
    }
}

TEST_CASE("a BOSH session's name tells its birthplace, and nothing else is a name") {
    const std::string text(session_name::make(0x1f).text());
    CHECK(text.starts_with("1f"));
    REQUIRE(session_name::read(text, 32));
    CHECK(session_name::read(text, 32)->birthplace() == 0x1f);
    CHECK(session_name::read(text, 32)->text() == text);
    CHECK_FALSE(session_name::read(text, 31));  // there is no such shard
    for (const std::string& wrong : {std::string(), text + "0", text.substr(1), "-1" + text.substr(2),
                                     "0x" + text.substr(2), "zz" + text.substr(2)}) {
        INFO(wrong);
        CHECK_FALSE(session_name::read(wrong, 32));
    }
    CHECK(session_name::make(1).text() != session_name::make(1).text());
}
