// Every option of the tables, found by walking them: a value of each wrong kind must be refused at its place,
// whatever the option is.

#include "config/table.hpp"
#include "gateway/configuration.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <string>

using namespace meerkat;
using config::option;
using config::option_form;
using config::option_table;

namespace {

// A file's text that leads into a table, and whether the next key needs a header of its own.
using visitor = std::function<void(const option& o, const std::string& path)>;

void walk(const option_table& table, const std::string& path, const visitor& visit) {
    for (const option& o : table.options) {
        if (o.older) continue;
        const std::string here = path.empty() ? o.key : path + '.' + o.key;
        visit(o, here);
        if (!o.inside) continue;
        const bool named = o.form == option_form::named_sections || o.form == option_form::named_lists;
        walk(*o.inside, named ? here + ".name" : here, visit);
    }
}

// The value inside as many inline tables as its path has parts. Arrays of tables are written as such.
std::string nested(const option_table& root, std::string path, const std::string& value) {
    const std::size_t dot = path.find('.');
    const std::string key = path.substr(0, dot);
    const option* o = root.find(key);
    REQUIRE(o);
    if (dot == std::string::npos) return key + " = " + value;
    std::string rest = path.substr(dot + 1);
    const bool named = o->form == option_form::named_sections || o->form == option_form::named_lists;
    if (named) rest = rest.substr(rest.find('.') + 1);
    std::string inner = "{" + nested(*o->inside, rest, value) + "}";
    if (o->form == option_form::sections || o->form == option_form::named_lists) inner = '[' + inner + ']';
    if (named) inner = "{name = " + inner + "}";
    return key + " = " + inner;
}

bool refused_at(const configuration_reading& reading, const std::string& path) {
    for (const auto& d : reading.findings) {
        if (d.level == config::severity::error && d.path == path && d.where.line == 1 && !d.text.empty())
            return true;
    }
    return false;
}

}  // namespace

TEST_CASE("no option takes a value of a wrong type, and each says so at its place") {
    const auto table = configuration_table();
    const option_table& root = table.content();
    std::size_t options = 0;
    walk(root, {}, [&](const option& o, const std::string& path) {
        ++options;
        // None but those that are boolean is a boolean, and so on; nothing is "nan".
        std::vector<std::string> wrong = {"nan"};
        if (o.form != option_form::value || o.kind.is != config::value_kind::type::number)
            wrong.push_back("1.5");
        if (o.form != option_form::value || o.expected != "true or false") wrong.push_back("true");
        if (o.expected.find("integer") == std::string::npos) wrong.push_back("17");
        if (o.form != option_form::value) wrong.push_back("\"text\"");
        if (o.form == option_form::value) wrong.push_back("{x = 1}");
        if (o.expected.find("array") == std::string::npos && o.form == option_form::value)
            wrong.push_back("[1, 2]");
        for (const std::string& value : wrong) {
            const std::string text = nested(root, path, value);
            INFO(text);
            CHECK(refused_at(read_configuration(text, "f"), path));
        }
    });
    CHECK(options > 150);
}

TEST_CASE("every option has a meaning, and every value says what it expects") {
    const auto table = configuration_table();
    walk(table.content(), {}, [](const option& o, const std::string& path) {
        INFO(path);
        CHECK(o.meaning.ends_with('.'));
        if (o.form == option_form::value) CHECK_FALSE(o.expected.empty());
    });
}

TEST_CASE("an unknown key is refused in every table") {
    const auto table = configuration_table();
    const option_table& root = table.content();
    walk(root, {}, [&](const option& o, const std::string& path) {
        if (!o.inside || o.inside->options.empty()) return;
        const bool named = o.form == option_form::named_sections || o.form == option_form::named_lists;
        const std::string inside = named ? path + ".name" : path;
        const std::string sibling = inside + '.' + o.inside->options.front().key;
        std::string text = nested(root, sibling, "0");
        const std::string key = o.inside->options.front().key + " = 0";
        text.replace(text.rfind(key), key.size(), "surely_unknown = 0");
        INFO(text);
        CHECK(refused_at(read_configuration(text, "f"), inside));
    });
}
