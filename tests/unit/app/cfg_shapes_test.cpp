// Files of the oldest form in which a term has another shape than the one expected: whatever stands there is
// taken or refused, at every place of every option.

#include "config/terms.hpp"
#include "tests/support/cfg_reading.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace meerkat;
using namespace meerkat::test;
using config::term;
using config::term_kind;

namespace {

std::string quoted(const std::string& text, char quote) {
    std::string all(1, quote);
    for (const char c : text) {
        if (c == quote || c == '\\') all += '\\';
        all += c;
    }
    return all + quote;
}

std::string written(const term& t) {
    switch (t.kind) {
        case term_kind::atom:
            return quoted(t.text, '\'');
        case term_kind::integer:
            return std::to_string(t.integer);
        case term_kind::number:
            return "1.5";
        case term_kind::string:
            return quoted(t.text, '"');
        case term_kind::binary:
            return "<<" + quoted(t.text, '"') + ">>";
        case term_kind::tuple:
        case term_kind::list:
            break;
    }
    std::string all;
    for (const term& item : t.items) all += (all.empty() ? "" : ", ") + written(item);
    return t.is_list() ? '[' + all + ']' : '{' + all + '}';
}

term only(const std::string& text) {
    config::diagnostics findings;
    auto terms = config::read_terms(text + '.', "t", findings);
    REQUIRE(terms);
    REQUIRE(terms->size() == 1);
    return std::move(terms->front());
}

// The terms of the files the fuzz target begins with: between them they have every option there is.
std::vector<term> every_option() {
    std::vector<term> all;
    for (const auto& file :
         std::filesystem::directory_iterator(MEERKAT_SOURCE_DIR "/tests/fuzz/corpus/terms")) {
        if (file.path().filename() == "shipped.cfg") continue;  // long, and without an option of its own
        std::ifstream in(file.path(), std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        config::diagnostics findings;
        const auto terms = config::read_terms(text, file.path().filename().string(), findings);
        if (terms) all.insert(all.end(), terms->begin(), terms->end());
    }
    return all;
}

// Calls `look` with each term below `at`, itself included, which may be changed meanwhile.
void at_every_place(term& at, const std::function<void(term&)>& look) {
    for (std::size_t i = 0; i < at.items.size(); ++i) at_every_place(at.items[i], look);
    look(at);
}

config::diagnostics findings_of(const term& whole) {
    cfg_reading reading = read(written(whole) + '.');
    bool sound = shown(reading.root).starts_with('{');
    for (const auto& d : reading.findings) sound = sound && !d.text.empty() && d.where.line == 1;
    if (!sound) FAIL(written(whole));
    return std::move(reading.findings);
}

// How much is said about a file: a warning counts once, an error twice.
std::size_t said_of(const term& whole) {
    std::size_t weight = 0;
    for (const auto& d : findings_of(whole)) weight += d.level == config::severity::error ? 2 : 1;
    return weight;
}

}  // namespace

TEST_CASE("any term may stand in the place of any other: it is read or refused") {
    std::vector<term> shapes;
    for (const char* text : {"a", "true", "5", "-1.5", "\"\"", "\"t\"", "[]", "{}", "{a}", "{a, b}",
                             "[{a, b}]", "{a, b, c}", "[\"t\"]", "[[]]", "{{a, b}, c}"})
        shapes.push_back(only(text));
    std::vector<term> all = every_option();
    REQUIRE(all.size() > 50);
    for (term& whole : all) {
        at_every_place(whole, [&](term& part) {
            for (const term& shape : shapes) {
                term kept = std::exchange(part, shape);
                findings_of(whole);
                part = std::move(kept);
            }
        });
    }
}

TEST_CASE("a tuple that lacks an element or has one too many is read or refused") {
    for (term& whole : every_option()) {
        at_every_place(whole, [&whole](term& part) {
            if (!part.is_tuple()) return;
            const std::vector<term> kept = part.items;
            for (std::size_t i = 0; i < kept.size(); ++i) {
                part.items.erase(part.items.begin() + static_cast<std::ptrdiff_t>(i));
                findings_of(whole);
                part.items = kept;
                part.items.insert(part.items.begin() + static_cast<std::ptrdiff_t>(i), kept[i]);
                findings_of(whole);
                part.items = kept;
            }
        });
    }
}

TEST_CASE("an option that lost its value, or has two, is never left out silently") {
    // A module's welcome message without a text was sent to nobody; the types of static files are known
    // anyway.
    const std::set<std::string> says_nothing{"mimetypes", "welcome_message"};
    std::set<std::string> silent;
    for (term& whole : every_option()) {
        at_every_place(whole, [&](term& list) {
            if (!list.is_list()) return;
            const std::vector<term> kept = list.items;
            for (std::size_t i = 0; i < kept.size(); ++i) {
                if (!kept[i].is_tuple(2) || !kept[i].items[0].is_atom()) continue;
                list.items[i].items.pop_back();
                const std::size_t without = said_of(whole);
                list.items[i] = kept[i];
                list.items[i].items.push_back(kept[i].items[1]);
                const std::size_t twice = said_of(whole);
                list.items.erase(list.items.begin() + static_cast<std::ptrdiff_t>(i));
                if (std::min(without, twice) <= said_of(whole)) silent.insert(kept[i].items[0].text);
                list.items = kept;
            }
        });
    }
    for (const std::string& known : says_nothing) silent.erase(known);
    std::string names;
    for (const std::string& name : silent) names += name + ' ';
    CHECK(names == "");
}
