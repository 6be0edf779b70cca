#include "gateway/base/function.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <string>

using meerkat::unique_function;

namespace {

// Counts the living copies of itself.
struct counted {
    int* living;
    explicit counted(int& count) : living(&count) { ++*living; }
    counted(counted&& other) noexcept : living(other.living) { ++*living; }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    counted& operator=(counted&&) = delete;
    ~counted() { --*living; }
};

template <std::size_t Size>
unique_function<int()> holding(int& living) {
    return [c = counted(living), ballast = std::array<char, Size>{}]() mutable { return ++ballast[0]; };
}

}  // namespace

TEST_CASE("a function without a callable is empty, and so is one moved from") {
    unique_function<int()> none;
    REQUIRE_FALSE(none);
    unique_function<int()> one = [] { return 1; };
    REQUIRE(one);
    unique_function<int()> other = std::move(one);
    REQUIRE_FALSE(one);  // NOLINT(bugprone-use-after-move): the state after the move is what is tested
    REQUIRE(other() == 1);
    other = nullptr;
    REQUIRE_FALSE(other);
}

TEMPLATE_TEST_CASE_SIG("a callable moves with its state and is destroyed once, in place or on the heap", "",
                       ((std::size_t Size), Size), 1, 64, 200) {
    int living = 0;
    {
        unique_function<int()> first = holding<Size>(living);
        REQUIRE(living == 1);
        REQUIRE(first() == 1);
        unique_function<int()> second = std::move(first);
        REQUIRE(second() == 2);
        unique_function<int()> third = holding<Size>(living);
        REQUIRE(living == 2);
        third = std::move(second);
        REQUIRE(living == 1);
        REQUIRE(third() == 3);
        unique_function<int()>& itself = third;
        third = std::move(itself);
        REQUIRE(third() == 4);
    }
    REQUIRE(living == 0);
}

TEST_CASE("what can only be moved passes through a function both ways") {
    unique_function<std::unique_ptr<int>(std::unique_ptr<int>)> pass = [](std::unique_ptr<int> p) {
        ++*p;
        return p;
    };
    REQUIRE(*pass(std::make_unique<int>(1)) == 2);
}

TEST_CASE("a reference given to a function is not copied") {
    unique_function<void(std::string&)> append = [](std::string& text) { text += "!"; };
    std::string text = "hello";
    append(text);
    REQUIRE(text == "hello!");
}

TEST_CASE("a function that promises nothing may hold a callable that returns something") {
    int calls = 0;
    unique_function<void()> f = [&calls] { return ++calls; };
    f();
    REQUIRE(calls == 1);
}

TEST_CASE("a callable may empty the function that is calling it, as its last act") {
    int living = 0;
    auto f = std::make_unique<unique_function<void()>>();
    *f = [&f, c = counted(living)] { f.reset(); };
    (*f)();
    REQUIRE(f == nullptr);
    REQUIRE(living == 0);
}
