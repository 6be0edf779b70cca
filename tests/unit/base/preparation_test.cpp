#include "gateway/base/preparation.hpp"

#include "gateway/base/swapped.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;

TEST_CASE("a change is made in the order it was prepared in, once") {
    std::string done;
    preparation change;
    change.then([&] { done += 'a'; });
    change.then([&] { done += 'b'; });
    CHECK(done.empty());
    change.commit();
    change.commit();
    CHECK(done == "ab");
}

TEST_CASE("one problem anywhere, and nothing is changed") {
    std::string done;
    preparation change;
    change.then([&] { done += 'a'; });
    change.problem("no");
    change.then([&] { done += 'b'; });
    change.commit();
    CHECK(done.empty());
    CHECK(change.problems() == std::vector<std::string>{"no"});
}

TEST_CASE("whoever took a value keeps it when it is replaced") {
    swapped<std::string> text(std::make_shared<const std::string>("old"));
    const auto taken = text.get();
    text.set(std::make_shared<const std::string>("new"));
    CHECK(*taken == "old");
    CHECK(*text.get() == "new");
    CHECK(taken.use_count() == 1);
}
