#include "gateway/http/routes.hpp"

#include "gateway/http/syntax.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace meerkat::http;

namespace {

class named_handler final : public handler {
public:
    explicit named_handler(std::string n) : name(std::move(n)) {}
    task<response> handle(const request&) override { co_return response(); }
    const std::string name;
};

// {host, path} of each route; the handler of route N is called "N".
routes make(const std::vector<std::pair<std::string, std::string>>& list) {
    std::vector<route> wanted;
    for (const auto& [host, path] : list)
        wanted.push_back({host, path, std::make_shared<named_handler>(std::to_string(wanted.size()))});
    auto made = routes::make(std::move(wanted));
    REQUIRE(made.has_value());
    return std::move(*made);
}

// "handler name=value ... rest", or "404".
std::string find(const routes& all, const std::string& host, const std::string& path) {
    const auto segments = path == "*" ? std::vector<std::string>() : *read_path(path);
    const auto found = all.find(host, path, segments);
    if (!found) return "404";
    std::string text = dynamic_cast<const named_handler&>(*found->handler).name;
    for (const auto& [name, value] : found->bindings) text += " " + name + "=" + value;
    if (!found->rest.empty()) text += " ..." + found->rest;
    return text;
}

}  // namespace

TEST_CASE("patterns match hosts and paths") {
    struct row {
        std::string host, path, asked_host, asked_path, expected;
    };
    const row rows[] = {
        {"a.example", "/x", "a.example", "/x", "0"},
        {"A.Example", "/x", "a.example", "/x", "0"},
        {"a.example", "/x", "a.example", "/x/", "0"},
        {"a.example", "/x/", "a.example", "/x", "0"},
        {"a.example", "/x", "a.example", "/X", "404"},
        {"a.example", "/x", "b.example", "/x", "404"},
        {"a.example", "/x", "a.example", "/x/y", "404"},
        {"a.example", "/x", "a.example", "/%78", "0"},
        {"_", "/x", "whatever", "/x", "0"},
        {"_", "/x", "", "/x", "0"},
        {"_", "_", "h", "/any/thing", "0 ...any/thing"},
        {"_", "_", "h", "*", "0"},
        {"_", "*", "h", "*", "0"},
        {"_", "*", "h", "/", "404"},
        {"_", "/", "h", "/", "0"},
        {"_", "/", "h", "/a", "404"},
        {"_", "/u/:name", "h", "/u/joe", "0 name=joe"},
        {"_", "/u/:name", "h", "/u/", "404"},
        {"_", "/u/:name", "h", "/u/a%2Fb", "0 name=a/b"},
        {"_", "/:a/x/:a", "h", "/1/x/1", "0 a=1"},
        {"_", "/:a/x/:a", "h", "/1/x/2", "404"},
        {"_", "/a/_/c", "h", "/a/b/c", "0"},
        {"_", "/f/[...]", "h", "/f", "0"},
        {"_", "/f/[...]", "h", "/f/", "0"},
        {"_", "/f/[...]", "h", "/f/a/b", "0 ...a/b"},
        {"_", "/f/[...]", "h", "/g", "404"},
        {"_", "[...]", "h", "/a", "0 ...a"},
        {"_", "/a/[b]", "h", "/a", "0"},
        {"_", "/a/[b]", "h", "/a/b", "0"},
        {"_", "/a[/b[/c]]", "h", "/a/b", "0"},
        {"_", "/a[/b[/c]]", "h", "/a/b/c", "0"},
        {"_", "/a[/b[/c]]", "h", "/a/c", "404"},
        {"_", "/a/[:n]", "h", "/a/7", "0 n=7"},
        {"_", "/a/[page/:n]/z", "h", "/a/z", "0"},
        {"_", "/a/[page/:n]/z", "h", "/a/page/3/z", "0 n=3"},
        {"_", "/a/[b/[...]]", "h", "/a/b/c", "0 ...c"},
        {":sub.example.org", "/", "www.example.org", "/", "0 sub=www"},
        {":sub.example.org", "/", "example.org", "/", "404"},
        {":sub.example.org", "/", "a.www.example.org", "/", "404"},
        {"[...].example.org", "/", "a.b.example.org", "/", "0"},
        {"[...]example.org", "/", "example.org", "/", "0"},
        {"[www.]example.org", "/", "www.example.org", "/", "0"},
        {"[www.]example.org", "/", "example.org", "/", "0"},
        {"[::1]", "/", "[::1]", "/", "0"},
        {":h", "/", "[::1]", "/", "0 h=[::1]"},
    };
    for (const row& r : rows) {
        CAPTURE(r.host, r.path, r.asked_host, r.asked_path);
        REQUIRE(find(make({{r.host, r.path}}), r.asked_host, r.asked_path) == r.expected);
    }
}

TEST_CASE("the first match in the file's order wins, within one group of hosts only") {
    const routes all = make({{"_", "/shared"},          // 0
                             {"a.example", "/x"},       // 1
                             {"b.example", "/[...]"},   // 2
                             {"a.example", "/shared"},  // 3
                             {"_", "/x"},               // 4
                             {"a.example", "/:any"}});  // 5
    REQUIRE(find(all, "a.example", "/x") == "1");
    REQUIRE(find(all, "a.example", "/shared") == "3");
    REQUIRE(find(all, "a.example", "/other") == "5 any=other");
    REQUIRE(find(all, "a.example", "/two/parts") == "404");
    REQUIRE(find(all, "b.example", "/x") == "2 ...x");
    REQUIRE(find(all, "c.example", "/x") == "4");
    REQUIRE(find(all, "c.example", "/shared") == "0");
    REQUIRE(find(all, "c.example", "/other") == "404");
    REQUIRE(all.warnings().empty());
}

TEST_CASE("a host that no route names is answered with nothing") {
    const routes all = make({{"a.example", "/x"}});
    REQUIRE(find(all, "b.example", "/x") == "404");
    REQUIRE(find(routes(make({})), "b.example", "/x") == "404");
}

TEST_CASE("routes that can never be reached are named") {
    const auto warned = [](const std::vector<std::pair<std::string, std::string>>& list) {
        return make(list).warnings().size();
    };
    REQUIRE(warned({{"_", "/a"}, {"_", "/a"}}) == 1);
    REQUIRE(warned({{"_", "_"}, {"_", "/a"}, {"_", "*"}}) == 2);
    REQUIRE(warned({{"_", "/[...]"}, {"_", "/a/:b"}}) == 1);
    REQUIRE(warned({{"_", "/:x"}, {"_", "/a"}}) == 1);
    REQUIRE(warned({{"_", "/a"}, {"_", "/:x"}}) == 0);
    REQUIRE(warned({{"_", "/a"}, {"_", "/[a]"}}) == 0);
    REQUIRE(warned({{"_", "/:x/:x"}, {"_", "/a/b"}}) == 0);
    REQUIRE(warned({{"a.example", "/a"}, {"_", "/a"}}) == 0);
    REQUIRE(warned({{"[...]", "/a"}, {"a.example", "/b"}}) == 1);
    REQUIRE(warned({{":h.example", "/a"}, {"a.example", "/b"}}) == 1);
    const routes all = make({{"_", "/a"}, {"_", "/a"}});
    REQUIRE(all.warnings().front() ==
            "no request can reach host _ path /a: the routes before it take them all");
}

TEST_CASE("malformed patterns are refused by name") {
    for (const auto& [host, path] : {std::pair<std::string, std::string>{"_", "a"},
                                     {"_", ""},
                                     {"", "/a"},
                                     {"_", "/[a"},
                                     {"_", "/a]"},
                                     {"_", "/:"},
                                     {"_", "/[...]/a"},
                                     {"a.[...]", "/"}}) {
        CAPTURE(host, path);
        const auto made = routes::make({{host, path, nullptr}});
        REQUIRE(made.has_error());
        REQUIRE(made.error().code == errc::invalid);
    }
}
