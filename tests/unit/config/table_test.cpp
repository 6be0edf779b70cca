#include "config/table.hpp"

#include "config/reference.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace meerkat;
using namespace meerkat::config;

namespace {

enum class colour { red, green };

struct inner_options {
    std::string name;
    std::int64_t size = 3;
    place where;
};

struct options {
    bool on = false;
    std::string word = "x";
    std::uint16_t port = 0;
    limit<std::chrono::milliseconds> wait{std::chrono::milliseconds(5)};
    std::optional<std::chrono::seconds> pause;
    colour shade = colour::red;
    std::vector<std::string> words;
    std::optional<inner_options> part;
    std::vector<inner_options> parts;
    std::map<std::string, inner_options> named;
    std::map<std::string, std::vector<inner_options>> lists;
    std::string password;
    std::string ip;
    std::string file;
};

table<inner_options> inner_table() {
    table<inner_options> t{
        required("name", &inner_options::name, non_empty_text(), "Its name."),
        optional("size", &inner_options::size, whole_number(1, 10), "Its size."),
    };
    t.place_in(&inner_options::where);
    return t;
}

table<options> options_table() {
    using o = options;
    return {
        optional("on", &o::on, boolean(), "Whether it is on."),
        optional("word", &o::word, text(), "A word."),
        optional("port", &o::port, integer<std::uint16_t>(0, 65535), "A port."),
        optional("wait", &o::wait, limited(milliseconds(0)), "How long it waits."),
        optional("pause", &o::pause, seconds(1), "How long it rests."),
        optional("shade", &o::shade, one_of<colour>({{"red", colour::red}, {"green", colour::green}}),
                 "Its colour."),
        optional("words", &o::words, list(non_empty_text(), list_rule::unique_non_empty), "Words."),
        section("part", &o::part, inner_table(), "A part."),
        sections("parts", &o::parts, inner_table(), "Parts."),
        named_sections("named", &o::named, inner_table(), "Parts by name."),
        named_lists("lists", &o::lists, inner_table(), "Lists of parts by name."),
        optional("password", &o::password, text(), "A password."),
        optional("ip", &o::ip, ip_address(), "An address."),
        optional("file", &o::file, existing_file(), "A file."),
        older("colour", one_of<colour>({{"red", colour::red}, {"green", colour::green}}), "4.0.0"_r,
              "5.0.1"_r, renamed("shade"), "Older name of shade."),
        not_yet("later", boolean(), false, without::warns, "To come."),
        not_yet("guard", boolean(), false, without::blocks, "To come, and guarding."),
        never("queue", whole_number(1, 5), std::nullopt, "Of no use."),
        accepted("acceptors", whole_number(1, 5), 1, "Needs nothing."),
        section_not_yet("future",
                        known_table{known("anything", whole_number(1, 5), std::nullopt, "To come.")},
                        without::blocks, "A section to come."),
    };
}

struct outcome {
    options value;
    diagnostics findings;
};

outcome read(std::string_view text) {
    outcome o;
    auto document = read_document(text, "f", o.findings);
    REQUIRE(document);
    const auto table = options_table();
    rewriter("f", releases::newest, *document, o.findings).modernize(table.content());
    reader r("f");
    table.read(r, *document, o.value);
    const auto more = r.take_findings();
    o.findings.insert(o.findings.end(), more.begin(), more.end());
    return o;
}

std::string only_finding(std::string_view text) {
    const auto o = read(text);
    REQUIRE(o.findings.size() == 1);
    return render(o.findings.front());
}

}  // namespace

TEST_CASE("a table without anything leaves every default") {
    const auto o = read("");
    CHECK(o.findings.empty());
    CHECK(o.value.word == "x");
    CHECK_FALSE(o.value.part);
}

TEST_CASE("options reach the members they are bound to") {
    const auto o = read(R"(
on = true
word = "y"
port = 0x1F
wait = "infinity"
pause = 7
shade = "green"
words = ["a", "b"]
ip = "127.1"
part = {name = "p"}
parts = [{name = "q", size = 10}]
[named.n]
name = "r"
[[lists.l]]
name = "s"
[[lists.l]]
name = "t"
)");
    REQUIRE(o.findings.empty());
    CHECK(o.value.on);
    CHECK(o.value.word == "y");
    CHECK(o.value.port == 31);
    CHECK(o.value.wait.is_infinite());
    CHECK(o.value.pause == std::chrono::seconds(7));
    CHECK(o.value.shade == colour::green);
    CHECK(o.value.words == std::vector<std::string>{"a", "b"});
    CHECK(o.value.ip == "127.0.0.1");
    CHECK(o.value.part->name == "p");
    CHECK(o.value.parts.at(0).size == 10);
    CHECK(o.value.named.at("n").name == "r");
    CHECK(o.value.lists.at("l").at(1).name == "t");
    CHECK(o.value.lists.at("l").at(1).where == place{16, 1});
}

TEST_CASE("each type refuses what it is not, with the place and what it expects") {
    CHECK(only_finding("on = 1") ==
          "f:1:6: error: on: found the integer 1, expected true or false [wrong_type]");
    CHECK(only_finding("on = \"true\"") ==
          "f:1:6: error: on: found the string \"true\", expected true or false [wrong_type]\n"
          "    hint: write it without quotes");
    CHECK(only_finding("word = 5") ==
          "f:1:8: error: word: found the integer 5, expected a string [wrong_type]");
    CHECK(only_finding("port = \"80\"") ==
          "f:1:8: error: port: found the string \"80\", expected an integer from 0 to 65535 [wrong_type]\n"
          "    hint: write it without quotes");
    CHECK(only_finding("port = 1.0") ==
          "f:1:8: error: port: found a floating point number, expected an integer from 0 to 65535 "
          "[wrong_type]");
    CHECK(only_finding("port = 65536") ==
          "f:1:8: error: port: found the integer 65536, expected an integer from 0 to 65535 [out_of_range]");
    CHECK(
        only_finding("wait = inf") ==
        "f:1:8: error: wait: found a floating point number, expected an integer of at least 0 (milliseconds) "
        "or \"infinity\" [wrong_type]");
    CHECK(only_finding("wait = \"infinty\"") ==
          "f:1:8: error: wait: found the string \"infinty\", expected an integer of at least 0 "
          "(milliseconds) or "
          "\"infinity\" [wrong_type]\n    hint: did you mean \"infinity\"?");
    CHECK(only_finding("pause = 0") ==
          "f:1:9: error: pause: found the integer 0, expected an integer of at least 1 (seconds) "
          "[out_of_range]");
    CHECK(only_finding("shade = \"gren\"") ==
          "f:1:9: error: shade: found the string \"gren\", expected one of \"red\", \"green\" "
          "[validate_enum_failed]\n    hint: did you mean \"green\"?");
    CHECK(only_finding("shade = true") ==
          "f:1:9: error: shade: found the boolean true, expected one of \"red\", \"green\" [wrong_type]");
    CHECK(only_finding("words = \"a\"") ==
          "f:1:9: error: words: found the string \"a\", expected a non-empty array, each item a non-empty "
          "string "
          "[wrong_type]\n    hint: write it in square brackets");
    CHECK(
        only_finding("words = []") ==
        "f:1:9: error: words: found an empty array, expected a non-empty array, each item a non-empty string "
        "[empty_value]");
    CHECK(only_finding("words = [\"a\", \"a\"]") ==
          "f:1:15: error: words: the string \"a\" stands twice; each item may stand once [duplicate_values]");
    CHECK(only_finding("words = [\"a\", 5]") ==
          "f:1:15: error: words: found the integer 5, expected a non-empty string [wrong_type]");
    CHECK(only_finding("part = 5") ==
          "f:1:8: error: part: found the integer 5, expected a table [wrong_type]");
    CHECK(only_finding("[[part]]\nname = \"x\"") ==
          "f:1:1: error: part: found an array, expected a table [wrong_type]\n"
          "    hint: write [part] with single brackets");
    CHECK(only_finding("[parts]\nname = \"x\"") ==
          "f:1:1: error: parts: found a table, expected an array of tables [wrong_type]\n"
          "    hint: write the header with double brackets: [[parts]]");
    CHECK(only_finding("parts = [5]") ==
          "f:1:10: error: parts: found the integer 5, expected a table [wrong_type]");
    CHECK(only_finding("named = 5") ==
          "f:1:9: error: named: found the integer 5, expected a table of names [wrong_type]");
    CHECK(only_finding("ip = \"localhost\"") ==
          "f:1:6: error: ip: found the string \"localhost\", expected an IPv4 or IPv6 address in numbers "
          "[invalid_ip_address]\n    hint: host names are not looked up here");
    CHECK(only_finding("file = \"/nowhere/at/all\"") ==
          "f:1:8: error: file: found the string \"/nowhere/at/all\", expected the path of an existing file "
          "[invalid_filename]\n    hint: there is no such file");
    CHECK(only_finding("future = 5") ==
          "f:1:10: error: future: found the integer 5, expected a table [wrong_type]");
}

TEST_CASE("an unknown key is answered with the nearest known one, or with where it belongs") {
    CHECK(only_finding("wrd = \"x\"") ==
          "f:1:1: error: unknown key \"wrd\" [unexpected_key]\n    hint: did you mean \"word\"?");
    CHECK(
        only_finding("[part]\nname = \"x\"\nport = 5") ==
        "f:3:1: error: part: unknown key \"port\" [unexpected_key]\n"
        "    hint: \"port\" belongs to the file itself, but a key belongs to the nearest [header] above it: "
        "move it up");
    CHECK(only_finding("[part]\nname = \"x\"\nzzzzzz = 5") ==
          "f:3:1: error: part: unknown key \"zzzzzz\" [unexpected_key]\n    hint: allowed here: \"name\", "
          "\"size\"");
}

TEST_CASE("missing keys of a table are one finding at the table") {
    CHECK(only_finding("on = true\n[part]\nsize = 5") ==
          "f:2:1: error: part: missing mandatory key \"name\" [missing_mandatory_keys]");
}

TEST_CASE("all findings come at once, in the order of the file") {
    const auto o =
        read("bad = 1\non = 5\nport = -1\n[part]\nsize = 99\nbad = 2\n[[parts]]\n[[parts]]\nname = 5\n");
    std::string places;
    for (const auto& d : o.findings)
        places += std::to_string(d.where.line) + ':' + std::to_string(d.where.column) + ' ' + d.reason + '\n';
    CHECK(places ==
          "1:1 unexpected_key\n2:6 wrong_type\n3:8 out_of_range\n4:1 missing_mandatory_keys\n"
          "5:8 out_of_range\n6:1 unexpected_key\n7:1 missing_mandatory_keys\n9:8 wrong_type\n");
}

TEST_CASE("a secret is not shown when it is refused") {
    CHECK(only_finding("password = 12345") ==
          "f:1:12: error: password: found a value that is kept secret, expected a string [wrong_type]");
}

TEST_CASE("an older name works with a warning, unless the newer one stands beside it") {
    const auto o = read("colour = \"green\"");
    CHECK(o.value.shade == colour::green);
    REQUIRE(o.findings.size() == 1);
    CHECK(render(o.findings[0]) ==
          "f:1:1: warning: colour: this is an older name of \"shade\" [old_name]\n"
          "    hint: write \"shade\" instead");
    CHECK_FALSE(acceptable(read("colour = \"green\"\nshade = \"red\"").findings));
}

TEST_CASE("what has no effect yet says so only when it is asked for") {
    CHECK(read("later = false\nguard = false\nacceptors = 5").findings.empty());
    CHECK(only_finding("later = true") ==
          "f:1:1: warning: later: this has no effect in this release [not_supported_yet]");
    CHECK(only_finding("guard = true") ==
          "f:1:1: not supported yet: guard: this release cannot do this yet, and does not serve without it "
          "[not_supported_yet]\n    hint: remove it to serve without it");
    CHECK(only_finding("queue = 5") ==
          "f:1:1: warning: queue: this has no effect in this server [no_effect]\n    hint: remove it");
    CHECK(read("[future]\nanything = 1").findings.at(0).level == severity::blocking);
    CHECK(read("[future]").findings.at(0).level == severity::blocking);
    CHECK(read("[future]\nanything = 9").findings.at(0).reason == "out_of_range");
}

TEST_CASE("durations beyond a century count as a century") {
    const auto o = read("wait = 9223372036854775807");
    CHECK(o.findings.empty());
    CHECK(*o.value.wait.bound() == std::chrono::hours(24 * 365 * 100));
}

TEST_CASE("networks are read in their canonical form") {
    const auto network = ip_network();
    const auto taken = [&](std::string text) {
        reader r("f");
        return network.read(r, node(std::move(text), {})).value_or("refused");
    };
    CHECK(taken("10.0.0.0/8") == "10.0.0.0/8");
    CHECK(taken("127.0.0.1") == "127.0.0.1/32");
    CHECK(taken("0:0::1") == "::1/128");
    CHECK(taken("::/0") == "::/0");
    for (const char* wrong :
         {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/x", "host/8", "10.0.0.0/8/8", "/8", "10.0.0.0/-1"})
        CHECK(taken(wrong) == "refused");
}

TEST_CASE("the reference shows every option with its default from the struct") {
    const std::string shown = config::reference_markdown(options_table().content());
    CHECK(shown.find("| `port` | an integer from 0 to 65535 | `0` | works | since 4.0.0 | A port. |") !=
          std::string::npos);
    CHECK(shown.find("| `colour` | one of \"red\", \"green\" |  | older spelling | 4.0.0 to 5.0.1 |") !=
          std::string::npos);
    CHECK(shown.find("## lists.\\<name>[]") != std::string::npos);
    CHECK(shown.find("| `name` | a non-empty string | (mandatory) | works | since 4.0.0 | Its name. |") !=
          std::string::npos);
}

TEST_CASE("names from the file cannot forge lines of the report, nor make it longer than the file") {
    const auto o = read("[named.\"a\\nb\"]\nname = 5\n");
    REQUIRE(o.findings.size() == 1);
    CHECK(render(o.findings[0]).find('\n') == std::string::npos);

    std::string many = "[named.\"" + std::string(10'000, 'x') + "\"]\nname = \"n\"\n";
    for (int i = 0; i < 10'000; ++i) many += "k" + std::to_string(i) + " = 1\n";
    const auto cut = read(many);
    CHECK(cut.findings.size() == 500);
    CHECK(cut.findings[0].path.size() < 100);
}
