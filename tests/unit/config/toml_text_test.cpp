#include "config/toml_text.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace meerkat::config;

namespace {

node read(const std::string& text) {
    diagnostics findings;
    auto root = read_document(text, "f", findings);
    INFO(text);
    if (!findings.empty()) INFO(render(findings.front()));
    REQUIRE(root);
    return std::move(*root);
}

std::string rewritten(const std::string& text) { return write_toml(read(text), find_comments(text)); }

}  // namespace

TEST_CASE("a file written as a person would is left as it is") {
    const std::string text = R"(# The site.

# Everything about it.
[general]
  hosts = ["localhost"]  # who is served
  loglevel = "notice"

  # The speaker.
  default_server_domain = "localhost"

[[listen.c2s]]
  port = 5222
  # max_stanza_size = 65536

  [listen.c2s.tls]
    mode = "starttls"

[[listen.http]]
  port = 5280
  transport.max_connections = 1024

  [[listen.http.handlers.mongoose_websocket_handler]]
    host = "_"
    path = "/ws"

  [[listen.http.handlers.mongoose_bosh_handler]]
    host = "_"
    path = "/bosh"

  [[listen.http.handlers.mongoose_websocket_handler]]
    host = "chat"
    path = "/ws"

[modules.mod_adhoc]

[acl]
  local = [{}]
  blocked = [
    {user = "spammer", match = "all"},
    {user_regexp = '^bot\d+$'}
  ]

[access]
  c2s = [
    {acl = "blocked", value = "deny"},
    {acl = "all", value = "allow"}
  ]

# The end.
)";
    CHECK(rewritten(text) == text);
}

TEST_CASE("keys come before the tables below them, whatever the file's order") {
    CHECK(rewritten("[a.b]\nx = 1\n[a]\ny = 2\n[c]\nz.q = 1\nw = 2\n") ==
          "[a]\n  y = 2\n\n  [a.b]\n    x = 1\n\n[c]\n  z.q = 1\n  w = 2\n");
}

TEST_CASE("tables keep their order among each other") {
    // A table in braces after one with a header would otherwise be written first.
    const node again = read(rewritten("[auth]\ninternal = {}\nanonymous = {x = 1}\n[auth.http]\n"));
    const node* auth = again.find("auth");
    REQUIRE(auth);
    REQUIRE(auth->table()->size() == 3);
    CHECK(auth->table()->at(0).key == "internal");
    CHECK(auth->table()->at(1).key == "anonymous");
    CHECK(auth->table()->at(2).key == "http");
}

TEST_CASE("listeners get headers even where they were written in braces") {
    CHECK(rewritten("listen.c2s = [{port = 1}, {port = 2}]") ==
          "[[listen.c2s]]\n  port = 1\n\n[[listen.c2s]]\n  port = 2\n");
}

TEST_CASE("values are written so that they are read as the same values") {
    CHECK(rewritten("x = 5") == "x = 5\n");
    CHECK(rewritten("x = -9223372036854775808") == "x = -9223372036854775808\n");
    CHECK(rewritten("x = 1e3") == "x = 1000.0\n");
    CHECK(rewritten("x = 1e300") == "x = 1.0e+300\n");
    CHECK(rewritten("x = -inf") == "x = -inf\n");
    CHECK(rewritten("x = nan") == "x = nan\n");
    CHECK(rewritten(R"(x = "a\nb\u0000\"")") == "x = \"a\\nb\\u0000\\\"\"\n");
    CHECK(rewritten("x = 'C:\\d'") == "x = 'C:\\d'\n");
    CHECK(rewritten(R"("a.b" = 1)") == "\"a.b\" = 1\n");
    CHECK(rewritten(R"("" = 1)") == "\"\" = 1\n");
    CHECK(rewritten("[a]\nx = []\ny = [[], [1]]\nz = {}") == "[a]\n  x = []\n  y = [[], [1]]\n\n  [a.z]\n");
}

TEST_CASE("comments at the ends of lines keep their column where the line leaves room") {
    const std::string text = "x = 1           # of x\nyyyyyyyy = 1    # of y\n";
    CHECK(rewritten(text) == text);
    CHECK(rewritten("x=1 # of x") == "x = 1  # of x\n");
}

TEST_CASE("a long array has an item on each line") {
    const std::string word(40, 'w');
    CHECK(rewritten("x = ['" + word + "', '" + word + "', '" + word + "']") ==
          "x = [\n  \"" + word + "\",\n  \"" + word + "\",\n  \"" + word + "\"\n]\n");
}

TEST_CASE("comments inside an array stand above its key afterwards") {
    CHECK(rewritten("x = [ # one\n  1, # two\n  # three\n  2\n] # four\n") ==
          "# one\n# two\n# three\nx = [1, 2]  # four\n");
}

TEST_CASE("what looks like a comment inside a string is none") {
    CHECK(rewritten("x = '# a' # b\ny = \"\"\"\n# c\n\"\"\"  # d\nz = '''# e''''\n\"#k\" = \"\\\"#\"\n") ==
          "x = \"# a\"  # b\ny = \"# c\\n\"  # d\nz = \"# e'\"\n\"#k\" = \"\\\"#\"\n");
}

TEST_CASE("comments of keys that are gone go to what is written next, or to the end") {
    const std::string text = "[a]\n# of x\nx = 1  # x\ny = 2\n[b]\n# of z\nz = 3  # z\n";
    node root = read(text);
    root.find("a")->table()->erase(root.find("a")->table()->begin());
    root.find("b")->table()->clear();
    CHECK(write_toml(root, find_comments(text)) == "[a]\n  # of x\n  # x\n  y = 2\n\n[b]\n\n# of z\n# z\n");
}

TEST_CASE("a comment at a header that is not needed stays above what is below it") {
    CHECK(rewritten("[a] # all of it\n[a.b] # a part\nx = 1\n") == "# all of it\n[a.b]  # a part\n  x = 1\n");
}

TEST_CASE("a mark at the beginning and carriage returns do not get into comments") {
    CHECK(rewritten("\xEF\xBB\xBF# first\r\nx = 1 # second\r\n") == "# first\nx = 1  # second\n");
}

TEST_CASE("comments are found in any text") {
    for (const std::string text :
         {"", "#", "\"", "'''", "\"\"\"\\", "]]]}#x", "[[[[\n#a\n#b", "a = \"\n#c"}) {
        INFO(text);
        for (const comment& each : find_comments(text).all) CHECK(each.text.starts_with('#'));
    }
}

namespace {

// Trees of any kind of value under any key.
class random_tree {
public:
    explicit random_tree(unsigned seed) : random_(seed) {}

    node table(unsigned depth) {
        node_table members;
        for (unsigned n = below(5); n > 0; --n) {
            std::string key = below(3) == 0 ? string() : std::string(1, static_cast<char>('a' + below(12)));
            const bool taken =
                std::any_of(members.begin(), members.end(), [&key](const member& m) { return m.key == key; });
            if (!taken) members.push_back({std::move(key), somewhere(), value(depth)});
        }
        return {std::move(members), somewhere()};
    }

private:
    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
    place somewhere() { return {below(20), below(3)}; }

    node value(unsigned depth) {
        switch (below(depth == 0 ? 4 : 8)) {
            case 0:
                return {below(2) == 0, somewhere()};
            case 1:
                return {integer(), somewhere()};
            case 2:
                return {number(), somewhere()};
            case 3:
                return {string(), somewhere()};
            case 4:
            case 5:
                return table(depth - 1);
            default:
                return array(depth - 1);
        }
    }

    node array(unsigned depth) {
        node_array items;
        const bool tables = below(2) == 0;
        for (unsigned n = below(4); n > 0; --n) items.push_back(tables ? table(depth) : value(depth));
        return {std::move(items), somewhere()};
    }

    std::int64_t integer() {
        const auto bits = static_cast<std::int64_t>(std::uniform_int_distribution<std::uint64_t>()(random_));
        return below(2) == 0 ? bits : bits >> 50;
    }

    double number() {
        switch (below(6)) {
            case 0:
                return static_cast<double>(below(1000));
            case 1:
                return std::numeric_limits<double>::infinity();
            case 2:
                return std::numeric_limits<double>::quiet_NaN();
            case 3:
                return -std::numeric_limits<double>::max();
            default:
                return std::ldexp(std::uniform_real_distribution<>(-1, 1)(random_),
                                  static_cast<int>(below(400)) - 200);
        }
    }

    std::string string() {
        std::string text;
        for (unsigned n = below(8); n > 0; --n) append(text, character());
        return text;
    }

    char32_t character() {
        static constexpr std::u32string_view awkward =
            U"\"'\\#[]{}=,. \t\n\r\0\x7F\u0085\u2028\uFEFF\U0010FFFF";
        if (below(2) == 0) return awkward[below(awkward.size())];
        const char32_t any = below(2) == 0 ? below(0x80) : below(0x110000);
        return any >= 0xD800 && any < 0xE000 ? U'x' : any;
    }

    static void append(std::string& text, char32_t c) {
        const auto byte = [&text](char32_t b) { text += static_cast<char>(static_cast<unsigned char>(b)); };
        if (c < 0x80) {
            byte(c);
        } else if (c < 0x800) {
            byte(0xC0U | c >> 6U);
            byte(0x80U | (c & 0x3FU));
        } else if (c < 0x10000) {
            byte(0xE0U | c >> 12U);
            byte(0x80U | (c >> 6U & 0x3FU));
            byte(0x80U | (c & 0x3FU));
        } else {
            byte(0xF0U | c >> 18U);
            byte(0x80U | (c >> 12U & 0x3FU));
            byte(0x80U | (c >> 6U & 0x3FU));
            byte(0x80U | (c & 0x3FU));
        }
    }

    std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("any tree is read back from its text as it was, with or without comments") {
    for (unsigned seed = 0; seed < 3000; ++seed) {
        const node tree = random_tree(seed).table(4);
        comments kept;
        for (std::uint32_t line = 0; line < 22; line += 3) {
            kept.all.push_back({static_cast<comment_stand>((seed + line) % 3), line, line % 7,
                                "# no = [\"key\" " + std::to_string(line), line % 2 == 0, line % 5 == 0});
        }
        for (const comments& each : {comments{}, kept}) {
            const std::string text = write_toml(tree, each);
            diagnostics findings;
            const auto again = read_document(text, "f", findings);
            INFO(seed << ":\n" << text << (findings.empty() ? "" : render(findings.front())));
            REQUIRE(again);
            REQUIRE(same_values(tree, *again));
            REQUIRE(find_comments(text).all.size() == each.all.size());
        }
    }
}

TEST_CASE("a tree as deep as a document may be is read back") {
    std::string header = "a";
    for (int i = 0; i < 28; ++i) header += ".a";
    const std::string text = '[' + header + "]\nx.y.z = {b = {c = [[1], {d = {e.f = 1, e.g = {}}}]}}\n[[" +
                             header + ".q.r.s]]\nt = 1\n";
    const node tree = read(text);
    CHECK(same_values(tree, read(write_toml(tree, {}))));
}
