#include "tests/support/running_shards.hpp"
#include "tests/support/temporary_directory.hpp"
#include "xmpp/storage/sqlite_storage.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::storage;
using meerkat::testing::running_shards;
using meerkat::testing::temporary_directory;

namespace {

const jid juliet = *jid::parse("juliet@localhost");
const jid romeo = *jid::parse("romeo@localhost");
const jid nurse = *jid::parse("nurse@elsewhere");

struct fixture {
    temporary_directory place;
    running_shards shards;
    std::unique_ptr<sqlite_storage> storage;

    fixture() {
        auto opened = sqlite_storage::open({.file = place / "meerkat.db"});
        if (opened.has_error()) FAIL(opened.error().detail);
        storage = std::move(*opened);
    }
    roster_store& rosters() { return storage->rosters(); }
    roster items(const jid& owner) { return *shards.run(rosters().items(owner)); }
    std::string apply(const jid& owner, std::vector<roster_change> changes) {
        return *shards.run(rosters().apply(owner, std::move(changes)));
    }
};

roster_item full_item() {
    return {.contact = romeo,
            .name = "R\xc3\xb3meo 'x' \"y\"",
            .groups = {"Family", "Friends & foes"},
            .subscription = subscription::from,
            .pending = pending::out,
            .request_status = "please"};
}

roster_item plain_item(const jid& contact) {
    roster_item item;
    item.contact = contact;
    return item;
}

}  // namespace

TEST_CASE("a roster item comes back as it was put") {
    fixture f;
    f.apply(juliet, {full_item(), plain_item(nurse)});
    const roster found = f.items(juliet);
    REQUIRE(found.items.size() == 2);
    CHECK(found.items[0] == plain_item(nurse));
    CHECK(found.items[1] == full_item());
    CHECK(**f.shards.run(f.rosters().item(juliet, romeo)) == full_item());
    CHECK_FALSE(f.shards.run(f.rosters().item(romeo, juliet))->has_value());
}

TEST_CASE("every state of a subscription is kept") {
    fixture f;
    for (const subscription s :
         {subscription::none, subscription::to, subscription::from, subscription::both}) {
        for (const pending p : {pending::none, pending::out, pending::in, pending::both}) {
            roster_item item = plain_item(romeo);
            item.subscription = s;
            item.pending = p;
            REQUIRE(f.shards.run(f.rosters().put(juliet, item)).has_value());
            CHECK(f.items(juliet).items == std::vector{item});
        }
    }
}

TEST_CASE("putting an item replaces the one of the same contact, groups and all") {
    fixture f;
    f.apply(juliet, {full_item()});
    roster_item changed = full_item();
    changed.name.clear();
    changed.groups = {"Exes"};
    f.apply(juliet, {changed});
    CHECK(f.items(juliet).items == std::vector{changed});
}

TEST_CASE("a group named twice is one group") {
    fixture f;
    roster_item item = full_item();
    item.groups = {"A", "A"};
    f.apply(juliet, {item});
    CHECK(f.items(juliet).items[0].groups == std::vector<std::string>{"A"});
}

TEST_CASE("several changes are one write, in their order") {
    fixture f;
    const auto before = f.storage->database().figures().writes;
    f.apply(juliet, {full_item(), plain_item(nurse), romeo});
    CHECK(f.storage->database().figures().writes == before + 1);
    CHECK(f.items(juliet).items == std::vector{plain_item(nurse)});
}

TEST_CASE("removing a contact that is not there is no error") {
    fixture f;
    CHECK(f.shards.run(f.rosters().remove(juliet, romeo)).has_value());
    CHECK(f.items(juliet).items.empty());
}

TEST_CASE("every change gives the roster a version it never had") {
    fixture f;
    CHECK(f.items(juliet).version == "0");
    const std::string first = f.apply(juliet, {full_item()});
    CHECK(f.items(juliet).version == first);
    const std::string second = f.apply(juliet, {romeo});
    CHECK(first != second);
    CHECK(f.items(juliet).version == second);
    CHECK(f.items(romeo).version == "0");
}

TEST_CASE("a removed roster leaves nothing, and other rosters alone") {
    fixture f;
    f.apply(juliet, {full_item()});
    f.apply(romeo, {plain_item(juliet)});
    REQUIRE(f.shards.run(f.rosters().remove_all(juliet)).has_value());
    CHECK(f.items(juliet).items.empty());
    CHECK(f.items(juliet).version == "0");
    CHECK(f.items(romeo).items.size() == 1);
    f.apply(juliet, {plain_item(romeo)});
    CHECK(f.items(juliet).items[0].groups.empty());
}
