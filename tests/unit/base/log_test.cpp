#include "gateway/base/log.hpp"

#include "tests/support/captured_log.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <string>

using namespace meerkat;
using meerkat::testing::captured_log;
using namespace std::string_literals;

namespace {

// The line without its time.
std::string written(log::format form, log::field field) {
    log::configure(log::level::info, form);
    captured_log out;
    log::info("tested", {field});
    const std::string line = out.text();
    log::configure(log::level::warning, log::format::logfmt);
    return line.substr(line.find(form == log::format::json ? ",\"what\"" : " what="));
}
std::string logfmt(std::string_view value) { return written(log::format::logfmt, {"k", value}); }
std::string json(std::string_view value) { return written(log::format::json, {"k", value}); }

}  // namespace

TEST_CASE("a plain value stands bare in logfmt, any other in quotes; JSON always quotes") {
    REQUIRE(logfmt("juliet@example.org/balcony") == " what=tested k=juliet@example.org/balcony\n");
    REQUIRE(logfmt("") == " what=tested k=\"\"\n");
    REQUIRE(logfmt("two words") == " what=tested k=\"two words\"\n");
    REQUIRE(logfmt("a=b") == " what=tested k=\"a=b\"\n");
    REQUIRE(json("juliet") == ",\"what\":\"tested\",\"k\":\"juliet\"}\n");
}

TEST_CASE("a peer's bytes cannot end a line, a value or a terminal's state") {
    for (const std::string& value :
         {"x\nwhen=now level=error what=forged"s, "x\r\n"s, "x\x1b[2J"s, "x\x7f"s, "x\0y"s,
          "x\" forged=\"yes"s, "x\\"s, "x\xc2\x9b[2J"s, "x\xe2\x80\xa8y"s}) {
        for (const auto form : {log::format::logfmt, log::format::json}) {
            const std::string line = written(form, {"k", value});
            INFO(line);
            REQUIRE(std::count(line.begin(), line.end(), '\n') == 1);
            REQUIRE(line.find('\r') == std::string::npos);
            REQUIRE(line.find('\x1b') == std::string::npos);
            REQUIRE(line.find('\x7f') == std::string::npos);
            REQUIRE(line.find('\0') == std::string::npos);
            REQUIRE(line.find("\xc2\x9b") == std::string::npos);
            REQUIRE(line.find("\xe2\x80\xa8") == std::string::npos);
            REQUIRE(line.find(" forged=\"yes") == std::string::npos);
        }
    }
    REQUIRE(logfmt("a\nb") == " what=tested k=\"a\\u000ab\"\n");
    REQUIRE(logfmt("say \"hi\" \\") == " what=tested k=\"say \\\"hi\\\" \\\\\"\n");
    REQUIRE(json("a\nb") == ",\"what\":\"tested\",\"k\":\"a\\u000ab\"}\n");
}

TEST_CASE("what is not UTF-8 is replaced, so that every line is; letters of all scripts stay") {
    REQUIRE(json("Ромео") == ",\"what\":\"tested\",\"k\":\"Ромео\"}\n");
    REQUIRE(json("\xf0\x9f\x92\x8c") == ",\"what\":\"tested\",\"k\":\"\xf0\x9f\x92\x8c\"}\n");
    REQUIRE(json("a\xff") == ",\"what\":\"tested\",\"k\":\"a\\ufffd\"}\n");
    REQUIRE(json("\xc3") == ",\"what\":\"tested\",\"k\":\"\\ufffd\"}\n");
    REQUIRE(json("\xed\xa0\x80") == ",\"what\":\"tested\",\"k\":\"\\ufffd\\ufffd\\ufffd\"}\n");
}

TEST_CASE("a long value is cut, at a character's border") {
    const std::string line = logfmt(std::string(511, 'a') + "\xd0\xa0" + std::string(5000, 'b'));
    REQUIRE(line == " what=tested k=\"" + std::string(511, 'a') + "...\"\n");
}

TEST_CASE("numbers and truth values are written as such; what JSON has no number for, as text") {
    REQUIRE(written(log::format::json, {"k", -5}) == ",\"what\":\"tested\",\"k\":-5}\n");
    REQUIRE(written(log::format::json, {"k", true}) == ",\"what\":\"tested\",\"k\":true}\n");
    REQUIRE(written(log::format::json, {"k", 0.5}) == ",\"what\":\"tested\",\"k\":0.5}\n");
    REQUIRE(written(log::format::json, {"k", std::numeric_limits<double>::infinity()}) ==
            ",\"what\":\"tested\",\"k\":\"inf\"}\n");
}

TEST_CASE("what is less important than the level is not written") {
    log::configure(log::level::warning, log::format::logfmt);
    captured_log out;
    log::info("unseen");
    log::notice("unseen");
    log::warning("seen");
    log::set_level(log::level::none);
    log::error("unseen");
    log::configure(log::level::warning, log::format::logfmt);
    const std::string text = out.text();
    REQUIRE(text.find("unseen") == std::string::npos);
    REQUIRE(text.find("what=seen") != std::string::npos);
}
